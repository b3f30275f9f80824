/* SPDX-License-Identifier: MIT */
/*
 * What macOS writes into the attribute com.apple.quarantine of a file that came from elsewhere:
 * "0083;5f9a2b1c;Safari;E2F1…", flags and time in hexadecimal, the program that brought it, and an
 * identifier, of which the last two may be missing. Such a program is asked about, or killed, when
 * it is started first.
 */
#ifndef HP_PLATFORM_QUARANTINE_H
#define HP_PLATFORM_QUARANTINE_H

#include <hyperprocess/plugin.h>

#define HP_QUARANTINE_ATTRIBUTE "com.apple.quarantine"

struct hp_quarantine {
  bool approved; /* somebody was asked and said yes */
  int64_t time;  /* in seconds since 1970; 0: not said */
  char agent[64];
};

/* `text` needs no NUL at its end. Whether it is such an attribute. */
bool hp__quarantine_read(const char *text, size_t length, struct hp_quarantine *quarantine);

/* "quarantined by Safari, not approved yet"; from hp__alloc(), NULL when out of memory. */
char *hp__quarantine_note(const struct hp_quarantine *quarantine);

#endif
