/* SPDX-License-Identifier: MIT */
#include "tests/support/os_posix.h"

#include "core/registry.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

bool hp_os_is_wine(void) {
  return false;
}

const char *hp_os_lacks(enum hp_os_thing thing) {
  if (thing == HP_OS_VARIABLES_WITHOUT_CASE)
    return "POSIX: names of variables in another case are other names";
  return thing == HP_OS_BATCH_FILES ? "POSIX has no batch files" : hp_os_lacks_here(thing);
}

const char *hp_test_program(const char *name) {
  static _Thread_local char path[1024];
  const char *folder = getenv("HP_TEST_BIN");
  snprintf(path, sizeof path, "%s/%s", folder ? folder : "bin", name);
  return path;
}

const struct hp_platform_ops *hp_test_platform(void) {
  struct hp_registry registry = {0};
  hp__registry_init(&registry, NULL);
  return registry.platform;
}

void hp_os_translate(const char *line, char *text, size_t size) {
  static const char from[] = "local: ", to[] = "unix: ";
  size_t length = 0;
  text[0] = '\0';
  for (const char *found; (found = strstr(line, from)); line = found + strlen(from))
    length +=
        (size_t)snprintf(text + length, size - length, "%.*s%s", (int)(found - line), line, to);
  snprintf(text + length, size - length, "%s", line);
}

bool hp_os_same_path(const char *a, const char *b) {
  return strcmp(a, b) == 0;
}

bool hp_os_adds_variable(const char *variable) {
  (void)variable;
  return false;
}

int hp_os_slowness(void) {
#if defined(__SANITIZE_THREAD__)
  return 5;
#elif defined(__SANITIZE_ADDRESS__)
  return 3;
#else
  return 1;
#endif
}

bool hp_os_has_pool(void) {
  return false;
}

const char *hp_os_two_folders(void) {
  return "PATH=/one/folder-a:/folder-b";
}

const char *hp_os_polite_rung(void) {
  return "signal TERM";
}

bool hp_os_has_children(void) {
  siginfo_t info;
  return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 || errno != ECHILD;
}

void hp_os_kill(int64_t pid) {
  kill((pid_t)pid, SIGKILL);
}

bool hp_os_ended_by(const struct hp_exit *exit, const char *name) {
  return exit->kind == HP_EXIT_SIGNAL &&
         exit->value == (strcmp(name, "KILL") == 0 ? SIGKILL : SIGTERM);
}

bool hp_os_interrupt(int64_t pid) {
  return kill((pid_t)pid, SIGINT) == 0;
}

bool hp_os_make_directory(const char *path) {
  return mkdir(path, 0700) == 0;
}

bool hp_os_make_link(const char *target, const char *path) {
  return symlink(target, path) == 0;
}

bool hp_os_make_fifo(const char *path) {
  return mkfifo(path, 0600) == 0;
}

void hp_os_begin_output(void) {
  setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
}

bool hp_os_be_ordinary(bool ordinary) {
  enum { NOBODY = 65534 };
  uid_t user = ordinary && getuid() == 0 ? NOBODY : getuid();
  return seteuid(user) == 0;
}

void hp_os_survive_broken_pipes(void) {
  signal(SIGPIPE, SIG_IGN);
}

/* ---- Connected descriptors ---- */

bool hp_os_handle_say(hp_handle handle, const void *data, size_t size) {
  return write((int)handle, data, size) == (ssize_t)size;
}

int hp_os_handle_hear(hp_handle handle, void *data, size_t size) {
  size_t length = 0;
  ssize_t count = 1;
  for (; length < size && count > 0; length += count > 0 ? (size_t)count : 0)
    count = read((int)handle, (char *)data + length, size - length);
  CHECK(count >= 0);
  return (int)length;
}

bool hp_os_handle_is_inherited(hp_handle handle) {
  return !(fcntl((int)handle, F_GETFD) & FD_CLOEXEC);
}

void hp_os_handle_close(hp_handle handle) {
  close((int)handle);
}
