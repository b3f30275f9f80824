/* SPDX-License-Identifier: MIT */
/*
 * What can be sent to a child, and who belongs to it. There are no signals here but these: KILL,
 * and CTRL_C and CTRL_BREAK, which reach all who share its console, whatever the scope.
 */
#include "platform/child_windows.h"

#include <string.h>

static bool kill_leader(struct hp_windows_child *self) {
  self->killed = true;
  return TerminateProcess(self->process, HP_KILLED_CODE) || hp__has_ended(self->process);
}

/* Not before the kill: nobody reads what a job tells of a server that lives. */
static void listen_to_job(struct hp_windows_child *self) {
  JOBOBJECT_ASSOCIATE_COMPLETION_PORT told = {.CompletionKey = self};
  if (self->port)
    return;
  self->port = told.CompletionPort = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
  if (self->port)
    SetInformationJobObject(self->job, JobObjectAssociateCompletionPortInformation, &told,
                            sizeof told);
}

static bool kill_tree(struct hp_windows_child *self) {
  if (!self->job)
    return kill_leader(self);
  self->killed = self->tree_killed = true;
  listen_to_job(self);
  return TerminateJobObject(self->job, HP_KILLED_CODE);
}

static int send_kill(struct hp_windows_child *self, enum hp_scope scope, hp_error *error) {
  char pid[32];
  if (scope == HP_SCOPE_TREE ? kill_tree(self) : kill_leader(self))
    return 0;
  DWORD code = GetLastError();
  snprintf(pid, sizeof pid, "process %lld", (long long)self->base.pid);
  return hp__explain_windows(error, HP_PHASE_STOP, code, "kill", pid);
}

static int send_event(struct hp_windows_child *self, const char *name, hp_error *error) {
  if (hp__has_ended(self->process))
    return 0;
  if (self->session == HP_SESSION_OURS)
    return hp_error_set(error, HP_EUNSUPPORTED, HP_PHASE_STOP,
                        "cannot send %s to process %lld alone: its console is ours", name,
                        (long long)self->base.pid);
  return hp__console_event(self, name, error);
}

int hp__signal_windows(hp_child *child, enum hp_scope scope, const char *name, hp_error *error) {
  struct hp_windows_child *self = (struct hp_windows_child *)child;
  if (strcmp(name, "KILL") == 0)
    return send_kill(self, scope, error);
  if (strcmp(name, "CTRL_C") == 0 || strcmp(name, "CTRL_BREAK") == 0)
    return send_event(self, name, error);
  hp_error_set(error, HP_EUNSUPPORTED, HP_PHASE_STOP, "there is no signal '%s' on Windows", name);
  hp_error_set_hint(error, "CTRL_C, CTRL_BREAK and KILL serve here");
  return HP_EUNSUPPORTED;
}

/* The least that Windows asks for is not enough for Wine. 1, 0, -1: it is closed to us. */
static int is_in_job(DWORD pid, HANDLE job) {
  static const DWORD rights[] = {PROCESS_QUERY_LIMITED_INFORMATION, PROCESS_QUERY_INFORMATION};
  BOOL inside = FALSE, told = FALSE;
  for (size_t i = 0; !told && i < sizeof rights / sizeof *rights; i++) {
    HANDLE process = OpenProcess(rights[i], FALSE, pid);
    if (!process)
      break;
    told = IsProcessInJob(process, job, &inside);
    CloseHandle(process);
  }
  return told ? inside != FALSE : -1;
}

/* What a command that has our console starts is in no job. */
int hp__contains_windows(const hp_child *child, int64_t pid) {
  const struct hp_windows_child *self = (const struct hp_windows_child *)child;
  if (pid <= 0 || pid > UINT32_MAX || child->pid <= 0)
    return -1;
  if (pid == child->pid)
    return 1;
  return self->job && self->session == HP_SESSION_OWN ? is_in_job((DWORD)pid, self->job) : -1;
}
