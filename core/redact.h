/* SPDX-License-Identifier: MIT */
/*
 * Secrets are replaced by "***" in all that is shown or written down. Text that comes in pieces is
 * held back where a piece ends in what may become a secret, and no longer than that.
 */
#ifndef HP_CORE_REDACT_H
#define HP_CORE_REDACT_H

#include "core/arena.h"
#include "core/text.h"

/* The strings belong to an arena, and so does the list. */
struct hp_secrets {
  const char **items;
  size_t count, longest;
  bool begins[256]; /* bytes that one of them begins with */
};

/* One more, a copy; an empty one hides nothing and is left out. false: no memory. */
bool hp__secrets_add(struct hp_arena *arena, struct hp_secrets *secrets, const char *secret);
/* The text without its secrets, to be freed with hp__free(). NULL for NULL and without memory:
 * then nothing is shown. */
char *hp__redact(const struct hp_secrets *secrets, const char *text);

typedef void (*hp_redacted)(void *data, const char *bytes, size_t length);

struct hp_redactor {
  const struct hp_secrets *secrets; /* NULL: none */
  hp_redacted out;
  void *data;
  char *held; /* the beginning of what may become a secret */
  size_t held_length, held_size;
};

void hp__redactor_init(struct hp_redactor *redactor, const struct hp_secrets *secrets,
                       hp_redacted out, void *data);
void hp__redactor_fini(struct hp_redactor *redactor); /* what is held is forgotten */
/* The most that `length` bytes can become. */
size_t hp__redactor_bound(const struct hp_redactor *redactor, size_t length);
void hp__redactor_feed(struct hp_redactor *redactor, const char *bytes, size_t length);
/* Nothing follows any more: hands on what is held. */
void hp__redactor_end(struct hp_redactor *redactor);

#endif
