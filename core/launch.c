/* SPDX-License-Identifier: MIT */
#include "core/launch.h"

#include "core/alloc.h"
#include "core/status.h"
#include "core/variable.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void hp__launch_init(struct hp_launch *launch, const struct hp_plan *plan) {
  *launch = (struct hp_launch){.plan = plan, .endpoint = plan->known};
}

void hp__launch_fini(struct hp_launch *launch) {
  hp__arena_fini(&launch->arena);
}

int hp__random_hex(char *text, size_t size, hp_error *error) {
  unsigned char bytes[64];
  int result = uv_random(NULL, NULL, bytes, size / 2, 0, NULL);
  if (result != 0)
    return hp_error_set(error, HP_EIO, HP_PHASE_PREPARE, "no random numbers: %s",
                        hp__status_text(result).text);
  for (size_t i = 0; i + 1 < size; i++)
    text[i] = "0123456789abcdef"[(bytes[i / 2] >> (i % 2 * 4)) & 15];
  text[size - 1] = '\0';
  return 0;
}

int hp__launch_note_secrets(struct hp_launch *launch, hp_error *error) {
  const struct hp_plan *plan = launch->plan;
  size_t count = launch->secrets && plan->needs_secrets ? plan->definition->secret_count : 0;
  bool whole = hp__secrets_add(&launch->arena, &launch->known, launch->nonce);
  for (size_t i = 0; i < count; i++)
    whole = hp__secrets_add(&launch->arena, &launch->known, launch->secrets[i]) && whole;
  for (size_t i = 0; i < plan->secret_values.count; i++)
    whole = hp__secrets_add(&launch->arena, &launch->known, plan->secret_values.items[i]) && whole;
  return whole ? 0 : hp_error_set(error, HP_ENOMEM, HP_PHASE_SPAWN, "no memory for the launch");
}

/* ---- variables ---- */

static const char *secret_value(const struct hp_launch *launch, const char *name) {
  const struct hp_definition *definition = launch->plan->definition;
  for (size_t i = 0; launch->secrets && i < definition->secret_count; i++)
    if (strcmp(definition->secrets[i].name, name) == 0)
      return launch->secrets[i];
  return NULL;
}

static const char *in_folder(struct hp_launch *launch, const char *folder, const char *prefix,
                             const char *name) {
  return folder ? hp__arena_format(&launch->arena, "%s/%s%s", folder, prefix, name) : NULL;
}

static const char *name_callback(struct hp_launch *launch) {
  const struct hp_template *form = &launch->plan->callback_text;
  const char *text = NULL;
  if (form->count == 0 || !launch->callback.kind)
    return hp__endpoint_part(&launch->arena, &launch->callback, "url");
  return hp__launch_text(launch, form, &text, NULL) == 0 ? text : NULL;
}

static const char *look_up(void *data, const char *variable, bool *secret) {
  struct hp_launch *launch = data;
  const char *name;
  *secret = false;
  if ((name = hp__after(variable, "endpoint.")))
    return hp__endpoint_part(&launch->arena, &launch->endpoint, name);
  if (strcmp(variable, "callback") == 0)
    return name_callback(launch);
  if ((name = hp__after(variable, "callback.")))
    return hp__endpoint_part(&launch->arena, &launch->callback, name);
  if ((name = hp__after(variable, "files.")))
    return in_folder(launch, launch->runtime_dir, "", name);
  if ((name = hp__after(variable, "secret_file.")))
    return in_folder(launch, launch->data_dir, HP_SECRET_PREFIX, name);
  if (strcmp(variable, "data_dir") == 0)
    return launch->data_dir;
  if (strcmp(variable, "runtime_dir") == 0)
    return launch->runtime_dir;
  if (strcmp(variable, "prepare.dir") == 0)
    return launch->prepare_dir;
  *secret = true;
  if (strcmp(variable, "nonce") == 0)
    return launch->nonce[0] ? launch->nonce : NULL;
  return (name = hp__after(variable, "secret.")) ? secret_value(launch, name) : NULL;
}

/* ---- texts ---- */

int hp__launch_text(struct hp_launch *launch, const struct hp_template *text, const char **result,
                    hp_error *error) {
  struct hp_template filled = {0};
  struct hp_text out = {0};
  hp__template_resolve(&launch->arena, &filled, text, look_up, launch);
  const char *open = hp__template_open(&filled);
  if (open)
    return hp_error_set(error, HP_ECONFIG, HP_PHASE_SPAWN,
                        "server '%s': ${%s} has no value over transport '%s'",
                        launch->plan->definition->name, open, launch->plan->transport->name);
  hp__template_render(&out, &filled);
  *result = hp__arena_copy(&launch->arena, out.data ? out.data : "");
  bool failed = out.failed || !*result;
  hp__text_fini(&out);
  return failed ? hp_error_set(error, HP_ENOMEM, HP_PHASE_SPAWN, "no memory for the launch") : 0;
}

