/* SPDX-License-Identifier: MIT */
#include "tests/support/os_posix.h"

#include <libproc.h>
#include <malloc/malloc.h>
#include <sys/proc.h>
#include <unistd.h>

const char *hp_os_lacks_here(enum hp_os_thing thing) {
  switch (thing) {
  case HP_OS_NOTIFY:
    return "macOS does not say who sent a datagram";
  case HP_OS_SHARED_PORTS:
    return "macOS: a port that is bound is taken";
  case HP_OS_OWN_HOSTS:
    return "macOS has one table of hosts for all processes";
  case HP_OS_FULL_QUEUES:
    return "macOS refuses who comes to a full queue";
  default:
    return NULL;
  }
}

bool hp_os_is_running(int64_t pid) {
  struct proc_bsdinfo info;
  return pid > 0 &&
         proc_pidinfo((int)pid, PROC_PIDTBSDINFO, 0, &info, sizeof info) == (int)sizeof info &&
         info.pbi_status != SZOMB;
}

int64_t hp_os_child_of(int64_t pid) {
  pid_t children[64];
  int count = proc_listchildpids((pid_t)pid, children, sizeof children);
  for (int i = 0; i < count && i < 64; i++)
    if (hp_os_is_running(children[i]))
      return children[i];
  return -1;
}

long hp_os_count_handles(void) {
  uv_fs_t request;
  long count = (long)uv_fs_scandir(NULL, &request, "/dev/fd", 0, NULL);
  uv_fs_req_cleanup(&request);
  return count;
}

long hp_os_count_threads(void) {
  struct proc_taskinfo info;
  int size = proc_pidinfo(getpid(), PROC_PIDTASKINFO, 0, &info, sizeof info);
  return size == (int)sizeof info ? info.pti_threadnum : 0;
}

size_t hp_os_allocated(void *memory) {
  return malloc_size(memory);
}

int hp_os_run_with_hosts(const char *table, int (*run)(void)) {
  (void)table;
  (void)run;
  return -1;
}

bool hp_os_mount_small(const char *path, int bytes) {
  (void)path;
  (void)bytes;
  return false;
}

void hp_os_unmount(const char *path) {
  (void)path;
}
