/* SPDX-License-Identifier: MIT */
/*
 * What becomes a line of the event log: each event that a callback is told of, and each end of a
 * process of ours. Secrets are replaced before a text is written as JSON.
 */
#include "core/process.h"

#include "core/alloc.h"

#include <inttypes.h>
#include <string.h>

static const char WARNING[] = "warning: ";

static const char *const causes[] = {
    [HP_CAUSE_NONE] = NULL,         [HP_CAUSE_ASKED] = "asked",     [HP_CAUSE_HELD] = "held",
    [HP_CAUSE_PREPARE] = "prepare", [HP_CAUSE_SPAWN] = "spawn",     [HP_CAUSE_EXITED] = "exited",
    [HP_CAUSE_DIED] = "died",       [HP_CAUSE_TIMEOUT] = "timeout", [HP_CAUSE_HEALTH] = "health",
    [HP_CAUSE_STEP] = "step",
};

/* ---- members ---- */

static void add_text(const hp_process *process, struct hp_text *line, const char *name,
                     const char *value) {
  if (!value)
    return;
  char *shown = hp__redact(&process->launch.known, value);
  hp__text_format(line, ",\"%s\":", name);
  hp__text_add_json(line, shown ? shown : "***");
  hp__free(shown);
}

static void add_time(struct hp_text *line, const char *name, uint64_t nanoseconds) {
  uint64_t microseconds = nanoseconds / 1000;
  hp__text_format(line, ",\"%s\":%" PRIu64 ".%03u", name, microseconds / 1000,
                  (unsigned)(microseconds % 1000));
}

static void add_pid(struct hp_text *line, int64_t pid) {
  if (pid > 0)
    hp__text_format(line, ",\"pid\":%" PRId64, pid);
}

static void redact(const hp_process *process, char **slot) {
  char *shown = hp__redact(&process->launch.known, *slot);
  hp__free(*slot);
  *slot = shown;
}

static void add_error(const hp_process *process, struct hp_text *line, const hp_error *error) {
  struct hp_error shown = {0};
  hp__error_copy(&shown, error);
  redact(process, &shown.message);
  redact(process, &shown.cause);
  redact(process, &shown.hint);
  for (int i = 0; i < HP_DETAIL_COUNT; i++)
    redact(process, &shown.details[i]);
  char *json = hp_error_to_json(&shown);
  if (json)
    hp__text_format(line, ",\"error\":%s", json);
  hp_free(json);
  hp__error_fini(&shown);
}

static void add_exit(struct hp_text *line, const struct hp_exit *exit) {
  if (exit->kind == HP_EXIT_CODE)
    hp__text_format(line, ",\"exit_code\":%d", exit->value);
  else if (exit->kind == HP_EXIT_SIGNAL)
    hp__text_format(line, ",\"signal\":%d", exit->value);
  else
    hp__text_add(line, ",\"exit_code\":null");
}

/* ---- lines ---- */

static void begin_line(const hp_process *process, struct hp_text *line, const char *event) {
  char stamp[HP_LOG_TIME_SIZE];
  hp__log_stamp(hp__log_now(), stamp);
  hp__text_format(line, "{\"time\":\"%s\"", stamp);
  add_time(line, "ms", uv_hrtime() - process->record_began);
  hp__text_add(line, ",\"server\":");
  hp__text_add_json(line, process->plan->definition->name);
  hp__text_format(line, ",\"id\":\"%s\",\"host\":%d,\"event\":\"%s\"", process->record_id,
                  (int)uv_os_getpid(), event);
}

/* NULL, to be freed, when there was no memory. */
static char *end_line(struct hp_text *line) {
  hp__text_add(line, "}");
  return hp__text_take(line);
}

static void hand_over(hp_process *process, struct hp_text *line) {
  char *text = end_line(line);
  hp__event_log_add(process->record, text);
  hp__free(text);
}

