/* SPDX-License-Identifier: MIT */
/* The event log: each line JSON, each event that a callback was told, in the same order. */
#include "tests/support/json.h"
#include "tests/support/server.h"

#include <stdio.h>
#include <string.h>

enum { LINES = 64 };

struct told { /* "state ready", "info …", of one instance */
  char events[LINES][320];
  int count;
};

static struct lines {
  char text[1 << 18];
  char *line[512];
  int count;
} file;

static void take(hp_process *process, const hp_event *event, void *data) {
  struct told *told = data;
  const char *text = hp_event_text(event);
  bool state = hp_event_kind(event) == HP_EVENT_STATE;
  (void)process;
  if (told->count < LINES)
    snprintf(told->events[told->count++], sizeof told->events[0], "%s %s",
             state ? hp_state_name(hp_event_state(event)) : "info", text ? text : "");
}

static void read_lines(const char *name) {
  FILE *stream = fopen(hp_test_path(name), "rb");
  size_t length = stream ? fread(file.text, 1, sizeof file.text - 1, stream) : 0;
  if (stream)
    fclose(stream);
  file.text[length] = '\0';
  file.count = 0;
  CHECK(length > 0 && file.text[length - 1] == '\n');
  for (char *at = strtok(file.text, "\n"); at && file.count < 512; at = strtok(NULL, "\n")) {
    CHECK(hp_test_json_is_object(at));
    file.line[file.count++] = at;
  }
}

static bool is(const char *line, const char *path, const char *value) {
  const char *found = hp_test_json(line, path);
  return found && strcmp(found, value) == 0;
}

/* As `take` has it; false: it is of no callback. */
static bool describe(const char *line, char *text, size_t size) {
  const char *words = hp_test_json(line, "text"), *rung = hp_test_json(line, "rung");
  const char *said = rung ? rung : words ? words : "";
  if (is(line, "event", "exit"))
    return false;
  if (is(line, "event", "state"))
    snprintf(text, size, "%s %s", hp_test_json(line, "to"), said);
  else
    snprintf(text, size, "info %s%s", is(line, "event", "warning") ? "warning: " : "", said);
  return true;
}

/* The lines of one instance against what its callback was told. */
static void compare(const struct told *told, const char *name) {
  char text[sizeof told->events[0]], before[32] = "idle";
  char id[32];
  double last = -1;
  int count = 0;
  snprintf(id, sizeof id, "%s", name);
  for (int i = 0; i < file.count; i++) {
    double ms = -1;
    if (!is(file.line[i], "id", id))
      continue;
    CHECK(sscanf(hp_test_json(file.line[i], "ms"), "%lf", &ms) == 1 && ms >= last);
    last = ms;
    if (is(file.line[i], "event", "state")) {
      CHECK_TEXT(hp_test_json(file.line[i], "from"), before);
      snprintf(before, sizeof before, "%s", hp_test_json(file.line[i], "to"));
    }
    if (describe(file.line[i], text, sizeof text) && count < told->count)
      CHECK_TEXT(text, told->events[count++]);
  }
  CHECK_INT(count, told->count);
}

/* The one line of such an event, "" when there is none. */
static const char *find(const char *path, const char *value) {
  for (int i = 0; i < file.count; i++)
    if (is(file.line[i], path, value))
      return file.line[i];
  CHECK_TEXT(value, "an event that is in the log");
  return "";
}

static hp_process *begin(hp_context *context, const char *path, const char *arguments,
                         const char *more, struct told *told) {
  hp_options *options =
      hp_test_child("local", arguments, "ready: {kind: line, line: up}", more, NULL);
  hp_process *process = NULL;
  CHECK_INT(hp_options_set_event_log(options, path, NULL), 0);
  CHECK_INT(hp_process_start_async(context, options, take, told, &process, NULL), 0);
  hp_options_free(options);
  hp_process_wait_ready(process, -1, NULL);
  return process;
}

static void end(hp_process *process) {
  hp_process_shutdown(process, -1, NULL);
  hp_process_close(process);
}

static const char up[] = "arguments: ['write:up', pause]";

HP_TEST(start_and_stop) {
  struct told told = {.count = 0};
  hp_context *context = hp_test_context();
  end(begin(context, hp_test_path("below/events.jsonl"), up, NULL, &told));
  read_lines("below/events.jsonl");
  compare(&told, hp_test_json(file.line[0], "id"));
  const char *ready = find("to", "ready"), *stopped = find("to", "stopped");
  CHECK_TEXT(hp_test_json(ready, "server"), "t");
  CHECK(hp_test_json(ready, "endpoint") && hp_test_json(ready, "pid"));
  CHECK_TEXT(hp_test_json(find("to", "stopping"), "rung"), hp_os_polite_rung());
  CHECK_TEXT(hp_test_json(find("event", "exit"), "process"), "server");
  CHECK(hp_test_json(find("event", "exit"), "stop_ms") != NULL);
  CHECK_TEXT(hp_test_json(stopped, "cause"), "asked");
  CHECK(hp_test_json(stopped, "error") == NULL);
  CHECK_INT(strlen(hp_test_json(ready, "time")), strlen("2026-11-23T00:15:30.123Z"));
  hp_test_leave(context);
}

