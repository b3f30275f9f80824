/* SPDX-License-Identifier: MIT */
#include "core/redact.h"

#include "core/alloc.h"

#include <string.h>

static const char STARS[] = "***";

bool hp__secrets_add(struct hp_arena *arena, struct hp_secrets *secrets, const char *secret) {
  size_t length = secret ? strlen(secret) : 0;
  for (size_t i = 0; i < secrets->count; i++)
    if (length && strcmp(secrets->items[i], secret) == 0)
      return true;
  if (length == 0)
    return true;
  const char *copy = hp__arena_copy(arena, secret);
  const char **grown =
      copy ? hp__arena_grow(arena, secrets->items, secrets->count, sizeof *grown) : NULL;
  if (!grown)
    return false;
  grown[secrets->count++] = copy;
  secrets->items = grown;
  secrets->begins[(unsigned char)copy[0]] = true;
  if (length > secrets->longest)
    secrets->longest = length;
  return true;
}

/* ---- one piece ---- */

/* Whether what stands there may become a secret by what follows. */
static bool may_grow(const struct hp_secrets *secrets, const char *bytes, size_t length) {
  for (size_t i = 0; i < secrets->count; i++)
    if (strlen(secrets->items[i]) > length && memcmp(secrets->items[i], bytes, length) == 0)
      return true;
  return false;
}

/* The length of the longest secret that stands there, 0: none. */
static size_t find_here(const struct hp_secrets *secrets, const char *bytes, size_t length) {
  size_t best = 0;
  for (size_t i = 0; i < secrets->count; i++) {
    size_t size = strlen(secrets->items[i]);
    if (size > best && size <= length && memcmp(secrets->items[i], bytes, size) == 0)
      best = size;
  }
  return best;
}

/* How many of the bytes are settled; the rest must wait for more. */
static size_t scan(struct hp_redactor *redactor, const char *bytes, size_t length, bool is_end) {
  const struct hp_secrets *secrets = redactor->secrets;
  size_t done = 0, at = 0;
  while (at < length) {
    if (!secrets->begins[(unsigned char)bytes[at]]) {
      at++;
      continue;
    }
    if (!is_end && may_grow(secrets, bytes + at, length - at))
      break;
    size_t found = find_here(secrets, bytes + at, length - at);
    if (found && at > done)
      redactor->out(redactor->data, bytes + done, at - done);
    if (found)
      redactor->out(redactor->data, STARS, sizeof STARS - 1);
    at += found ? found : 1;
    done = found ? at : done;
  }
  if (at > done)
    redactor->out(redactor->data, bytes + done, at - done);
  return at;
}

/* ---- a stream ---- */

void hp__redactor_init(struct hp_redactor *redactor, const struct hp_secrets *secrets,
                       hp_redacted out, void *data) {
  bool any = secrets && secrets->count > 0;
  *redactor = (struct hp_redactor){.secrets = any ? secrets : NULL, .out = out, .data = data};
}

void hp__redactor_fini(struct hp_redactor *redactor) {
  hp__free(redactor->held);
  redactor->held = NULL;
  redactor->held_length = redactor->held_size = 0;
}

size_t hp__redactor_bound(const struct hp_redactor *redactor, size_t length) {
  return redactor->secrets ? (length + redactor->held_length) * (sizeof STARS - 1) : length;
}

/* A later launch may know a longer one. Without memory what may be a secret is lost rather than
 * shown. */
static void make_room(struct hp_redactor *redactor) {
  size_t most = redactor->secrets->longest;
  char *grown = redactor->held_size < most ? hp__realloc(redactor->held, most) : NULL;
  redactor->held = grown ? grown : redactor->held;
  redactor->held_size = grown ? most : redactor->held_size;
}

static void hold(struct hp_redactor *redactor, const char *bytes, size_t length) {
  redactor->held_length = length < redactor->held_size ? length : 0;
  if (redactor->held_length)
    memmove(redactor->held, bytes, length);
}

/* A byte at a time, until it is clear what the held ones are. */
static size_t settle_held(struct hp_redactor *redactor, const char *bytes, size_t length) {
  size_t used = 0;
  while (redactor->held_length > 0 && used < length) {
    char *held = redactor->held;
    held[redactor->held_length++] = bytes[used++];
    size_t settled = scan(redactor, held, redactor->held_length, false);
    hold(redactor, held + settled, redactor->held_length - settled);
  }
  return used;
}

void hp__redactor_feed(struct hp_redactor *redactor, const char *bytes, size_t length) {
  if (!redactor->secrets) {
    redactor->out(redactor->data, bytes, length);
    return;
  }
  make_room(redactor);
  size_t used = settle_held(redactor, bytes, length);
  if (used == length)
    return;
  used += scan(redactor, bytes + used, length - used, false);
  hold(redactor, bytes + used, length - used);
}

void hp__redactor_end(struct hp_redactor *redactor) {
  if (redactor->held_length > 0)
    scan(redactor, redactor->held, redactor->held_length, true);
  redactor->held_length = 0;
}

/* ---- one text ---- */

static void add(void *data, const char *bytes, size_t length) {
  hp__text_add_slice(data, bytes, length);
}

char *hp__redact(const struct hp_secrets *secrets, const char *text) {
  struct hp_text out = {0};
  struct hp_redactor redactor;
  if (!text)
    return NULL;
  hp__text_add(&out, "");
  hp__redactor_init(&redactor, secrets, add, &out);
  if (redactor.secrets)
    scan(&redactor, text, strlen(text), true);
  else
    hp__text_add(&out, text);
  return hp__text_take(&out);
}
