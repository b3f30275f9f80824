/* SPDX-License-Identifier: MIT */
/*
 * The small world of a test with real servers: every descendant comes back to us, the directories
 * for sockets and data are ours alone, and so are /tmp, /dev/shm and System V shared memory where
 * we may (as root). So "nothing is left" can be asked of the world, not of the library.
 *
 * A mark in the environment would not do: PostgreSQL and Redis write their titles over theirs. And
 * PostgreSQL's children leave the session and the group of their parent.
 */
#ifndef HP_TESTS_SUPPORT_WORLD_H
#define HP_TESTS_SUPPORT_WORLD_H

#include "tests/support/test.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* At the beginning of a test, before its first thread. */
void hp_world_begin(void);
/* Whether /tmp, where servers of another user have their directories, is seen by us alone. */
bool hp_world_is_alone(void);
/* A directory in this world that any user may enter, but only we may write to; static storage. */
const char *hp_world_directory(void);

/* Our living descendants, at most `size` of them; collects none, for they may be the library's. */
size_t hp_world_processes(pid_t *pids, size_t size);
/* Waits until there is no descendant at all, and collects them; false when one lives on after that
 * time. Not while a library in this process has children. */
bool hp_world_is_empty_within(int milliseconds);
/* Kills and collects what is left, so that one failure does not become many. */
void hp_world_clear(void);
/* One line for each process, directory, socket or piece of shared memory that is left; "" where
 * there is nothing. Static storage. */
const char *hp_world_left(void);
/* The same without the processes. */
const char *hp_world_left_behind(void);

/* Removes all System V shared memory of this world. */
void hp_world_remove_segments(void);
/* Likewise, and POSIX shared memory of PostgreSQL's: whether there was any. */
bool hp_world_remove_shared_memory(void);

/* Runs a client to its end, at most 20 s; its stdout and stderr are in `output`. The exit code, 128
 * and the signal's number, or -1. */
int hp_world_run(char *output, size_t size, const char *program, ...) HP_TEST_SENTINEL;
/* Starts a program with pipes to its stdin and from its stdout; -1 in case of failure. */
pid_t hp_world_start(const char *const *argv, int *input, int *output);
/* Waits for a line that begins with `start`, at most 30 s, and copies it; false when there is none.
 */
bool hp_world_read_line(int output, const char *start, char *line, size_t size);

/* A file of /proc/PID, its NULs as spaces; "" when it cannot be read. Static storage. */
const char *hp_world_proc(pid_t pid, const char *file);
/* The real uid of a process, -1 when there is none. */
long hp_world_user(pid_t pid);

#endif
