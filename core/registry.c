/* SPDX-License-Identifier: MIT */
/* The only file of the core that names a back end. */
#include "core/registry.h"

#include "platform/platform.h"
#include "transports/transports.h"

#include <string.h>

#if defined(_WIN32)
#define LOCAL_TRANSPORT hp__transport_pipe
#define PLATFORM hp__platform_windows
#elif defined(__APPLE__)
#define LOCAL_TRANSPORT hp__transport_unix
#define PLATFORM hp__platform_darwin
#else
#define LOCAL_TRANSPORT hp__transport_unix
#define PLATFORM hp__platform_linux
#endif

static const struct hp_transport_ops *const built_in_transports[] = {
    &LOCAL_TRANSPORT,
    &hp__transport_tcp,
};

static const struct hp_platform_ops *const built_in_platform = &PLATFORM;

int hp__registry_init(struct hp_registry *registry, hp_error *error) {
  int result = hp__registry_set_platform(registry, built_in_platform, error);
  for (size_t i = 0; result == 0 && i < sizeof built_in_transports / sizeof *built_in_transports;
       i++)
    result = hp__registry_add_transport(registry, built_in_transports[i], error);
  return result;
}

static int refuse(hp_error *error, const char *kind, const char *name, const char *why) {
  return hp_error_set(error, HP_EPLUGIN, HP_PHASE_USE, "%s '%s' was not registered: %s", kind,
                      name ? name : "", why);
}

int hp__registry_add_transport(struct hp_registry *registry, const struct hp_transport_ops *ops,
                               hp_error *error) {
  const char *why = NULL;
  if (ops->version == 0 || ops->version > HP_TRANSPORT_VERSION)
    why = "it was built for another version of this interface";
  else if (!ops->name || !ops->name[0] || strcmp(ops->name, "local") == 0)
    why = "its name is empty or taken";
  else if (!ops->check || !ops->reserve || !ops->connect || !ops->release)
    why = "check, reserve, connect and release are mandatory";
  else if ((ops->caps & HP_TRANSPORT_LISTENS) && !ops->listen)
    why = "it says that it listens and has no listen function";
  else if ((ops->caps & HP_TRANSPORT_INHERITS_LISTENER) && (ops->version < 2 || !ops->hand_down))
    why = "it says that a listener can be inherited and has no hand_down function";
  else if (hp__registry_transport(registry, ops->name))
    why = "its name is empty or taken";
  else if (registry->transport_count == HP_TRANSPORTS_MAX)
    why = "there is no room for another one";
  if (why)
    return refuse(error, "transport", ops->name, why);
  registry->transports[registry->transport_count++] = ops;
  return 0;
}

/* Every function of a platform is mandatory, and they stand in one row behind the data. */
static bool is_complete(const struct hp_platform_ops *ops) {
  void (*functions[(sizeof *ops - offsetof(struct hp_platform_ops, locate)) /
                   sizeof(void (*)(void))])(void);
  memcpy(functions, (const char *)ops + offsetof(struct hp_platform_ops, locate), sizeof functions);
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
    if (!functions[i])
      return false;
  return true;
}

int hp__registry_set_platform(struct hp_registry *registry, const struct hp_platform_ops *ops,
                              hp_error *error) {
  const char *why = NULL;
  if (ops->version == 0 || ops->version > HP_PLATFORM_VERSION)
    why = "it was built for another version of this interface";
  else if (!ops->name || !ops->local || ops->child_size < sizeof(struct hp_child))
    why = "name, local and child_size are mandatory";
  else if (!is_complete(ops))
    why = "a mandatory function is missing";
  if (why)
    return refuse(error, "platform", ops->name, why);
  registry->platform = ops;
  return 0;
}

const struct hp_transport_ops *hp__registry_transport(const struct hp_registry *registry,
                                                      const char *name) {
  if (strcmp(name, "local") == 0)
    name = registry->platform->local;
  for (size_t i = 0; i < registry->transport_count; i++)
    if (strcmp(registry->transports[i]->name, name) == 0)
      return registry->transports[i];
  return NULL;
}
