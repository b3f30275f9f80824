/* SPDX-License-Identifier: MIT */
/* What /proc says of a process. */
#include "platform/linux.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int read_file(int64_t pid, const char *name, char *text, size_t size) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%lld/%s", (long long)pid, name);
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0)
    return errno;
  ssize_t length = read(file, text, size - 1);
  int code = errno;
  close(file);
  if (length <= 0)
    return length < 0 ? code : ESRCH;
  text[length] = '\0';
  return 0;
}

/* The name may hold blanks and brackets: the last bracket ends it. */
int hp__process_stat(int64_t pid, struct hp_process_stat *stat) {
  char text[1024];
  int code = read_file(pid, "stat", text, sizeof text);
  if (code != 0)
    return code;
  const char *open = strchr(text, '('), *close = strrchr(text, ')');
  long long parent = 0, session = 0;
  unsigned long long start = 0;
  char state;
  memset(stat, 0, sizeof *stat);
  if (!open || !close ||
      sscanf(close + 1,
             " %c %lld %*s %lld %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %llu",
             &state, &parent, &session, &start) != 4)
    return EIO;
  snprintf(stat->command, sizeof stat->command, "%.*s", (int)(close - open - 1), open + 1);
  stat->parent = parent;
  stat->session = session;
  stat->start = start;
  stat->runs = state != 'Z' && state != 'X';
  return 0;
}

void hp__process_command(int64_t pid, char command[256]) {
  char link[64];
  snprintf(link, sizeof link, "/proc/%lld/exe", (long long)pid);
  ssize_t length = readlink(link, command, 255);
  command[length > 0 ? length : 0] = '\0';
  if (length > 0 || read_file(pid, "comm", command, 256) != 0)
    return;
  command[strcspn(command, "\n")] = '\0';
}

/* Now, in ticks since boot, suspend included, as /proc tells when a process began. Asking /proc
 * about a process that has just been started would slow down its start, and its end too. */
uint64_t hp__process_seen(int64_t pid) {
  struct timespec now;
  uint64_t per_second = (uint64_t)sysconf(_SC_CLK_TCK);
  (void)pid;
  if (clock_gettime(CLOCK_BOOTTIME, &now) < 0)
    return 0;
  return (uint64_t)now.tv_sec * per_second + (uint64_t)now.tv_nsec / (1000000000 / per_second);
}

/* A /proc of another pid namespace would name strangers by our numbers. */
static bool proc_is_ours(void) {
  char link[32];
  ssize_t length = readlink("/proc/self", link, sizeof link - 1);
  link[length > 0 ? length : 0] = '\0';
  return atol(link) == (long)getpid();
}

bool hp__process_walk(void (*each)(void *data, int64_t pid), void *data) {
  DIR *all = proc_is_ours() ? opendir("/proc") : NULL;
  if (!all)
    return false;
  for (struct dirent *one; (one = readdir(all));)
    if (isdigit((unsigned char)one->d_name[0]))
      each(data, atol(one->d_name));
  closedir(all);
  return true;
}

static void remember(const struct stat *stat, struct hp_output *output) {
  output->device = stat->st_dev;
  output->identity = stat->st_ino;
}

void hp__output_of(int fd, struct hp_output *output) {
  struct stat stat;
  if (fstat(fd, &stat) == 0)
    remember(&stat, output);
}

bool hp__process_has_output(int64_t pid, const struct hp_output output[2]) {
  char path[64];
  struct stat stat_of;
  for (int fd = 1; fd <= 2; fd++) {
    struct hp_output its = {0, 0};
    snprintf(path, sizeof path, "/proc/%lld/fd/%d", (long long)pid, fd);
    if (stat(path, &stat_of) == 0)
      remember(&stat_of, &its);
    for (int i = 0; i < 2; i++)
      if (its.identity && its.identity == output[i].identity && its.device == output[i].device)
        return true;
  }
  return false;
}
