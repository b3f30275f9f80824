/* SPDX-License-Identifier: MIT */
/*
 * Each system call of a host fails in turn, from its first to the end of a server: no crash, no
 * hang, nothing is left after the next start at the latest, and what did not succeed is told.
 * HP_TEST_FULL=1 takes every occurrence; HP_TEST_ONLY=NAME:N that one.
 */
#include "tests/support/refusal_linux.h"
#include "tests/support/served.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATIENCE_MS = 15000, OFTEN = 3 /* of a call with many occurrences, so many are taken */ };

/* One that is not here has no number. */
#define CALLS(X)                                                                                   \
  X(openat, EMFILE, EACCES)                                                                        \
  X(mkdirat, ENOSPC, EACCES)                                                                       \
  X(mkdir, ENOSPC, EACCES)                                                                         \
  X(socket, EMFILE, ENOBUFS)                                                                       \
  X(bind, EADDRINUSE, EACCES)                                                                      \
  X(listen, EADDRINUSE, ENOBUFS)                                                                   \
  X(connect, ECONNREFUSED, EAGAIN)                                                                 \
  X(accept4, EMFILE, ECONNABORTED)                                                                 \
  X(socketpair, EMFILE, ENOMEM)                                                                    \
  X(pipe2, EMFILE, ENFILE)                                                                         \
  X(clone, EAGAIN, ENOMEM)                                                                         \
  X(clone3, EAGAIN, ENOMEM)                                                                        \
  X(execve, ENOENT, ENOMEM)                                                                        \
  X(fcntl, EMFILE, EINVAL)                                                                         \
  X(fchmod, EPERM, EROFS)                                                                          \
  X(fchownat, EPERM, EROFS)                                                                        \
  X(flock, EINTR, ENOLCK)                                                                          \
  X(newfstatat, EACCES, ENOMEM)                                                                    \
  X(statx, EACCES, ENOMEM)                                                                         \
  X(faccessat, EACCES, ENOMEM)                                                                     \
  X(access, EACCES, ENOMEM)                                                                        \
  X(readlink, EACCES, ENOMEM)                                                                      \
  X(readlinkat, EACCES, ENOMEM)                                                                    \
  X(getdents64, ENOMEM, EIO)                                                                       \
  X(unlinkat, EACCES, EBUSY)                                                                       \
  X(unlink, EACCES, EBUSY)                                                                         \
  X(renameat, ENOSPC, EACCES)                                                                      \
  X(ftruncate, ENOSPC, EINTR)                                                                      \
  X(fsync, EIO, ENOSPC)                                                                            \
  X(getrandom, EINTR, ENOSYS)                                                                      \
  X(setsockopt, ENOMEM, EINVAL)                                                                    \
  X(getsockopt, ENOMEM, EINVAL)                                                                    \
  X(getsockname, ENOBUFS, EINVAL)                                                                  \
  X(getpeername, ENOBUFS, ENOTCONN)                                                                \
  X(eventfd2, EMFILE, ENOMEM)                                                                      \
  X(epoll_create1, EMFILE, ENOMEM)                                                                 \
  X(timerfd_create, EMFILE, ENOMEM)                                                                \
  X(inotify_init1, EMFILE, ENOMEM)                                                                 \
  X(inotify_add_watch, ENOSPC, ENOMEM)                                                             \
  X(read, EINTR, EAGAIN)                                                                           \
  X(write, EINTR, EINTR)                                                                           \
  X(pwrite64, ENOSPC, EIO)                                                                         \
  X(recvmsg, EINTR, ENOMEM)                                                                        \
  X(sendmsg, EINTR, ENOBUFS)                                                                       \
  X(pidfd_open, EMFILE, ENOSYS)                                                                    \
  X(pidfd_send_signal, EPERM, EINVAL)                                                              \
  X(kill, EPERM, EPERM)                                                                            \
  X(waitid, EINTR, ECHILD)                                                                         \
  X(prctl, EINVAL, EPERM)                                                                          \
  X(dup3, EMFILE, EINTR)                                                                           \
  X(setsid, EPERM, EPERM)                                                                          \
  X(chdir, EACCES, ENOENT)                                                                         \
  X(close_range, ENOSYS, EMFILE)

