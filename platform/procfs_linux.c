/* SPDX-License-Identifier: MIT */
/* What /proc says of a process. */
#include "platform/linux.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
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
  memset(stat, 0, sizeof *stat);
  if (!open || !close ||
      sscanf(close + 1,
             " %c %lld %*s %lld %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %llu",
             &stat->state, &parent, &session, &start) != 4)
    return EIO;
  snprintf(stat->command, sizeof stat->command, "%.*s", (int)(close - open - 1), open + 1);
  stat->parent = parent;
  stat->session = session;
  stat->start = start;
  return 0;
}

bool hp__process_is_alive(int64_t pid, uint64_t seen) {
  struct hp_process_stat stat;
  if (pid <= 0 || hp__process_stat(pid, &stat) != 0)
    return false;
  return stat.start <= seen && stat.state != 'Z' && stat.state != 'X';
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
