/* SPDX-License-Identifier: MIT */
/* The part of the plan that is about where the server will listen. */
#include "core/plan_steps.h"

#include "core/status.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char LOOPBACK[] = "127.0.0.1"; /* never "localhost": it may be ::1 first, and stall */

static bool is_in_definition(const struct hp_definition *definition, const char *name) {
  for (size_t i = 0; i < definition->transport_count; i++)
    if (strcmp(definition->transports[i].kind, name) == 0)
      return true;
  return false;
}

/* Of those that the server has, the first one that can be had here; NULL: none. */
static const char *find_substitute(const struct hp_plan_maker *maker) {
  const struct hp_definition *definition = maker->plan->definition;
  const char *local = maker->plan->platform->local;
  if (is_in_definition(definition, local))
    return local;
  for (size_t i = 0; i < definition->transport_count; i++)
    if (hp__registry_transport(maker->registry, definition->transports[i].kind))
      return definition->transports[i].kind;
  return NULL;
}

static struct hp_position position_of(const struct hp_plan_maker *maker) {
  const struct hp_choice *choice = maker->plan->choice;
  return choice ? choice->position : (struct hp_position){0};
}

/* A transport that is known, and differs little from what was said. */
static const char *find_meant(const struct hp_plan_maker *maker, const char *name) {
  const char *names[HP_TRANSPORTS_MAX + 1] = {"local"};
  size_t count = 1;
  for (; count <= maker->registry->transport_count; count++)
    names[count] = maker->registry->transports[count - 1]->name;
  const char *nearest = hp__nearest(name, names, count);
  return nearest && strcmp(nearest, name) != 0 ? nearest : NULL;
}

static int refuse_transport(struct hp_plan_maker *maker, const char *name) {
  const struct hp_definition *definition = maker->plan->definition;
  struct hp_text known = {0};
  for (size_t i = 0; i < definition->transport_count; i++)
    hp__text_format(&known, "%s%s", i ? ", " : "", definition->transports[i].kind);
  hp_error_set(maker->error, HP_EUNSUPPORTED, HP_PHASE_PLAN,
               "server '%s' has no transport '%s'; it has: %s", definition->name, name,
               known.data ? known.data : "none");
  hp__text_fini(&known);
  const char *substitute = find_substitute(maker), *meant = find_meant(maker, name);
  if (meant)
    hp_error_set_hint(maker->error, "did you mean '%s'?", meant);
  else if (substitute)
    hp_error_set_hint(maker->error, "transport '%s' serves it here", substitute);
  return hp__mistake_at(maker->error, position_of(maker), HP_EUNSUPPORTED);
}

/* The server has it, this system does not. */
static int refuse_foreign(struct hp_plan_maker *maker, const char *name) {
  static const char *const causes[][2] = {
      {"unix", "on this system servers are reached by named pipes in the place of Unix sockets"},
      {"pipe", "named pipes are those of Windows"}};
  const char *substitute = find_substitute(maker), *platform = maker->plan->platform->name;
  hp_error_set(maker->error, HP_EUNSUPPORTED, HP_PHASE_PLAN, "transport '%s' cannot be had on %s",
               name, platform);
  for (size_t i = 0; i < sizeof causes / sizeof *causes; i++)
    if (strcmp(causes[i][0], name) == 0)
      hp_error_set_cause(maker->error, "%s", causes[i][1]);
  if (substitute)
    hp_error_set_hint(maker->error, "transport '%s' serves instead%s", substitute,
                      strcmp(substitute, maker->plan->platform->local) == 0
                          ? "; 'local' means the right one everywhere"
                          : "");
  return hp__mistake_at(maker->error, position_of(maker), HP_EUNSUPPORTED);
}

static int choose_rule(struct hp_plan_maker *maker) {
  struct hp_plan *plan = maker->plan;
  const char *name = plan->choice ? plan->choice->kind : "local";
  plan->transport = hp__registry_transport(maker->registry, name);
  if (!plan->transport && is_in_definition(plan->definition, name))
    return refuse_foreign(maker, name);
  if (!plan->transport)
    return refuse_transport(maker, name);
  for (size_t i = 0; i < plan->definition->transport_count; i++)
    if (strcmp(plan->definition->transports[i].kind, plan->transport->name) == 0)
      maker->rule = &plan->definition->transports[i];
  return maker->rule ? 0 : refuse_transport(maker, plan->transport->name);
}

/* A line break in a path would be a second line of a generated file, or of a message. */
static int check_path(struct hp_plan_maker *maker, const char *what, const char *path) {
  for (const char *c = path ? path : ""; *c; c++)
    if ((unsigned char)*c < ' ' || *c == 127)
      return hp_error_set(maker->error, HP_ECONFIG, HP_PHASE_PLAN,
                          "%s holds a control character: byte %d is 0x%02x", what,
                          (int)(c - path + 1), (unsigned char)*c);
  return 0;
}

