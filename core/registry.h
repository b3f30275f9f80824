/* SPDX-License-Identifier: MIT */
/* The transports and the platform that a context knows. Not thread-safe: filled before the first
 * start. */
#ifndef HP_CORE_REGISTRY_H
#define HP_CORE_REGISTRY_H

#include <hyperprocess/plugin.h>

enum { HP_TRANSPORTS_MAX = 16 };

struct hp_registry {
  const struct hp_transport_ops *transports[HP_TRANSPORTS_MAX];
  size_t transport_count;
  const struct hp_platform_ops *platform;
};

/* Registers the built-in ones, through the same door as an embedder's. */
int hp__registry_init(struct hp_registry *registry, hp_error *error);
int hp__registry_add_transport(struct hp_registry *registry, const struct hp_transport_ops *ops,
                               hp_error *error);
int hp__registry_set_platform(struct hp_registry *registry, const struct hp_platform_ops *ops,
                              hp_error *error);
/* By name, "local" included; NULL when there is none. */
const struct hp_transport_ops *hp__registry_transport(const struct hp_registry *registry,
                                                      const char *name);

#endif