static char **new_list(struct hp_launch *launch, size_t count, hp_error *error) {
  char **list = hp__arena_alloc(&launch->arena, (count + 1) * sizeof *list);
  if (!list)
    hp_error_set(error, HP_ENOMEM, HP_PHASE_SPAWN, "no memory for the launch");
  return list;
}

int hp__launch_arguments(struct hp_launch *launch, const struct hp_templates *texts, char ***argv,
                         hp_error *error) {
  *argv = new_list(launch, texts->count, error);
  int result = *argv ? 0 : HP_ENOMEM;
  for (size_t i = 0; result == 0 && i < texts->count; i++) {
    const char *text = NULL;
    result = hp__launch_text(launch, &texts->items[i], &text, error);
    (*argv)[i] = result == 0 ? (char *)(uintptr_t)text : NULL;
  }
  return result;
}

static bool is_replaced(const struct hp_plan *plan, const char *inherited) {
  for (size_t i = 0; i < plan->environment.count; i++) {
    const char *name = plan->environment.items[i].name;
    size_t length = strlen(name);
    if (strncmp(inherited, name, length) == 0 && inherited[length] == '=')
      return true;
  }
  return false;
}

/* "LISTEN_PID=" and room: the child itself writes its number there. */
static char *add_pid(struct hp_launch *launch, const char *name, char ***pids) {
  static const char room[HP_PID_SIZE] = "           ";
  char *text = hp__arena_pair(&launch->arena, name, room);
  if (text)
    *(*pids)++ = text + strlen(name) + 1;
  return text;
}

/* What sd_listen_fds(3) reads. */
static size_t add_listener(struct hp_launch *launch, char **list, char ***pids) {
  const struct hp_ready *ready = hp__ready_find(&launch->plan->ready, HP_READY_INHERIT);
  if (!ready)
    return 0;
  list[0] = hp__arena_pair(&launch->arena, "LISTEN_FDS", "1");
  list[1] = add_pid(launch, "LISTEN_PID", pids);
  list[2] = hp__arena_pair(&launch->arena, "LISTEN_FDNAMES",
                           ready->name ? ready->name : launch->plan->definition->name);
  return 3;
}

/* What sd_watchdog_enabled(3) reads; without the number it counts all the same. */
static size_t add_watchdog(struct hp_launch *launch, char **list, char ***pids) {
  const struct hp_plan *plan = launch->plan;
  char microseconds[32];
  if (plan->watchdog <= 0)
    return 0;
  snprintf(microseconds, sizeof microseconds, "%" PRId64, plan->watchdog * 1000);
  list[0] = hp__arena_pair(&launch->arena, "WATCHDOG_USEC", microseconds);
  if (!(plan->platform->caps & HP_PLATFORM_HANDS_DOWN))
    return 1;
  list[1] = add_pid(launch, "WATCHDOG_PID", pids);
  return 2;
}

enum { SERVER_VARIABLES = 6 };

int hp__launch_environment(struct hp_launch *launch, char ***environment, char **pids,
                           hp_error *error) {
  const struct hp_plan *plan = launch->plan;
  char **list =
      new_list(launch, plan->inherited.count + plan->environment.count + SERVER_VARIABLES, error);
  size_t count = 0;
  *environment = list;
  if (!list)
    return HP_ENOMEM;
  for (size_t i = 0; i < plan->inherited.count; i++)
    if (!is_replaced(plan, plan->inherited.items[i]))
      list[count++] = (char *)(uintptr_t)plan->inherited.items[i];
  for (size_t i = 0; i < plan->environment.count; i++) {
    const struct hp_variable *variable = &plan->environment.items[i];
    const char *value;
    if (variable->remove)
      continue;
    int result = hp__launch_text(launch, &variable->value, &value, error);
    if (result < 0)
      return result;
    list[count++] = hp__arena_pair(&launch->arena, variable->name, value);
  }
  if (pids && launch->notify_path)
    list[count++] = hp__arena_pair(&launch->arena, "NOTIFY_SOCKET", launch->notify_path);
  if (pids)
    count += add_listener(launch, list + count, &pids);
  if (pids)
    add_watchdog(launch, list + count, &pids);
  return launch->arena.failed
             ? hp_error_set(error, HP_ENOMEM, HP_PHASE_SPAWN, "no memory for the launch")
             : 0;
}