/* Without repeated and final separators and "."; ".." stays, for a link may stand before it. */
static char *tidy(char *path) {
  char *out = path;
  for (const char *in = path; *in;) {
    size_t length = strcspn(in, "/");
    bool dot = length == 1 && in[0] == '.';
    if (length > 0 && !dot) {
      memmove(out, in, length);
      out += length;
    }
    in += length;
    if (*in == '/' && (out == path || out[-1] != '/'))
      *out++ = '/';
    in += strspn(in, "/");
  }
  if (out > path + 1 && out[-1] == '/')
    out--;
  *out = '\0';
  return path;
}

/* Pure but for the current directory. */
int hp__plan_make_absolute(struct hp_plan_maker *maker, const char *what, const char *path,
                           const char **result) {
  struct hp_arena *arena = &maker->plan->arena;
  char current[HP_PATH_SIZE] = "";
  size_t size = sizeof current;
  bool absolute = path[0] == '/' || path[0] == '\\' || (path[0] && path[1] == ':');
  int status = absolute ? 0 : uv_cwd(current, &size);
  if (status != 0)
    return hp_error_set(maker->error, HP_ECONFIG, HP_PHASE_PLAN,
                        "%s %s is relative to a current directory that cannot be told: %s", what,
                        path, hp__status_text(status).text);
  char *whole = hp__arena_format(arena, "%s%s%s", current, absolute ? "" : "/", path);
  *result = whole ? tidy(whole) : NULL;
  return whole ? check_path(maker, what, whole) : hp__plan_no_memory(maker);
}

static void fill_tcp(struct hp_plan_maker *maker) {
  struct hp_plan *plan = maker->plan;
  const char *port = plan->choice ? plan->choice->port : NULL;
  const char *host = plan->choice ? plan->choice->host : NULL;
  plan->address.host = host ? host : LOOPBACK;
  plan->address.port = port ? (uint16_t)strtoul(port, NULL, 10) : 0; /* "auto" is 0 */
  plan->address.child_picks = plan->address.port == 0 && maker->rule->port_auto &&
                              !hp__ready_find(&plan->ready, HP_READY_INHERIT);
  plan->address.reuse_address = maker->rule->reuse_address;
  plan->known.port = plan->address.port;
  snprintf(plan->known.host, sizeof plan->known.host, "%s", plan->address.host);
}

static int fill_path(struct hp_plan_maker *maker) {
  struct hp_plan *plan = maker->plan;
  bool pipe = plan->known.kind == HP_ENDPOINT_PIPE; /* a name, in no directory */
  plan->address.name = maker->rule->socket;
  strcpy(plan->known.host, pipe ? "." : "");
  const char *path = plan->choice ? plan->choice->path : NULL;
  if (!path)
    return 0;
  int result = 0;
  if (pipe)
    plan->address.path = path;
  else
    result = hp__plan_make_absolute(maker, "the socket", path, &plan->address.path);
  if (result == 0)
    snprintf(plan->known.path, sizeof plan->known.path, "%s", plan->address.path);
  return result;
}

static int choose_log(struct hp_plan_maker *maker) {
  struct hp_plan *plan = maker->plan;
  const struct hp_log_choice *choice = &plan->profile.log;
  const char *events = plan->profile.event_log;
  int result = events && events[0]
                   ? hp__plan_make_absolute(maker, "the event log", events, &plan->event_log)
                   : 0;
  if (result < 0 || !choice->dir || !choice->dir[0])
    return result;
  plan->log = (struct hp_log_rules){.name = plan->definition->name,
                                    .size_limit = choice->size_limit,
                                    .max_count = choice->max_count};
  if (choice->max_count && !choice->size_limit)
    hp__plan_warn(plan, "log: max_count has no effect without size_limit");
  else if (choice->max_count == 1)
    hp__plan_warn(plan, "log: max_count 1 keeps very little: with each new file all before it is "
                        "gone; 2 serves better");
  return hp__plan_make_absolute(maker, "the log directory", choice->dir, &plan->log.folder);
}

int hp__plan_choose_address(struct hp_plan_maker *maker) {
  struct hp_plan *plan = maker->plan;
  int result = choose_rule(maker);
  if (result < 0)
    return result;
  plan->known.kind = plan->transport->kind;
  plan->tcp = hp__registry_transport(maker->registry, "tcp");
  if (plan->known.kind == HP_ENDPOINT_TCP)
    fill_tcp(maker);
  else
    result = fill_path(maker);
  if (hp__ready_find(&plan->ready, HP_READY_CALLBACK))
    plan->callback = hp__registry_transport(maker->registry, "local");
  if (result == 0)
    result = check_path(maker, "the path of the binary", plan->executable);
  if (result == 0 && plan->profile.data_dir)
    result = hp__plan_make_absolute(maker, "the data directory", plan->profile.data_dir,
                                    &plan->data_dir);
  if (result == 0)
    result = choose_log(maker);
  return result;
}

