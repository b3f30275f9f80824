/* SPDX-License-Identifier: MIT */
/* A process that says what it sees and does what it is told: each argument is one order. */
#include "orders.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

enum { TEXT = 16384, FOREVER = 1000000 /* ms */ };

static char **arguments; /* all of them */

void say_bytes(int stream, const char *bytes, unsigned long size) {
  FILE *file = stream == 1 ? stdout : stderr;
  if (fwrite(bytes, 1, size, file) != size || fflush(file) != 0)
    end_with(1);
}

void say(int stream, const char *format, ...) {
  static char text[TEXT];
  va_list list;
  va_start(list, format);
  int length = vsnprintf(text, sizeof text, format, list);
  va_end(list);
  say_bytes(stream, text, (unsigned long)length);
}

void end_with(int code) {
  _Exit(code);
}

/* They are data then, and no orders any more. */
static void list_arguments(const char *argument) {
  (void)argument;
  for (char **one = arguments; *one; one++)
    say(1, "argument %zu:%s\n", strlen(*one), *one);
  end_with(0);
}

static void list_environment(const char *argument) {
  (void)argument;
  own_environment();
}

static void say_directory(const char *argument) {
  char path[4096];
  size_t size = sizeof path;
  (void)argument;
  if (uv_cwd(path, &size) == 0)
    say(1, "cwd %s\n", path);
}

static void write_out(const char *text) {
  say(1, "%s\n", text);
}

static void write_error(const char *text) {
  say(2, "%s\n", text);
}

static void ignore(const char *number) {
  own_ignore(atoi(number));
}

static void make_descendant(const char *where) {
  own_descendant(strcmp(where, "away") == 0);
}

static void read_to_end(const char *argument) {
  (void)argument;
  while (getchar() != EOF)
    ;
}

static void wait_forever(const char *argument) {
  (void)argument;
  for (;;)
    uv_sleep(FOREVER);
}

static void leave(const char *code) {
  end_with(atoi(code));
}

static void end_by_signal(const char *number) {
  own_raise(atoi(number));
}

const struct order child_orders[] = {{"environment", list_environment},
                                     {"cwd", say_directory},
                                     {"write", write_out},
                                     {"error", write_error},
                                     {"ignore", ignore},
                                     {"fork", make_descendant},
                                     {"read", read_to_end},
                                     {"pause", wait_forever},
                                     {"exit", leave},
                                     {"raise", end_by_signal},
                                     {"arguments", list_arguments},
                                     {NULL, NULL}};

static bool is_in(const struct order *order, const char *word) {
  size_t length = strcspn(word, ":");
  for (; order->name; order++)
    if (strncmp(order->name, word, length) == 0 && order->name[length] == '\0') {
      order->run(word[length] ? word + length + 1 : "");
      return true;
    }
  return false;
}

static bool obey(const char *word) {
  const struct order *const *own = own_orders;
  while (*own && !is_in(*own, word))
    own++;
  return *own || is_in(child_orders, word) || is_in(server_orders, word);
}

int main(int argc, char **argv) {
  setvbuf(stdout, NULL, _IONBF, 0);
  setvbuf(stderr, NULL, _IONBF, 0);
  arguments = own_arguments(argc, argv);
  for (int i = 1; arguments[0] && arguments[i]; i++)
    if (!obey(arguments[i])) {
      say(2, "no such order: %s\n", arguments[i]);
      return 99;
    }
  return 0;
}
