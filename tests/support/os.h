/* SPDX-License-Identifier: MIT */
/*
 * What tests ask of the operating system, so that their own sources are the same on each:
 * os_posix.c and os_windows.c, chosen by the build.
 */
#ifndef HP_TESTS_SUPPORT_OS_H
#define HP_TESTS_SUPPORT_OS_H

#include "tests/support/test.h"

#include <hyperprocess/plugin.h>

/* ---- What there is ---- */

enum hp_os_thing {
  HP_OS_UNIX_SOCKETS,
  HP_OS_NOTIFY,       /* sd_notify */
  HP_OS_SIGNALS,      /* that a process can catch and others can send, told apart at its end */
  HP_OS_SHARED_PORTS, /* one may be bound twice while nobody listens */
  HP_OS_FULL_QUEUES,  /* a listener whose queue is full keeps a caller waiting */
  HP_OS_MODES,        /* of files: who may read and execute them */
  HP_OS_LINKS,        /* symbolic links, FIFOs */
  HP_OS_PORT_OWNERS,  /* who listens on a port can be told */
  HP_OS_ROOTED_PATHS, /* all paths begin with one slash */
  HP_OS_VARIABLES_WITHOUT_CASE,
  HP_OS_BATCH_FILES,
  HP_OS_PRIVILEGED_PORTS, /* those below 1024 are not for ordinary users */
  HP_OS_OWN_HOSTS,        /* a process can have a table of hosts of its own */
  HP_OS_CRASH_LESS        /* containment `tree+crash` cannot be had */
};

/* Wine in place of Windows: what it cannot show is skipped with a reason. */
bool hp_os_is_wine(void);

/* NULL: it is here. Else why a test that needs it has to be skipped. */
const char *hp_os_lacks(enum hp_os_thing thing);
#define NEEDS(thing)                                                                               \
  do {                                                                                             \
    const char *hp_os_reason = hp_os_lacks(thing);                                                 \
    if (hp_os_reason)                                                                              \
      SKIP(hp_os_reason);                                                                          \
  } while (0)

/* ---- Names ---- */

/* A program that was built with the tests; absolute, in static storage of this thread. */
const char *hp_test_program(const char *name);
/* The platform that is built in, with its places where the environment of the test says: TMPDIR,
 * XDG_RUNTIME_DIR, XDG_CONFIG_HOME. */
const struct hp_platform_ops *hp_test_platform(void);
/* The line of a definition as it reads here. It is written for the transport "local" and for
 * "signal: TERM", the polite request to end. */
void hp_os_translate(const char *line, char *text, size_t size);
/* The rung that "signal: TERM" has become: "signal TERM". */
const char *hp_os_polite_rung(void);

/* Two ways to write one path. */
bool hp_os_same_path(const char *a, const char *b);
/* Whether the system puts such a variable ("NAME=value") into every environment. */
bool hp_os_adds_variable(const char *variable);
/* "PATH=" of a folder "folder-a" and one "folder-b". */
const char *hp_os_two_folders(void);

/* ---- Processes ---- */

/* For what must come, be the machine as busy as it may. */
enum { HP_PATIENCE_MS = 60000 };
/* How many times as long the start of a process takes as on Linux without sanitizers. */
int hp_os_slowness(void);
/* A time, in ms, that suffices for the start of a process where many are started at once: for a
 * deadline that must not have passed before the process comes to its point. */
int hp_os_ample(void);
/* Whether the system keeps threads of its own in our process, as many as it likes. */
bool hp_os_has_pool(void);

bool hp_os_is_running(int64_t pid); /* a zombie is not */
/* Children of this process that are not collected yet. */
bool hp_os_has_children(void);
/* A child of `pid` that runs, -1 when there is none. */
int64_t hp_os_child_of(int64_t pid);
/* From outside, as a task manager does it; the process alone. */
void hp_os_kill(int64_t pid);
/* Whether a process ended so because of the signal TERM or KILL, as far as that can be told. */
bool hp_os_ended_by(const struct hp_exit *exit, const char *signal);
/* Asks a process that has a terminal or a console as Ctrl-C would. */
bool hp_os_interrupt(int64_t pid);

/* ---- Files ---- */

bool hp_os_make_directory(const char *path);
bool hp_os_make_link(const char *target, const char *path);
bool hp_os_make_fifo(const char *path);
/* A file system of so many bytes there, which this process alone sees, its threads to come too. */
bool hp_os_mount_small(const char *path, int bytes);
void hp_os_unmount(const char *path);

/* ---- Connected descriptors ---- */

bool hp_os_handle_say(hp_handle handle, const void *data, size_t size);
/* Until so many bytes are there or it has ended: how many. */
int hp_os_handle_hear(hp_handle handle, void *data, size_t size);
bool hp_os_handle_is_inherited(hp_handle handle);
void hp_os_handle_close(hp_handle handle);

/* ---- This process ---- */

/* What we write is the same bytes on each system, and goes out in lines, or when we say so. */
void hp_os_begin_output(void);
/* A write to one who has gone is an error from now on, and not our end. */
void hp_os_survive_broken_pipes(void);
/* Puts root's rights aside, and takes them again; false when that cannot be. */
bool hp_os_be_ordinary(bool ordinary);
/* In a copy of this process whose table of hosts is that file: its answer, 0 to 99; -1 when there
 * can be no such process. */
int hp_os_run_with_hosts(const char *table, int (*run)(void));
long hp_os_count_handles(void); /* descriptors, or handles */
long hp_os_count_threads(void);
/* Bytes that the allocator holds for it. */
size_t hp_os_allocated(void *memory);

#endif
