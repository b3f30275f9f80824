/* SPDX-License-Identifier: MIT */
/*
 * The end of a child: a wait that a thread of the system's pool keeps for us, and that wakes the
 * loop. The code stays with the process as long as its handle is open, which is until the close.
 */
#include "platform/child_windows.h"

#include "core/status.h"

/* With a killed tree: one that hangs in a driver may never end. */
enum { PATIENCE_MS = 2000, ASK_AGAIN_MS = 5 };

bool hp__has_ended(HANDLE process) {
  return WaitForSingleObject(process, 0) == WAIT_OBJECT_0;
}

/* On a thread of the pool's; once. */
static void CALLBACK process_ended(void *data, BOOLEAN timed_out) {
  struct hp_windows_child *self = data;
  (void)timed_out;
  uv_async_send(&self->ended);
}

static void report_end(uv_async_t *async) {
  struct hp_windows_child *self = async->data;
  self->base.exited(&self->base);
}

void hp__child_release(struct hp_windows_child *self) {
  if (--self->open == 0 && self->base.closed)
    self->base.closed(&self->base);
}

static void handle_closed(uv_handle_t *handle) {
  hp__child_release(handle->data);
}

int hp__watch_windows(hp_child *child, hp_child_callback exited, hp_error *error) {
  struct hp_windows_child *self = (struct hp_windows_child *)child;
  int result = uv_async_init(self->loop, &self->ended, report_end);
  if (result < 0)
    return hp_error_set(error, HP_ESPAWN, HP_PHASE_SPAWN, "cannot watch process %lld: %s",
                        (long long)child->pid, hp__status_text(result).text);
  self->ended.data = self;
  self->open = 1;
  child->exited = exited;
  if (RegisterWaitForSingleObject(&self->wait, self->process, process_ended, self, INFINITE,
                                  WT_EXECUTEINWAITTHREAD | WT_EXECUTEONLYONCE))
    return 0;
  char pid[32];
  DWORD code = GetLastError();
  snprintf(pid, sizeof pid, "process %lld", (long long)child->pid);
  self->wait = NULL;
  uv_close((uv_handle_t *)&self->ended, handle_closed);
  return hp__explain_windows(error, HP_PHASE_SPAWN, code, "watch", pid);
}

void hp__reap_windows(hp_child *child) {
  struct hp_windows_child *self = (struct hp_windows_child *)child;
  DWORD code;
  self->reaped = true;
  child->exit = GetExitCodeProcess(self->process, &code) ? (struct hp_exit){HP_EXIT_CODE, (int)code}
                                                         : (struct hp_exit){HP_EXIT_UNKNOWN, 0};
}

/* By their list, not by their count: for Wine one counts for ever whose maker was killed before it
 * had its first thread. */
static bool has_descendants(const struct hp_windows_child *self) {
  JOBOBJECT_BASIC_PROCESS_ID_LIST list = {0}; /* has room for one */
  if (!self->job)
    return false;
  if (QueryInformationJobObject(self->job, JobObjectBasicProcessIdList, &list, sizeof list, NULL))
    return list.NumberOfProcessIdsInList > 0;
  return GetLastError() == ERROR_MORE_DATA;
}

/* Who was not killed is left alone, so the job must not end it. */
static void leave_job(struct hp_windows_child *self) {
  JOBOBJECT_EXTENDED_LIMIT_INFORMATION none = {0};
  if (!self->job)
    return;
  if (!self->tree_killed)
    SetInformationJobObject(self->job, JobObjectExtendedLimitInformation, &none, sizeof none);
  CloseHandle(self->job);
  if (self->port)
    CloseHandle(self->port);
}

/* A kill is only begun when its call returns; who waits for our close may count on its end. */
static bool is_over(const struct hp_windows_child *self) {
  if (self->killed && !self->reaped && !hp__has_ended(self->process))
    return false;
  return !self->tree_killed || !has_descendants(self);
}

/* On a thread of the pool's. Of one who never had a thread Wine's port does not tell, so the job is
 * asked again, ever more seldom. */
static void await_end(uv_work_t *work) {
  struct hp_windows_child *self = work->data;
  uint64_t deadline = GetTickCount64() + PATIENCE_MS;
  DWORD message;
  ULONG_PTR key;
  OVERLAPPED *about;
  WaitForSingleObject(self->process, PATIENCE_MS);
  DWORD wait = ASK_AGAIN_MS;
  while (self->port && has_descendants(self) && GetTickCount64() < deadline)
    if (!GetQueuedCompletionStatus(self->port, &message, &key, &about, wait))
      wait *= 2;
}

static void part(struct hp_windows_child *self) {
  leave_job(self);
  CloseHandle(self->process);
}

static void ended_at_last(uv_work_t *work, int status) {
  struct hp_windows_child *self = work->data;
  (void)status;
  part(self);
  hp__child_release(self);
}

void hp__close_windows(hp_child *child, hp_child_callback closed) {
  struct hp_windows_child *self = (struct hp_windows_child *)child;
  child->closed = closed;
  if (self->wait) {
    /* Waits for a callback that is being made, which waits for nothing itself. */
    UnregisterWaitEx(self->wait, INVALID_HANDLE_VALUE);
    uv_close((uv_handle_t *)&self->ended, handle_closed);
  }
  uv_timer_init(self->loop, &self->turn); /* nobody is told from inside this call */
  self->turn.data = self->farewell.data = self;
  self->open++;
  uv_close((uv_handle_t *)&self->turn, handle_closed);
  if (!is_over(self) && uv_queue_work(self->loop, &self->farewell, await_end, ended_at_last) == 0)
    self->open++;
  else
    part(self);
}