static bool needs_runtime_dir(const struct hp_plan *plan) {
  bool socket = plan->transport->kind == HP_ENDPOINT_UNIX && !plan->address.path;
  bool callback = plan->callback && plan->callback->kind == HP_ENDPOINT_UNIX;
  bool ours = callback || hp__ready_find(&plan->ready, HP_READY_NOTIFY);
  return socket || ours || plan->file_count > 0 || hp__plan_uses(plan, "runtime_dir");
}

/* Whether all sockets of a launch fit into plan->runtime_dir. */
static int check_lengths(struct hp_plan_maker *maker, hp_error *error) {
  struct hp_plan *plan = maker->plan;
  plan->address.directory = plan->runtime_dir;
  int result = plan->transport->check(&plan->address, error);
  const struct hp_transport_ops *local = hp__registry_transport(maker->registry, "local");
  if (result < 0 || !plan->runtime_dir || !local)
    return result;
  struct hp_transport_spec own = {.directory = plan->runtime_dir, .name = HP_CALLBACK_NAME};
  return local->check(&own, error);
}

static int take_base(struct hp_plan_maker *maker, const char *base, hp_error *error) {
  struct hp_plan *plan = maker->plan;
  plan->runtime_base = hp__arena_copy(&plan->arena, base);
  plan->runtime_dir =
      hp__arena_format(&plan->arena, "%s/hp-XXXXXXXX", strcmp(base, "/") == 0 ? "" : base);
  return check_lengths(maker, error);
}

static int try_base(struct hp_plan_maker *maker, enum hp_place place, hp_error *error) {
  char base[HP_PATH_SIZE];
  int result = maker->plan->platform->place(place, base);
  if (result < 0)
    return hp_error_set(error, result, HP_PHASE_PLAN, "there is no place for private sockets");
  result = check_path(maker, "the place for private sockets", base);
  return result < 0 ? result : take_base(maker, base, error);
}

/* There alone, where it is too long as well: the user has said it. */
static int use_folder(struct hp_plan_maker *maker, const char *folder) {
  int result = take_base(maker, folder, maker->error);
  if (result == HP_ETOOLONG)
    hp_error_set_hint(maker->error, "a shorter '%s' serves",
                      maker->plan->definition->directory_setting);
  return result;
}

/* The user's own runtime directory is the better place, but another user cannot enter it, and it
 * may be too long. */
static int choose_runtime_dir(struct hp_plan_maker *maker) {
  const char *folder;
  int result = hp__plan_find_folder(maker, &folder);
  if (result < 0)
    return result;
  if (!needs_runtime_dir(maker->plan))
    return check_lengths(maker, maker->error);
  if (folder)
    return use_folder(maker, folder);
  if (maker->plan->user.id < 0 && try_base(maker, HP_PLACE_RUNTIME, NULL) == 0)
    return 0;
  return try_base(maker, HP_PLACE_SHORT, maker->error);
}

/* Another user may not be able to enter a place of ours, as a private TMPDIR is one. */
static int choose_temporary_base(struct hp_plan_maker *maker) {
  struct hp_plan *plan = maker->plan;
  char base[HP_PATH_SIZE];
  if (plan->data_dir || !plan->needs_data_dir)
    return 0;
  enum hp_place place = plan->user.id < 0 ? HP_PLACE_TEMPORARY : HP_PLACE_SHORT;
  int result = plan->platform->place(place, base);
  if (result < 0)
    return hp_error_set(maker->error, result, HP_PHASE_PLAN,
                        "there is no directory for temporary data");
  plan->temporary_base = hp__arena_copy(&plan->arena, base);
  return check_path(maker, "the place for temporary data", base);
}

/* A server that is told no more than the directory gives its socket a name of its own. */
static int check_name(struct hp_plan_maker *maker) {
  const struct hp_plan *plan = maker->plan;
  const char *own = maker->rule->socket, *path = plan->address.path;
  if (!own || !path || maker->tells_name)
    return 0;
  const char *slash = strrchr(path, '/');
  if (strcmp(slash ? slash + 1 : path, own) == 0)
    return 0;
  hp_error_set(maker->error, HP_ECONFIG, HP_PHASE_PLAN,
               "server '%s' names its socket itself: a path for it must end in %s: %s",
               plan->definition->name, own, path);
  return hp__mistake_at(maker->error, position_of(maker), HP_ECONFIG);
}

int hp__plan_choose_places(struct hp_plan_maker *maker) {
  struct hp_plan *plan = maker->plan;
  int named = check_name(maker);
  if (named < 0)
    return named;
  plan->needs_secrets = hp__plan_uses(plan, "secret.") || hp__plan_uses(plan, "secret_file.");
  plan->needs_data_dir = plan->data_dir || plan->prepare.count > 0 || plan->needs_secrets ||
                         hp__plan_uses(plan, "data_dir");
  int result = choose_runtime_dir(maker);
  return result < 0 ? result : choose_temporary_base(maker);
}
