/* SPDX-License-Identifier: MIT */
#include "tests/support/served.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

void hp_served_end(struct hp_served *served) {
  hp_process_close(served->process);
  hp_context_free(served->context);
  hp_options_free(served->options);
  hp_error_free(served->error);
  CHECK_TEXT(hp_world_left(), "");
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
