/* SPDX-License-Identifier: MIT */
#include "tests/support/server.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const places[] = {"run", "tmp"};

/* ---- A context ---- */

static void make_place(const char *variable, const char *name) {
  char path[600];
  uv_fs_t request;
  snprintf(path, sizeof path, "%s/%s", hp_test_directory(), name);
  uv_fs_mkdir(NULL, &request, path, 0711, NULL);
  uv_fs_req_cleanup(&request);
  uv_os_setenv(variable, path);
}

hp_context *hp_test_second_context(void) {
  hp_context *context = NULL;
  hp_error *error = NULL;
  CHECK_INT(hp_context_new(&context, &error), 0);
  hp_error_free(error);
  CHECK_INT(hp_context_register_platform(context, hp_test_platform(), NULL), 0);
  return context;
}

hp_context *hp_test_context(void) {
  uv_os_unsetenv("TMPDIR");
  uv_os_setenv("D", hp_test_directory());
  make_place("XDG_RUNTIME_DIR", places[0]);
  make_place("XDG_CONFIG_HOME", "config");
  make_place("TMPDIR", places[1]);
  return hp_test_second_context();
}

/* A killed server's sanitizer leaves others. */
static int count_names(const char *path) {
  uv_fs_t request;
  uv_dirent_t entry;
  int count = 0;
  if (uv_fs_scandir(NULL, &request, path, 0, NULL) >= 0)
    while (uv_fs_scandir_next(&request, &entry) != UV_EOF)
      count += strncmp(entry.name, "hp-", 3) == 0;
  uv_fs_req_cleanup(&request);
  return count;
}

int hp_test_count_directories(void) {
  return count_names(hp_test_path(places[0])) + count_names(hp_test_path(places[1]));
}

void hp_test_leave(hp_context *context) {
  CHECK_INT(hp_context_free(context), 0);
  CHECK(!hp_os_has_children());
  CHECK_INT(hp_test_count_directories(), 0);
  uv_os_unsetenv("TMPDIR"); /* the next test's directory is not made in this one's */
}

/* ---- What to start ---- */

static hp_options *new_options(const char *server, const char *transport, const char *binary) {
  hp_options *options;
  if (hp_options_new(&options, NULL) < 0)
    abort();
  hp_options_set_server(options, server, NULL);
  hp_options_set_transport(options, transport, NULL);
  hp_options_set_binary(options, hp_test_program(binary), NULL);
  hp_options_set_start_timeout(options, HP_PATIENCE_MS, NULL);
  return options;
}

hp_options *hp_test_echo(const char *transport) {
  return new_options("echo", transport, "hyperprocess-echod");
}

struct yaml {
  char definition[8192], profile[1024];
};

static void add_line(char *text, size_t size, const char *line) {
  size_t length = strlen(text);
  char here[1000];
  hp_os_translate(line, here, sizeof here);
  snprintf(text + length, size - length, "    %s\n", here);
}

static void add_lines(struct yaml *yaml, va_list lines) {
  static const char prefix[] = "profile.";
  for (const char *line; (line = va_arg(lines, const char *));)
    if (strncmp(line, prefix, sizeof prefix - 1) == 0)
      add_line(yaml->profile, sizeof yaml->profile, line + sizeof prefix - 1);
    else
      add_line(yaml->definition, sizeof yaml->definition, line);
  if (!strstr(yaml->definition, "    transports:"))
    add_line(yaml->definition, sizeof yaml->definition,
             "transports: {local: {arguments: []}, tcp: {arguments: []}}");
  if (!strstr(yaml->definition, "    stop:"))
    add_line(yaml->definition, sizeof yaml->definition,
             "stop: [{signal: TERM, wait: 20s}, {kill: true}]");
}

