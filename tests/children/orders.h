/* SPDX-License-Identifier: MIT */
/*
 * The orders of hp-child: what any process does in child.c, what a server does in server.c, what
 * only this operating system has a word for in own_*.c.
 */
#ifndef HP_TESTS_CHILDREN_ORDERS_H
#define HP_TESTS_CHILDREN_ORDERS_H

struct order {
  const char *name;
  void (*run)(const char *argument); /* what follows the order's ':' */
};

/* Each ends with a NULL name. */
extern const struct order child_orders[], server_orders[];
/* Those of this system, NULL at their end. */
extern const struct order *const own_orders[];

/* By one write to stdout (1) or stderr (2). */
void say(int stream, const char *format, ...);
void say_bytes(int stream, const char *bytes, unsigned long size);
void end_with(int code); /* at once */

/* ---- own_*.c ---- */

/* In UTF-8, however they came. */
char **own_arguments(int argc, char **argv);
void own_environment(void);
/* Gives stdout and stderr back, but not their numbers to others. */
void own_silence(void);
/* The signal that politely asks a process to end here, where 15 was said. */
int own_signal(int number);
void own_ignore(int number);
/* Ends us as that signal would. */
void own_raise(int number);
/* A descendant that holds our output and says "descendant PID"; `away`: apart from us. */
void own_descendant(int away);

#endif