int hp__launch_spawn(struct hp_launch *launch, const struct hp_templates *command,
                     struct hp_spawn *spawn, hp_error *error) {
  const struct hp_plan *plan = launch->plan;
  bool is_server = command == &plan->arguments;
  char **argv, **environment, **pids = new_list(launch, HP_LAUNCH_PIDS, error);
  int result = pids ? hp__launch_arguments(launch, command, &argv, error) : HP_ENOMEM;
  if (result == 0)
    result = hp__launch_environment(launch, &environment, is_server ? pids : NULL, error);
  if (result < 0)
    return result;
  *spawn = (struct hp_spawn){
      .executable = argv[0],
      .argv = argv,
      .environment = environment,
      .directory = plan->working_dir,
      .session = HP_SESSION_OWN,
      .user = plan->user,
      .host_death_signal = plan->host_death_signal,
      .hands_down = is_server && launch->hands_down,
      .listener = launch->listener,
      .pids = pids,
  };
  return 0;
}

char *hp__launch_describe(struct hp_launch *launch, const struct hp_templates *texts) {
  struct hp_text out = {0};
  for (size_t i = 0; i < texts->count; i++) {
    struct hp_template filled = {0};
    hp__template_resolve(&launch->arena, &filled, &texts->items[i], look_up, launch);
    hp__text_add(&out, i ? " " : "");
    hp__template_print(&out, &filled);
  }
  char *shown = hp__redact(&launch->known, out.data ? out.data : "");
  hp__text_fini(&out);
  return shown;
}

/* ---- what the server says ---- */

struct capture {
  struct hp_endpoint endpoint;
  char folder[HP_PATH_SIZE];
};

static bool copy_part(char *to, size_t size, const char *value, size_t length) {
  if (length >= size)
    return false;
  memcpy(to, value, length);
  to[length] = '\0';
  return true;
}

static bool capture_port(struct hp_endpoint *endpoint, const char *value, size_t length) {
  char digits[8];
  if (!copy_part(digits, sizeof digits, value, length))
    return false;
  unsigned long port = strtoul(digits, NULL, 10);
  endpoint->port = (uint16_t)port;
  return port > 0 && port <= UINT16_MAX;
}

static bool capture_host(struct hp_endpoint *endpoint, const char *value, size_t length) {
  bool brackets = length > 2 && value[0] == '[' && value[length - 1] == ']';
  return copy_part(endpoint->host, sizeof endpoint->host, value + brackets,
                   length - 2 * (size_t)brackets);
}

static bool capture_part(void *data, const char *variable, const char *value, size_t length) {
  struct capture *capture = data;
  struct hp_endpoint *endpoint = &capture->endpoint;
  if (strcmp(variable, "endpoint.port") == 0)
    return capture_port(endpoint, value, length);
  if (strcmp(variable, "endpoint.host") == 0)
    return capture_host(endpoint, value, length);
  if (strcmp(variable, "endpoint.dir") == 0)
    return copy_part(capture->folder, sizeof capture->folder, value, length);
  if (strcmp(variable, "endpoint.path") == 0 || strcmp(variable, "endpoint.name") == 0)
    return copy_part(endpoint->path, sizeof endpoint->path, value, length);
  return false;
}

static bool match(struct hp_launch *launch, const struct hp_template *pattern, const char *text,
                  bool whole) {
  struct capture capture = {.endpoint = launch->endpoint};
  if (!hp__template_match(pattern, text, whole, capture_part, &capture))
    return false;
  if (capture.folder[0]) {
    char name[HP_PATH_SIZE];
    snprintf(name, sizeof name, "%s", capture.endpoint.path);
    int length = snprintf(capture.endpoint.path, sizeof capture.endpoint.path, "%s/%s",
                          capture.folder, name);
    if (length < 0 || (size_t)length >= sizeof capture.endpoint.path)
      return false;
  }
  launch->endpoint = capture.endpoint;
  return true;
}

bool hp__launch_read_report(struct hp_launch *launch, const char *report) {
  struct hp_endpoint endpoint;
  if (launch->plan->report.count > 0)
    return match(launch, &launch->plan->report, report, true);
  if (hp_endpoint_parse(&endpoint, report, NULL) < 0)
    return false;
  launch->endpoint = endpoint;
  return true;
}

bool hp__launch_read_line(struct hp_launch *launch, const struct hp_template *pattern,
                          const char *line) {
  return match(launch, pattern, line, false);
}
