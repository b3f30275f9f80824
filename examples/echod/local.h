/* SPDX-License-Identifier: MIT */
/*
 * What is different on each system: local_posix.c and local_windows.c, of which one is built.
 *
 * The pipe that libuv makes on Windows gives full access to our user, to administrators and to the
 * system, and lets everybody else on the machine read: another user who knew its name could have
 * the greeting, but not say a word. The host chooses a name that nobody can guess.
 */
#ifndef ECHOD_LOCAL_H
#define ECHOD_LOCAL_H

#include <stddef.h>

struct local {
  const char *scheme; /* a URL of a local address begins so: a Unix socket's, or a pipe's … */
  const char *prefix; /* … and its name for libuv */
  size_t size;        /* that such a name must fit into, with its NUL */
  const char *form;   /* for a person */
  int signals[2];     /* that ask us to stop */
};
extern const struct local local;

/* A client that went away shall be an error of its write, no more. */
void local_begin(void);

#endif
