/* SPDX-License-Identifier: MIT */
#include "tests/support/os_posix.h"

#include <malloc.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

static int first_free_port(void) {
  int first = 1024;
  FILE *file = fopen("/proc/sys/net/ipv4/ip_unprivileged_port_start", "re");
  if (file && fscanf(file, "%d", &first) != 1)
    first = 1024;
  if (file)
    fclose(file);
  return first;
}

const char *hp_os_lacks_here(enum hp_os_thing thing) {
  return thing == HP_OS_PRIVILEGED_PORTS && first_free_port() < 2
             ? "every port is free to all users here"
             : NULL;
}

/* "STATE PARENT …" of /proc/PID/stat, "" where there is no such thing. */
static const char *read_state(int64_t pid, char text[512]) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%lld/stat", (long long)pid);
  FILE *file = pid > 0 ? fopen(path, "re") : NULL;
  const char *end = file && fgets(text, 512, file) ? strrchr(text, ')') : NULL;
  if (file)
    fclose(file);
  return end && strlen(end) > 2 ? end + 2 : "";
}

bool hp_os_is_running(int64_t pid) {
  char text[512];
  const char *state = read_state(pid, text);
  return *state ? *state != 'Z' && *state != 'X' : pid > 0 && uv_kill((int)pid, 0) == 0;
}

int64_t hp_os_child_of(int64_t pid) {
  uv_fs_t request;
  uv_dirent_t entry;
  int64_t child = -1;
  uv_fs_scandir(NULL, &request, "/proc", 0, NULL);
  while (uv_fs_scandir_next(&request, &entry) != UV_EOF) {
    char text[512];
    const char *state = read_state(atoll(entry.name), text);
    if (*state && *state != 'Z' && atoll(state + 1) == pid)
      child = atoll(entry.name);
  }
  uv_fs_req_cleanup(&request);
  return child;
}

static long count_names(const char *path) {
  uv_fs_t request;
  long count = (long)uv_fs_scandir(NULL, &request, path, 0, NULL);
  uv_fs_req_cleanup(&request);
  return count;
}

long hp_os_count_handles(void) {
  long count = count_names("/proc/self/fd");
  return count < 0 ? count_names("/dev/fd") : count;
}

long hp_os_count_threads(void) {
  return count_names("/proc/self/task");
}

size_t hp_os_allocated(void *memory) {
  return malloc_usable_size(memory);
}

enum { NO_HOSTS = 100 };

static bool mount_hosts(const char *table) {
  return unshare(CLONE_NEWNS) == 0 && mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
         mount(table, "/etc/hosts", NULL, MS_BIND, NULL) == 0;
}

bool hp_os_mount_small(const char *path, int bytes) {
  char size[32];
  snprintf(size, sizeof size, "size=%d", bytes);
  return unshare(CLONE_NEWNS) == 0 && mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
         mount("small", path, "tmpfs", 0, size) == 0;
}

void hp_os_unmount(const char *path) {
  umount2(path, MNT_DETACH);
}

int hp_os_run_with_hosts(const char *table, int (*run)(void)) {
  int status;
  pid_t pid = fork();
  if (pid == 0)
    _exit(mount_hosts(table) ? run() : NO_HOSTS);
  if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
    return NO_HOSTS - 1; /* a failure, and not a thing that is missing here */
  return WEXITSTATUS(status) == NO_HOSTS ? -1 : WEXITSTATUS(status);
}
