/* SPDX-License-Identifier: MIT */
/*
 * Servers through the public API: a context whose directories all lie in the test's own one, the
 * sample server and definitions of hp-child, what a callback was told, and what is left at the end.
 */
#ifndef HP_TESTS_SUPPORT_SERVER_H
#define HP_TESTS_SUPPORT_SERVER_H

#include "tests/support/os.h"
#include "tests/support/test.h"
#include "tests/support/wire.h"

#include <hyperprocess/plugin.h>

struct hp_test_log;

/* ---- A context ---- */

/* The directories for sockets and data are made anew, ${env.D} is the test's directory. */
hp_context *hp_test_context(void);
/* One more; both are given back by hp_test_leave(), the first one last. */
hp_context *hp_test_second_context(void);
/* Frees the context; nothing may be left: neither a child, dead or alive, nor a directory. */
void hp_test_leave(hp_context *context);
/* Ours in the directories for sockets and data. */
int hp_test_count_directories(void);

/* ---- What to start ---- */

hp_options *hp_test_echo(const char *transport);
/* Server `t` of hp-child by lines of a definition, NULL at their end: "arguments: [pause]". One
 * that begins with "profile." is of the profile. Without `transports:`, local and tcp have no
 * arguments of their own; without `stop:` it is signal TERM, wait 20s. */
hp_options *hp_test_child(const char *transport, ...) HP_TEST_SENTINEL;
/* Starts what the options say and frees them; the code, with the error in *error. */
int hp_test_start(hp_context *context, hp_options *options, hp_process **process, hp_error **error);
/* The same where it has to come up; NULL, and a failed check, where it does not. */
hp_process *hp_test_up(hp_context *context, hp_options *options);
/* start_async with the log's callback. */
hp_process *hp_test_begin(hp_context *context, hp_options *options, struct hp_test_log *log);

/* Starts what is never ready and frees the options. It gets more and more time until the error's
 * cause has that in it, for a machine may be too busy to come so far in the first; the error. */
hp_error *hp_test_never_ready(hp_context *context, hp_options *options, int code,
                              const char *cause);

/* A string of an error that is given away, in static storage. */
const char *hp_test_message(hp_error *error);

/* ---- What the server does and what the test says to it, by files in ${env.D} ---- */

const char *hp_test_path(const char *name); /* static storage that the next call reuses */
void hp_test_make_file(const char *name);
bool hp_test_exists(const char *name);
bool hp_test_await_file(const char *name); /* with a line; false, a failed check: none came */
int hp_test_count_lines(const char *name);
bool hp_test_await_lines(const char *name, int count); /* so many or more */
/* The number in the last line, -1 when there is none. */
int64_t hp_test_number_in(const char *name);

bool hp_test_await_gone(int64_t pid);
double hp_test_now(void); /* milliseconds */
/* So much time has passed since `began`, not less, and at most ten times more than an idle machine
 * needs, times the slowness of this one. */
double hp_test_late(void); /* that bound, ms */
#define CHECK_TOOK(began, limit) hp_test_took(hp_test_now() - (began), (limit), __FILE__, __LINE__)
bool hp_test_took(double took, double limit, const char *file, int line);

/* Connects to the server, says something and hears the same. */
bool hp_test_talks(hp_process *process);

/* ---- What a callback was told ---- */

struct hp_test_log {
  uv_mutex_t lock;
  uv_cond_t changed;
  char text[8192]; /* "preparing starting waiting (status) ready …": states, and news in brackets */
  /* called after it was written, with the lock free; may be NULL */
  void (*hook)(hp_process *process, const hp_event *event, struct hp_test_log *log);
  void *data;
};

void hp_test_log_init(struct hp_test_log *log);
void hp_test_log_fini(struct hp_test_log *log);
void hp_test_log_event(hp_process *process, const hp_event *event, void *log);
/* Until the text has that in it; false, and a failed check: it did not come. */
bool hp_test_log_await(struct hp_test_log *log, const char *part);
bool hp_test_log_has(struct hp_test_log *log, const char *part);
/* The states alone, in static storage. */
const char *hp_test_log_states(struct hp_test_log *log);

#endif