hp_options *hp_test_child(const char *transport, ...) {
  static int number;
  struct yaml yaml = {"", ""};
  char text[10000], name[32];
  va_list lines;
  va_start(lines, transport);
  add_lines(&yaml, lines);
  va_end(lines);
  snprintf(text, sizeof text,
           "version: 1\nservers:\n  t:\n    binary: {names: [hp-child]}\n%sprofiles:\n"
           "  default:\n    server: t\n%s",
           yaml.definition, yaml.profile);
  snprintf(name, sizeof name, "t%d.yaml", number++);
  hp_options *options = new_options("t", transport, "hp-child");
  hp_options_set_file(options, hp_test_file(name, text), NULL);
  return options;
}

int hp_test_start(hp_context *context, hp_options *options, hp_process **process,
                  hp_error **error) {
  *process = NULL;
  *error = NULL;
  int result = hp_process_start(context, options, process, error);
  hp_options_free(options);
  if (result < 0) {
    hp_process_close(*process);
    *process = NULL;
  }
  return result;
}

hp_process *hp_test_up(hp_context *context, hp_options *options) {
  hp_process *process;
  hp_error *error;
  if (hp_test_start(context, options, &process, &error) < 0)
    CHECK_TEXT(hp_test_message(error), "a server that is up");
  return process;
}

static bool says(const hp_error *error, const char *part) {
  const char *cause = error ? hp_error_cause(error) : NULL;
  return cause && strstr(cause, part);
}

hp_error *hp_test_never_ready(hp_context *context, hp_options *options, int code,
                              const char *cause) {
  hp_error *error = NULL;
  for (int timeout = 500; !says(error, cause) && timeout < HP_PATIENCE_MS; timeout *= 4) {
    hp_process *process = NULL;
    hp_error_free(error);
    error = NULL;
    hp_options_set_start_timeout(options, timeout, NULL);
    CHECK_INT(hp_process_start(context, options, &process, &error), code);
    hp_process_close(process);
  }
  hp_options_free(options);
  CHECK_HAS(hp_error_cause(error), cause);
  return error;
}

hp_process *hp_test_begin(hp_context *context, hp_options *options, struct hp_test_log *log) {
  hp_process *process = NULL;
  hp_error *error = NULL;
  int result = hp_process_start_async(context, options, log ? hp_test_log_event : NULL, log,
                                      &process, &error);
  hp_options_free(options);
  if (result < 0)
    CHECK_TEXT(hp_test_message(error), "a start that has begun");
  return process;
}

const char *hp_test_message(hp_error *error) {
  static char text[4096];
  const char *cause = hp_error_cause(error), *output = hp_error_detail(error, HP_DETAIL_OUTPUT);
  snprintf(text, sizeof text, "%s | %s | %s", hp_error_message(error), cause ? cause : "",
           output ? output : "");
  hp_error_free(error);
  return text;
}

/* ---- Files ---- */

const char *hp_test_path(const char *name) {
  static _Thread_local char path[700];
  snprintf(path, sizeof path, "%s/%s", hp_test_directory(), name);
  return path;
}

void hp_test_make_file(const char *name) {
  FILE *file = fopen(hp_test_path(name), "ab");
  CHECK(file && fclose(file) == 0);
}

bool hp_test_exists(const char *name) {
  uv_fs_t request;
  int code = uv_fs_stat(NULL, &request, hp_test_path(name), NULL);
  uv_fs_req_cleanup(&request);
  return code == 0;
}

double hp_test_now(void) {
  return (double)uv_hrtime() / 1e6;
}

double hp_test_late(void) {
  return 200.0 * hp_os_slowness();
}

bool hp_test_took(double took, double limit, const char *file, int line) {
  char text[128];
  snprintf(text, sizeof text, "it took %.3f ms, expected %.0f to %.0f", took, limit,
           limit + hp_test_late());
  return hp_test_check(took >= limit && took < limit + hp_test_late(), text, file, line);
}

static bool process_is_gone(const void *pid) {
  return !hp_os_is_running(*(const int64_t *)pid);
}

static bool await(bool (*holds)(const void *), const void *subject) {
  double end = hp_test_now() + HP_PATIENCE_MS;
  while (!holds(subject) && hp_test_now() < end)
    uv_sleep(1);
  return holds(subject);
}