HP_TEST(death_with_its_error) {
  struct told told = {.count = 0};
  hp_context *context = hp_test_context();
  hp_process *process =
      begin(context, hp_test_path("events"),
            "arguments: ['write:up', 'await:${env.D}/go', 'exit:7']", NULL, &told);
  hp_test_make_file("go");
  CHECK_INT(hp_process_wait(process, -1, NULL), HP_EDIED);
  hp_process_close(process);
  read_lines("events");
  compare(&told, hp_test_json(file.line[0], "id"));
  CHECK_TEXT(hp_test_json(find("event", "exit"), "exit_code"), "7");
  CHECK_TEXT(hp_test_json(find("to", "failed"), "cause"), "died");
  CHECK_TEXT(hp_test_json(find("to", "failed"), "error.code"), "HP_EDIED");
  CHECK_HAS(hp_test_json(find("to", "failed"), "error.message"), "server 't' ended with");
  hp_test_leave(context);
}

HP_TEST(force) {
  NEEDS(HP_OS_SIGNALS);
  struct told told = {.count = 0};
  hp_context *context = hp_test_context();
  hp_process *process = begin(context, hp_test_path("events"),
                              "arguments: ['ignore:15', 'write:up', pause]", NULL, &told);
  CHECK_INT(hp_process_shutdown(process, 50, NULL), HP_EKILLED);
  hp_process_close(process);
  read_lines("events");
  compare(&told, hp_test_json(file.line[0], "id"));
  CHECK_TEXT(hp_test_json(find("event", "rung"), "rung"), "kill");
  double ms = 0;
  CHECK(sscanf(hp_test_json(find("event", "rung"), "stop_ms"), "%lf", &ms) == 1 && ms >= 50);
  CHECK_TEXT(hp_test_json(find("event", "exit"), "signal"), "9");
  CHECK_TEXT(hp_test_json(find("event", "state"), "from"), "idle");
  CHECK_TEXT(hp_test_json(find("error.code", "HP_EKILLED"), "event"), "state");
  hp_test_leave(context);
}

HP_TEST(several_share_a_file) {
  struct told told[4];
  hp_process *processes[4];
  memset(told, 0, sizeof told);
  hp_context *context = hp_test_context(), *other = hp_test_second_context();
  for (int i = 0; i < 4; i++)
    processes[i] = begin(i % 2 ? other : context, hp_test_path("events"), up, NULL, &told[i]);
  for (int i = 0; i < 4; i++)
    hp_process_stop_async(processes[i]);
  for (int i = 0; i < 4; i++)
    hp_process_close(processes[i]);
  read_lines("events");
  int found = 0;
  for (int i = 0; i < file.count; i++)
    if (is(file.line[i], "from", "idle"))
      compare(&told[found++], hp_test_json(file.line[i], "id"));
  CHECK_INT(found, 4);
  CHECK_INT(hp_context_free(other), 0);
  hp_test_leave(context);
}

/* The folder is a file: told once, and the server serves. */
HP_TEST(one_that_cannot_be_written_harms_nothing) {
  struct told told = {.count = 0};
  hp_context *context = hp_test_context();
  hp_test_make_file("plain");
  hp_process *process = begin(context, hp_test_path("plain/events"), up, NULL, &told);
  CHECK_INT(hp_process_state(process), HP_STATE_READY);
  end(process);
  int said = 0;
  for (int i = 0; i < told.count; i++)
    said += strstr(told.events[i], "its event log ") != NULL;
  CHECK_INT(said, 1);
  CHECK_HAS(told.events[told.count - 1], "stopped");
  hp_test_leave(context);
}

HP_TEST(profile_warnings_and_an_empty_word) {
  struct told told = {.count = 0};
  hp_context *context = hp_test_context();
  hp_options *options =
      hp_test_child("local", up, "ready: {kind: line, line: up}", "profile.event_log: own.jsonl",
                    "profile.log: {dir: logs, max_count: 3}", NULL);
  hp_process *process = NULL;
  CHECK_INT(hp_process_start_async(context, options, take, &told, &process, NULL), 0);
  hp_process_wait_ready(process, -1, NULL);
  end(process);
  read_lines("own.jsonl");
  compare(&told, hp_test_json(file.line[0], "id"));
  CHECK_HAS(hp_test_json(find("event", "warning"), "text"), "no effect without size_limit");
  int before = file.count;
  CHECK_INT(hp_options_set_event_log(options, "", NULL), 0);
  CHECK_INT(hp_process_start(context, options, &process, NULL), 0);
  hp_options_free(options);
  end(process);
  read_lines("own.jsonl");
  CHECK_INT(file.count, before);
  hp_test_leave(context);
}