static void add_rung(const hp_process *process, struct hp_text *line) {
  add_text(process, line, "rung", process->rung_text);
  add_time(line, "stop_ms", uv_hrtime() - process->stop_began);
}

static bool is_rung(const hp_process *process, const char *text) {
  return text && process->stop_began && strcmp(text, process->rung_text) == 0;
}

static void add_ready(const hp_process *process, struct hp_text *line) {
  add_text(process, line, "endpoint", process->view.endpoint);
  hp__text_format(line, ",\"verified\":%s", process->verified ? "true" : "false");
  add_text(process, line, "containment", hp_containment_name(process->view.containment));
}

static void describe_state(hp_process *process, struct hp_text *line,
                           const struct hp_event *event) {
  begin_line(process, line, "state");
  hp__text_format(line, ",\"from\":\"%s\",\"to\":\"%s\"", hp_state_name(process->recorded_state),
                  hp_state_name(event->state));
  process->recorded_state = event->state;
  add_pid(line, hp__subprocess_pid(process->server));
  add_text(process, line, "cause", causes[process->machine.cause]);
  if (is_rung(process, event->text))
    add_rung(process, line);
  else
    add_text(process, line, "text", event->text);
  if (event->state == HP_STATE_READY)
    add_ready(process, line);
  if (event->error)
    add_error(process, line, event->error);
}

static void describe_news(hp_process *process, struct hp_text *line, const char *text) {
  size_t prefix = sizeof WARNING - 1;
  bool warns = text && strncmp(text, WARNING, prefix) == 0;
  bool rung = is_rung(process, text);
  begin_line(process, line, rung ? "rung" : warns ? "warning" : "info");
  if (rung)
    add_rung(process, line);
  else
    add_text(process, line, "text", warns ? text + prefix : text);
}

void hp__process_record(hp_process *process, const struct hp_event *event) {
  struct hp_text line = {0};
  bool is_end = event->kind == HP_EVENT_STATE && hp__state_is_terminal(event->state);
  if (!process->record || is_end) /* its line was the last one, before it was told */
    return;
  if (event->kind == HP_EVENT_STATE)
    describe_state(process, &line, event);
  else
    describe_news(process, &line, event->text);
  hand_over(process, &line);
}

void hp__process_record_exit(hp_process *process, const char *what, const hp_subprocess *ended) {
  struct hp_text line = {0};
  if (!process->record)
    return;
  begin_line(process, &line, "exit");
  add_text(process, &line, "process", what);
  add_pid(&line, hp__subprocess_pid(ended));
  add_exit(&line, &ended->exit);
  if (process->stop_began)
    add_rung(process, &line);
  hand_over(process, &line);
}

/* ---- from the start to the end ---- */

static void say(void *data, const char *text) {
  hp__process_inform(data, text);
}

static void record_closed(void *data) {
  hp__process_release(data);
}

void hp__process_begin_record(hp_process *process) {
  struct hp_event_log_owner owner = {.data = process,
                                     .loop = process->context->loop,
                                     .path = process->plans->event_log,
                                     .told = say,
                                     .closed = record_closed};
  if (!owner.path)
    return;
  process->record_began = uv_hrtime();
  if (hp__random_hex(process->record_id, sizeof process->record_id, NULL) == 0)
    process->record = hp__event_log_new(&owner);
  if (!process->record)
    hp__process_inform(process, "its event log cannot be begun, it is without one: no memory");
}

bool hp__process_end_record(hp_process *process) {
  struct hp_text line = {0};
  struct hp_event event = {.kind = HP_EVENT_STATE,
                           .state = process->machine.state,
                           .error = process->failure.code ? &process->failure : NULL};
  if (!process->record)
    return false;
  describe_state(process, &line, &event);
  char *text = end_line(&line);
  process->open++; /* until it is closed */
  hp__event_log_close(process->record, text);
  process->record = NULL;
  hp__free(text);
  return true;
}
