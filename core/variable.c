/* SPDX-License-Identifier: MIT */
#include "core/variable.h"

#include "core/endpoint.h"

#include <string.h>

const char *hp__after(const char *text, const char *prefix) {
  size_t length = strlen(prefix);
  return strncmp(text, prefix, length) == 0 ? text + length : NULL;
}

static const char *last_separator(const char *path) {
  const char *end = path + strlen(path);
  while (end > path && *end != '/' && *end != '\\')
    end--;
  return end;
}

const char *hp__folder_of(struct hp_arena *arena, const char *path) {
  const char *end = last_separator(path);
  return hp__arena_slice(arena, path, (size_t)(end - path) + (end == path && *end == '/'));
}

/* ---- Parts ---- */

static const char *url_of(struct hp_arena *arena, const struct hp_endpoint *endpoint) {
  char text[HP_ENDPOINT_TEXT_SIZE];
  hp_endpoint_print(endpoint, text);
  return hp__arena_copy(arena, text);
}

static const char *encoded(struct hp_arena *arena, const char *path) {
  char text[HP_ENDPOINT_TEXT_SIZE];
  hp__path_encode(path, text);
  return hp__arena_copy(arena, text);
}

static const char *path_of(struct hp_arena *arena, const struct hp_endpoint *endpoint) {
  (void)arena;
  return endpoint->path;
}

static const char *dir_of(struct hp_arena *arena, const struct hp_endpoint *endpoint) {
  return hp__folder_of(arena, endpoint->path);
}

static const char *name_of(struct hp_arena *arena, const struct hp_endpoint *endpoint) {
  (void)arena;
  return endpoint->path[0] == '/' ? last_separator(endpoint->path) + 1 : endpoint->path;
}

static const char *encoded_path_of(struct hp_arena *arena, const struct hp_endpoint *endpoint) {
  return encoded(arena, endpoint->path);
}

static const char *encoded_dir_of(struct hp_arena *arena, const struct hp_endpoint *endpoint) {
  const char *folder = dir_of(arena, endpoint);
  return folder ? encoded(arena, folder) : NULL;
}

static const char *host_of(struct hp_arena *arena, const struct hp_endpoint *endpoint) {
  (void)arena;
  return endpoint->host;
}

static const char *port_of(struct hp_arena *arena, const struct hp_endpoint *endpoint) {
  return endpoint->port ? hp__arena_format(arena, "%u", endpoint->port) : NULL;
}

static const char *authority_of(struct hp_arena *arena, const struct hp_endpoint *endpoint) {
  const char *url = endpoint->port ? url_of(arena, endpoint) : NULL;
  return url ? hp__after(url, "tcp://") : NULL;
}

enum { BY_PATH = 1, BY_PORT = 2 };

static const struct {
  const char *name;
  int addresses;
  const char *(*get)(struct hp_arena *arena, const struct hp_endpoint *endpoint);
} parts[] = {
    {"url", BY_PATH | BY_PORT, url_of},
    {"path", BY_PATH, path_of},
    {"dir", BY_PATH, dir_of},
    {"name", BY_PATH, name_of},
    {"host", BY_PORT, host_of},
    {"port", BY_PORT, port_of},
    {"authority", BY_PORT, authority_of},
    {"path.encoded", BY_PATH, encoded_path_of},
    {"dir.encoded", BY_PATH, encoded_dir_of},
};

static int address_of(enum hp_endpoint_kind kind) {
  switch (kind) {
  case HP_ENDPOINT_TCP:
    return BY_PORT;
  case HP_ENDPOINT_UNIX:
  case HP_ENDPOINT_PIPE:
    return BY_PATH;
  case HP_ENDPOINT_NONE:
    break;
  }
  return 0;
}

bool hp__endpoint_can_have(enum hp_endpoint_kind kind, const char *part) {
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
    if (strcmp(parts[i].name, part) == 0)
      return (parts[i].addresses & address_of(kind)) != 0;
  return false;
}

static bool is_known(const struct hp_endpoint *endpoint, int addresses) {
  if (addresses & address_of(endpoint->kind) & BY_PATH)
    return endpoint->path[0] != '\0';
  return (addresses & address_of(endpoint->kind)) && endpoint->host[0];
}

const char *hp__endpoint_part(struct hp_arena *arena, const struct hp_endpoint *endpoint,
                              const char *part) {
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
    if (strcmp(parts[i].name, part) == 0 && is_known(endpoint, parts[i].addresses))
      return parts[i].get(arena, endpoint);
  return NULL;
}
