/* SPDX-License-Identifier: MIT */
/* What the kernel says of a process by libproc. It says nothing of one that has ended, and not much
 * of other users' to one who is not root. */
#include "platform/darwin.h"

#include "core/alloc.h"

#include <errno.h>
#include <libproc.h>
#include <stdio.h>
#include <string.h>
#include <sys/proc.h>
#include <sys/time.h>
#include <unistd.h>

enum { MICROSECONDS = 1000000 };

/* `start` in microseconds since 1970, as the clock stood then. */
int hp__process_stat(int64_t pid, struct hp_process_stat *stat) {
  struct proc_bsdinfo info;
  errno = 0;
  if (proc_pidinfo((int)pid, PROC_PIDTBSDINFO, 0, &info, sizeof info) != (int)sizeof info)
    return errno ? errno : ESRCH;
  memset(stat, 0, sizeof *stat);
  stat->parent = info.pbi_ppid;
  stat->session = getsid((pid_t)pid);
  stat->start = info.pbi_start_tvsec * MICROSECONDS + info.pbi_start_tvusec;
  stat->runs = info.pbi_status != SZOMB;
  snprintf(stat->command, sizeof stat->command, "%.*s", (int)sizeof info.pbi_comm, info.pbi_comm);
  return 0;
}

/* When it began: the clock may be set back at any time. */
uint64_t hp__process_seen(int64_t pid) {
  struct hp_process_stat stat;
  struct timeval now;
  if (hp__process_stat(pid, &stat) == 0)
    return stat.start;
  gettimeofday(&now, NULL);
  return (uint64_t)now.tv_sec * MICROSECONDS + (uint64_t)now.tv_usec;
}

void hp__process_command(int64_t pid, char command[256]) {
  char path[PROC_PIDPATHINFO_MAXSIZE];
  int length = proc_pidpath((int)pid, path, sizeof path);
  if (length <= 0)
    length = proc_name((int)pid, path, sizeof path);
  snprintf(command, 256, "%.*s", length > 0 ? length : 0, path);
}

/* There may be more by the time that they are listed. */
bool hp__process_walk(void (*each)(void *data, int64_t pid), void *data) {
  enum { MORE = 64 };
  int count = proc_listallpids(NULL, 0);
  pid_t *pids = count > 0 ? hp__alloc(((size_t)count + MORE) * sizeof *pids) : NULL;
  if (!pids)
    return false;
  count = proc_listallpids(pids, (count + MORE) * (int)sizeof *pids);
  for (int i = 0; i < count; i++)
    if (pids[i] > 0)
      each(data, pids[i]);
  hp__free(pids);
  return count > 0;
}

/* Both ends of a pipe have a number each, which the kernel shows in place of its address. */
static uint64_t pipe_of(int64_t pid, int fd) {
  struct pipe_fdinfo info;
  int size = proc_pidfdinfo((int)pid, fd, PROC_PIDFDPIPEINFO, &info, sizeof info);
  return size == (int)sizeof info ? info.pipeinfo.pipe_handle : 0;
}

void hp__output_of(int fd, struct hp_output *output) {
  output->device = 0;
  output->identity = pipe_of(getpid(), fd);
}

bool hp__process_has_output(int64_t pid, const struct hp_output output[2]) {
  for (int fd = 1; fd <= 2; fd++) {
    uint64_t its = pipe_of(pid, fd);
    if (its && (its == output[0].identity || its == output[1].identity))
      return true;
  }
  return false;
}
