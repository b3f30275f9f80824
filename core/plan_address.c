/* SPDX-License-Identifier: MIT */
/* The part of the plan that is about where the server will listen. */
#include "core/plan_steps.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char LOOPBACK[] = "127.0.0.1"; /* never "localhost": it may be ::1 first, and stall */

static int refuse_transport(struct hp_plan_maker *maker, const char *name) {
  const struct hp_definition *definition = maker->plan->definition;
  struct hp_text known = {0};
  for (size_t i = 0; i < definition->transport_count; i++)
    hp__text_format(&known, "%s%s", i ? ", " : "", definition->transports[i].kind);
  hp_error_set(maker->error, HP_EUNSUPPORTED, HP_PHASE_PLAN,
               "server '%s' has no transport '%s'; it has: %s", definition->name, name,
               known.data ? known.data : "none");
  hp__text_fini(&known);
  if (maker->plan->profile.transport_position.file)
    hp__prefix_position(maker->error, &maker->plan->profile.transport_position);
  return HP_EUNSUPPORTED;
}

static int choose_rule(struct hp_plan_maker *maker) {
  struct hp_plan *plan = maker->plan;
  const char *name = plan->profile.transport ? plan->profile.transport : "local";
  plan->transport = hp__registry_transport(maker->registry, name);
  if (!plan->transport)
    return refuse_transport(maker, name);
  for (size_t i = 0; i < plan->definition->transport_count; i++)
    if (strcmp(plan->definition->transports[i].kind, plan->transport->name) == 0)
      maker->rule = &plan->definition->transports[i];
  return maker->rule ? 0 : refuse_transport(maker, plan->transport->name);
}

/* An absolute form of a path that the user named; pure but for the current directory. */
static const char *make_absolute(struct hp_arena *arena, const char *path) {
  char current[HP_PATH_SIZE];
  size_t size = sizeof current;
  bool absolute = path[0] == '/' || path[0] == '\\' || (path[0] && path[1] == ':');
  if (absolute || uv_cwd(current, &size) != 0)
    return hp__arena_copy(arena, path);
  return hp__arena_format(arena, "%s/%s", current, path);
}

static void fill_tcp(struct hp_plan_maker *maker) {
  struct hp_plan *plan = maker->plan;
  const char *port = plan->profile.port;
  plan->address.host = plan->profile.host ? plan->profile.host : LOOPBACK;
  plan->address.port = port ? (uint16_t)strtoul(port, NULL, 10) : 0; /* "auto" is 0 */
  plan->address.child_picks = plan->address.port == 0 && maker->rule->port_auto;
  plan->address.reuse_address = maker->rule->reuse_address;
  plan->known.port = plan->address.port;
  snprintf(plan->known.host, sizeof plan->known.host, "%s", plan->address.host);
}

static void fill_path(struct hp_plan_maker *maker) {
  struct hp_plan *plan = maker->plan;
  plan->address.name = maker->rule->socket;
  if (!plan->profile.path)
    return;
  plan->address.path = make_absolute(&plan->arena, plan->profile.path);
  if (plan->address.path)
    snprintf(plan->known.path, sizeof plan->known.path, "%s", plan->address.path);
}

int hp__plan_choose_address(struct hp_plan_maker *maker) {
  struct hp_plan *plan = maker->plan;
  int result = choose_rule(maker);
  if (result < 0)
    return result;
  plan->known.kind = plan->transport->kind;
  if (plan->known.kind == HP_ENDPOINT_TCP)
    fill_tcp(maker);
  else
    fill_path(maker);
  if (plan->ready.kind == HP_READY_CALLBACK)
    plan->callback = hp__registry_transport(maker->registry, "local");
  if (plan->profile.data_dir)
    plan->data_dir = make_absolute(&plan->arena, plan->profile.data_dir);
  return 0;
}

static bool needs_runtime_dir(const struct hp_plan *plan) {
  bool socket = plan->transport->kind == HP_ENDPOINT_UNIX && !plan->address.path;
  bool ours = plan->ready.kind == HP_READY_CALLBACK || plan->ready.kind == HP_READY_NOTIFY;
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

static int try_base(struct hp_plan_maker *maker, enum hp_place place, hp_error *error) {
  struct hp_plan *plan = maker->plan;
  char base[HP_PATH_SIZE];
  int result = plan->platform->place(place, base);
  if (result < 0)
    return hp_error_set(error, result, HP_PHASE_PLAN, "there is no place for private sockets");
  plan->runtime_base = hp__arena_copy(&plan->arena, base);
  plan->runtime_dir = hp__arena_format(&plan->arena, "%s/hp-XXXXXXXX", base);
  return check_lengths(maker, error);
}

/* The user's own runtime directory is the better place, but another user cannot enter it, and it
 * may be too long. */
static int choose_runtime_dir(struct hp_plan_maker *maker) {
  if (!needs_runtime_dir(maker->plan))
    return check_lengths(maker, maker->error);
  if (maker->plan->user.id < 0 && try_base(maker, HP_PLACE_RUNTIME, NULL) == 0)
    return 0;
  return try_base(maker, HP_PLACE_SHORT, maker->error);
}

static int choose_temporary_base(struct hp_plan_maker *maker) {
  struct hp_plan *plan = maker->plan;
  char base[HP_PATH_SIZE];
  if (plan->data_dir || !plan->needs_data_dir)
    return 0;
  int result = plan->platform->place(HP_PLACE_TEMPORARY, base);
  if (result < 0)
    return hp_error_set(maker->error, result, HP_PHASE_PLAN,
                        "there is no directory for temporary data");
  plan->temporary_base = hp__arena_copy(&plan->arena, base);
  return 0;
}

/* A server that is told no more than the directory gives its socket a name of its own. */
static int check_name(struct hp_plan_maker *maker) {
  const struct hp_plan *plan = maker->plan;
  const char *own = maker->rule->socket, *path = plan->address.path;
  if (!own || !path || hp__plan_uses(plan, "endpoint.path") ||
      hp__plan_uses(plan, "endpoint.url") || hp__plan_uses(plan, "endpoint.name"))
    return 0;
  const char *slash = strrchr(path, '/');
  if (strcmp(slash ? slash + 1 : path, own) == 0)
    return 0;
  hp_error_set(maker->error, HP_ECONFIG, HP_PHASE_PLAN,
               "server '%s' names its socket itself: a path for it must end in %s: %s",
               plan->definition->name, own, path);
  if (plan->profile.transport_position.file)
    hp__prefix_position(maker->error, &plan->profile.transport_position);
  return HP_ECONFIG;
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