#ifndef SYS_mkdir /* newer systems have the calls with a folder's descriptor alone */
enum { SYS_mkdir = -2, SYS_unlink = -2, SYS_access = -2, SYS_readlink = -2 };
#endif
#ifndef SYS_renameat
enum { SYS_renameat = -2 };
#endif

static const struct {
  const char *name;
  int number, codes[2];
} calls[] = {
#define CALL_ROW(name, first, second) {#name, SYS_##name, {first, second}},
    CALLS(CALL_ROW)
#undef CALL_ROW
};
enum { CALL_COUNT = sizeof calls / sizeof *calls };

/* libuv itself ends the host where it has no pipe for signals or no thread for its pool. */
static bool ends_libuv(const char *name, long first) {
  return (strcmp(name, "pipe2") == 0 && first == 1) || (strcmp(name, "clone3") == 0 && first > 1);
}

static int numbers[CALL_COUNT + 1];

static struct scene {
  const char *server, *transport, *yaml; /* yaml: a file of definitions; NULL: none */
} scene;

/* What an argument is made of lives as long as the test. */
static const char *join(char *text, size_t size, const char *before, const char *after) {
  snprintf(text, size, "%s%s", before, after);
  return text;
}

static void init(struct refusal *refusal, int call, int code, long first) {
  static char path[700], kind[64], output[700], binary[700], file[700];
  static const char *words[8];
  const char *folder = getenv("HP_TEST_BIN") ? getenv("HP_TEST_BIN") : "bin";
  size_t count = 0;
  words[count++] = join(path, sizeof path, folder, "/hp-app");
  words[count++] = scene.server;
  words[count++] = join(kind, sizeof kind, "transport=", scene.transport);
  words[count++] = join(binary, sizeof binary, "binary=", folder);
  words[count++] = "timeout=3000";
  if (scene.yaml)
    words[count++] = join(file, sizeof file, "file=", hp_test_file("t.yaml", scene.yaml));
  words[count++] = "armed=yes";
  words[count] = NULL;
  *refusal =
      (struct refusal){.argv = words,
                       .output = join(output, sizeof output, hp_world_directory(), "/output"),
                       .calls = numbers,
                       .call = call,
                       .code = code,
                       .first = first,
                       .patience_ms = PATIENCE_MS};
}

static void list_numbers(void) {
  size_t count = 0;
  for (size_t i = 0; i < CALL_COUNT; i++)
    if (calls[i].number >= 0)
      numbers[count++] = calls[i].number;
  numbers[count] = -1;
}

static const char *read_output(const struct refusal *refusal) {
  static char text[4096];
  FILE *file = fopen(refusal->output, "rb");
  size_t length = file ? fread(text, 1, sizeof text - 1, file) : 0;
  text[length] = '\0';
  if (file)
    fclose(file);
  return text;
}

static void complain(const char *what, const struct refusal *refusal, const char *problem) {
  char text[1500];
  snprintf(text, sizeof text, "%s: %s; it said: %.900s", what, problem, read_output(refusal));
  hp_test_check(false, text, __FILE__, __LINE__);
}

static void live_well(void) {
  struct refusal plain;
  init(&plain, -1, 0, 0);
  CHECK(refusal_run(&plain));
  CHECK_INT(plain.status, 0);
}

static char left[4096]; /* behind, by one that was complained of */

static void check(const char *what, const struct refusal *refusal) {
  const char *said = read_output(refusal);
  if (refusal->status == -1)
    complain(what, refusal, "hangs");
  else if (!WIFEXITED(refusal->status) || WEXITSTATUS(refusal->status) > 1)
    complain(what, refusal, "crashes");
  else if (WEXITSTATUS(refusal->status) == 1 && !strstr(said, "\"message\":\""))
    complain(what, refusal, "no error");
  if (!hp_world_is_empty_within(2000))
    complain(what, refusal, hp_world_left());
  hp_world_clear();
  if (!hp_world_left_behind()[0])
    return;
  live_well();
  if (strcmp(hp_world_left_behind(), left) != 0)
    complain(what, refusal, hp_world_left_behind());
  snprintf(left, sizeof left, "%s", hp_world_left_behind());
}