/* Who makes it may be killed as soon as it is there: its line is waited for. */
bool hp_test_await_file(const char *name) {
  return hp_test_await_lines(name, 1);
}

bool hp_test_await_gone(int64_t pid) {
  return CHECK(await(process_is_gone, &pid));
}

int hp_test_count_lines(const char *name) {
  FILE *file = fopen(hp_test_path(name), "rb");
  int count = 0;
  for (int c; file && (c = fgetc(file)) != EOF;)
    count += c == '\n';
  if (file)
    fclose(file);
  return count;
}

struct lines {
  const char *name;
  int count;
};

static bool has_lines(const void *data) {
  const struct lines *lines = data;
  return hp_test_count_lines(lines->name) >= lines->count;
}

bool hp_test_await_lines(const char *name, int count) {
  return CHECK(await(has_lines, &(struct lines){name, count}));
}

int64_t hp_test_number_in(const char *name) {
  FILE *file = fopen(hp_test_path(name), "rb");
  long long number = -1;
  char line[64];
  while (file && fgets(line, sizeof line, file))
    number = atoll(line);
  if (file)
    fclose(file);
  return number;
}

/* ---- Addresses ---- */

bool hp_test_talks(hp_process *process) {
  static const char said[] = "hear hear\n";
  char heard[sizeof said] = "";
  struct hp_wire *wire = hp_wire_to(hp_process_endpoint(process));
  bool talks = wire && hp_wire_say(wire, said, sizeof said - 1) &&
               hp_wire_hear(wire, heard, sizeof said - 1) == sizeof said - 1;
  hp_wire_close(wire);
  return talks && strcmp(said, heard) == 0;
}

/* ---- What a callback was told ---- */

void hp_test_log_init(struct hp_test_log *log) {
  memset(log, 0, sizeof *log);
  uv_mutex_init(&log->lock);
  uv_cond_init(&log->changed);
}

void hp_test_log_fini(struct hp_test_log *log) {
  uv_cond_destroy(&log->changed);
  uv_mutex_destroy(&log->lock);
}

void hp_test_log_event(hp_process *process, const hp_event *event, void *data) {
  struct hp_test_log *log = data;
  const char *text = hp_event_text(event);
  uv_mutex_lock(&log->lock);
  size_t length = strlen(log->text), room = sizeof log->text - length;
  if (hp_event_kind(event) == HP_EVENT_STATE)
    length +=
        (size_t)snprintf(log->text + length, room, "%s ", hp_state_name(hp_event_state(event)));
  room = sizeof log->text - length;
  if (text || hp_event_kind(event) == HP_EVENT_INFO)
    snprintf(log->text + length, room, "(%s) ", text ? text : "");
  uv_cond_broadcast(&log->changed);
  uv_mutex_unlock(&log->lock);
  if (log->hook)
    log->hook(process, event, log);
}

bool hp_test_log_await(struct hp_test_log *log, const char *part) {
  uint64_t end = uv_hrtime() + (uint64_t)HP_PATIENCE_MS * 1000000;
  uv_mutex_lock(&log->lock);
  while (!strstr(log->text, part) && uv_hrtime() < end)
    uv_cond_timedwait(&log->changed, &log->lock, end - uv_hrtime());
  bool came = CHECK_HAS(log->text, part);
  uv_mutex_unlock(&log->lock);
  return came;
}

bool hp_test_log_has(struct hp_test_log *log, const char *part) {
  uv_mutex_lock(&log->lock);
  bool has = strstr(log->text, part) != NULL;
  uv_mutex_unlock(&log->lock);
  return has;
}

const char *hp_test_log_states(struct hp_test_log *log) {
  static char states[sizeof log->text];
  size_t length = 0;
  int depth = 0;
  uv_mutex_lock(&log->lock);
  for (const char *c = log->text; *c; c++) {
    depth += *c == '(';
    if (depth == 0 && !(*c == ' ' && (length == 0 || states[length - 1] == ' ')))
      states[length++] = *c;
    depth -= *c == ')';
  }
  uv_mutex_unlock(&log->lock);
  states[length] = '\0';
  return states;
}
