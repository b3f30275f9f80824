/* SPDX-License-Identifier: MIT */
#include "tests/support/served.h"

#include "tests/support/wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void print_error(struct hp_served *served) {
  char *json = served->error ? hp_error_to_json(served->error) : NULL;
  printf("%s\n", json ? json : "no error was given");
  hp_free(json);
}

void hp_served_open(struct hp_served *served, const char *server, const char *transport) {
  memset(served, 0, sizeof *served);
  hp_world_begin();
  hp_options_new(&served->options, NULL);
  hp_options_set_server(served->options, server, NULL);
  if (transport)
    hp_options_set_transport(served->options, transport, NULL);
  hp_context_new(&served->context, NULL);
}

bool hp_served_begin(struct hp_served *served, const char *server, const char *transport,
                     const char **reason) {
  static char text[600];
  hp_plan *plan = NULL;
  hp_served_open(served, server, transport);
  int result = hp_plan_make(served->context, served->options, &plan, &served->error);
  hp_plan_free(plan);
  if (result != HP_ENOTFOUND)
    return true; /* what else is wrong is a failure of the start */
  snprintf(text, sizeof text, "%s: %s", server, hp_error_message(served->error));
  *reason = text;
  hp_error_free(served->error);
  hp_context_free(served->context);
  hp_options_free(served->options);
  return false;
}

bool hp_served_start(struct hp_served *served) {
  int result = hp_process_start(served->context, served->options, &served->process, &served->error);
  if (!CHECK_INT(result, 0))
    print_error(served);
  return result == 0;
}

void hp_served_stop(struct hp_served *served, const char *rung) {
  hp_process_stop_async(served->process);
  if (!CHECK_INT(hp_process_wait(served->process, -1, &served->error), 0))
    print_error(served);
  CHECK_TEXT(hp_process_stop_rung(served->process), rung);
  struct hp_exit exit = hp_process_exit_status(served->process);
  CHECK_INT(exit.kind, HP_EXIT_CODE);
  CHECK_INT(exit.value, 0);
  hp_process_close(served->process);
  served->process = NULL;
}

static struct timespec changed(const char *directory) {
  struct stat info;
  return stat(directory, &info) == 0 ? info.st_mtim : (struct timespec){0, 0};
}

void hp_served_watch(struct hp_served *served, const char *const *directories) {
  served->watched = directories;
  for (size_t i = 0; directories[i] && i < HP_SERVED_WATCHED_MAX; i++)
    served->changed[i] = changed(directories[i]);
}

static void check_watched(const struct hp_served *served) {
  for (size_t i = 0; served->watched && served->watched[i]; i++) {
    struct timespec now = changed(served->watched[i]), then = served->changed[i];
    bool same = now.tv_sec == then.tv_sec && now.tv_nsec == then.tv_nsec;
    hp_test_check(same, served->watched[i], __FILE__, __LINE__);
  }
}

static const char *ask(struct hp_served *served, const char *question, size_t size) {
  struct hp_wire *wire = hp_wire_to(hp_process_endpoint(served->process));
  served->output[0] = '\0';
  if (CHECK(wire != NULL) && CHECK(hp_wire_say(wire, question, strlen(question)))) {
    int heard = hp_wire_hear(wire, served->output, size);
    CHECK(heard >= 0);
    served->output[heard > 0 ? heard : 0] = '\0';
  }
  hp_wire_close(wire);
  return served->output;
}

const char *hp_served_ask(struct hp_served *served, const char *question) {
  return ask(served, question, sizeof served->output - 1);
}

bool hp_served_answers(struct hp_served *served, const char *question, const char *answer) {
  return CHECK_TEXT(ask(served, question, strlen(answer)), answer);
}

void hp_served_end(struct hp_served *served) {
  hp_process_close(served->process);
  hp_context_free(served->context);
  hp_options_free(served->options);
  hp_error_free(served->error);
  CHECK_TEXT(hp_world_left(), "");
  check_watched(served);
  hp_world_clear();
}

bool hp_served_has(const char *client) {
  const char *path = getenv("PATH");
  while (path && *path) {
    char full[1024];
    size_t length = strcspn(path, ":");
    snprintf(full, sizeof full, "%.*s/%s", (int)length, path, client);
    if (access(full, X_OK) == 0)
      return true;
    path += length + (path[length] == ':');
  }
  return false;
}