static void fail_one(size_t index, int code, long first) {
  struct refusal refusal;
  char what[100];
  snprintf(what, sizeof what, "%s %ld: %s", calls[index].name, first, strerror(code));
  if (getenv("HP_TEST_VERBOSE"))
    printf("%s\n", what);
  init(&refusal, calls[index].number, code, first);
  if (CHECK(refusal_run(&refusal)))
    check(what, &refusal);
}

static void fail_call(size_t index, long count) {
  const char *full = getenv("HP_TEST_FULL"), *only = getenv("HP_TEST_ONLY");
  long step = full && full[0] == '1' ? 1 : 1 + count / OFTEN;
  size_t length = strlen(calls[index].name);
  if (only && (strncmp(only, calls[index].name, length) != 0 || only[length] != ':'))
    return;
  for (long first = 1; first <= count; first += step)
    for (int i = 0; i < 2; i++)
      if (!ends_libuv(calls[index].name, first) && (!only || atol(only + length + 1) == first) &&
          (i == 0 || calls[index].codes[1] != calls[index].codes[0]))
        fail_one(index, calls[index].codes[i], first);
}

static void fail_in(const char *server, const char *transport, const char *yaml) {
  struct refusal plain;
#if defined(__SANITIZE_THREAD__)
  SKIP("a sanitizer's own calls would fail, too");
#endif
  scene = (struct scene){server, transport, yaml};
  hp_world_begin();
  list_numbers();
  init(&plain, -1, 0, 0);
  if (hp_test_is_emulated() || !refusal_run(&plain))
    SKIP("this system cannot let another program's system calls fail");
  CHECK_INT(plain.status, 0);
  CHECK_TEXT(hp_world_left(), "");
  long total = 0;
  for (size_t i = 0, at = 0; i < CALL_COUNT; i++) {
    long count = calls[i].number >= 0 ? plain.counts[at++] : 0;
    total += count;
    fail_call(i, count);
  }
  printf("%ld system calls\n", total);
}

HP_TEST(echo_on_unix) {
  fail_in("echo", "unix", NULL);
}

HP_TEST(echo_on_tcp) {
  fail_in("echo", "tcp", NULL);
}

#define DEFINITION(lines)                                                                          \
  "version: 1\nservers:\n  t:\n    binary: {names: [hp-child]}\n"                                  \
  "    transports: {unix: {arguments: []}, tcp: {arguments: []}}\n"                                \
  "    stop: [{signal: TERM, wait: 20s}, {kill: true}]\n" lines

HP_TEST(prepared_with_files_and_secrets) {
  fail_in("t", "tcp",
          DEFINITION("    secrets: [password]\n"
                     "    files: {conf: {content: 'secret ${secret.password}'}}\n"
                     "    prepare: {creates: cluster, timeout: 3s, command: ['${binary}',"
                     " 'mark:${prepare.dir}/half', 'exit:0']}\n"
                     "    arguments: ['write:up', pause, '${files.conf}']\n"
                     "    ready: {kind: line, line: up}\n"));
}

HP_TEST(ready_by_notify) {
  fail_in("t", "unix",
          DEFINITION("    arguments: ['notify:STATUS=nearly', 'notify:READY=1', pause]\n"
                     "    ready: {kind: notify}\n"));
}

HP_TEST(ready_by_connecting) {
  fail_in("t", "unix",
          "version: 1\nservers:\n  t:\n    binary: {names: [hp-child]}\n"
          "    transports: {unix: {arguments: ['listen:${endpoint.url}', serve]}}\n"
          "    stop: [{signal: TERM, wait: 20s}, {kill: true}]\n"
          "    ready: {kind: connect}\n");
}
