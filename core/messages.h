/* SPDX-License-Identifier: MIT */
/* What servers send to us while they start, as bytes that may be anything. Pure. */
#ifndef HP_CORE_MESSAGES_H
#define HP_CORE_MESSAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HP_CALLBACK_SIZE = 256 }; /* of a whole callback: one length byte, and so many of text */

/* The text of the callback that `bytes` begin with; false: it is not all there yet. */
bool hp__callback_text(const unsigned char *bytes, size_t length, char text[HP_CALLBACK_SIZE]);
/* What follows the nonce (NULL: none is due); NULL where another one stands there. */
const char *hp__callback_after_nonce(const char *text, const char *nonce);

/* The value of the first line "name…" of a datagram, with its "=" in the name, cut to `size`. */
bool hp__notify_field(const char *text, const char *name, char *value, size_t size);
bool hp__notify_number(const char *value, unsigned long long *number);
/* A time in microseconds as milliseconds, at most INT32_MAX; -1: it is no number. */
int64_t hp__notify_milliseconds(const char *value);

#endif
