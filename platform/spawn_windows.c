/* SPDX-License-Identifier: MIT */
/*
 * Spawning. Of our handles the child gets the three of its standard streams and no other: they are
 * listed. Its job is there before it is, and ends it and its descendants when our handle goes,
 * whatever way we go; nobody leaves it. A server gets a console of its own, without a window, so
 * that CTRL_C can be sent to it alone; it ignores that where the host itself was told to.
 *
 * libuv has set the error mode of the host, which is handed on: a library that is missing ends the
 * child instead of opening a box that waits for somebody to click.
 */
#include "platform/child_windows.h"

#include "core/alloc.h"
#include "platform/command_line.h"
#include "platform/environment_block.h"

#include <string.h>

enum { ATTRIBUTES = 2 };

/* What is made for one spawn and gone after it. */
struct launch {
  const struct hp_spawn *spawn;
  wchar_t *program, *line, *directory, *environment;
  HANDLE stdio[3], job;
  STARTUPINFOEXW startup;
  DWORD flags;
  PROCESS_INFORMATION made;
};

static int no_memory(hp_error *error, const struct hp_spawn *spawn) {
  return hp_error_set(error, HP_ENOMEM, HP_PHASE_SPAWN, "no memory to start %s", spawn->executable);
}

/* ---- What it is told ---- */

static int refuse(const struct hp_spawn *spawn, hp_error *error) {
  if (hp__is_batch_file(spawn->executable)) {
    hp_error_set(error, HP_ESPAWN, HP_PHASE_SPAWN, "cannot start %s: it is a batch file",
                 spawn->executable);
    hp_error_set_cause(error, "cmd.exe would read its arguments once more, by rules of its own "
                              "that no quoting is safe from");
    hp_error_set_hint(error, "name the program that it starts in the end");
    return HP_ESPAWN;
  }
  if (spawn->user.id < 0)
    return 0;
  hp_error_set(error, HP_EUNSUPPORTED, HP_PHASE_SPAWN, "cannot start %s as user '%s'",
               spawn->executable, spawn->user.name);
  hp_error_set_cause(error, "Windows would ask for that user's password");
  hp_error_set_hint(error, "start the host as that user, or name no user");
  return HP_EUNSUPPORTED;
}

static wchar_t *wide_environment(char *const *environment) {
  wchar_t root[MAX_PATH];
  size_t size = 0;
  UINT known = GetSystemWindowsDirectoryW(root, MAX_PATH);
  char *narrow = hp__narrow(known > 0 && known < MAX_PATH ? root : L"C:\\Windows");
  char *block = narrow ? hp__environment_block(environment, narrow, &size) : NULL;
  wchar_t *wide = block ? hp__alloc((size + 1) * sizeof *wide) : NULL;
  if (wide) /* never more units than bytes; the rest is the NUL at its end */
    MultiByteToWideChar(CP_UTF8, 0, block, (int)size, wide, (int)size);
  hp__free(block);
  hp__free(narrow);
  return wide;
}

static int make_texts(struct launch *launch, hp_error *error) {
  const struct hp_spawn *spawn = launch->spawn;
  char *line;
  int result = hp__command_line(spawn->argv, &line, error);
  if (result < 0)
    return result;
  launch->line = hp__wide(line);
  launch->program = hp__wide_path(spawn->executable);
  launch->directory = spawn->directory ? hp__wide_path(spawn->directory) : NULL;
  launch->environment = wide_environment(spawn->environment);
  hp__free(line);
  bool complete = launch->line && launch->program && launch->environment &&
                  (launch->directory || !spawn->directory);
  return complete ? 0 : no_memory(error, spawn);
}

/* ---- Its standard streams ---- */

static HANDLE open_null(void) {
  return CreateFileW(L"NUL", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL,
                     OPEN_EXISTING, 0, NULL);
}

static HANDLE copy(HANDLE handle) {
  HANDLE made = NULL, self = GetCurrentProcess();
  bool copied = handle && handle != INVALID_HANDLE_VALUE &&
                DuplicateHandle(self, handle, self, &made, 0, FALSE, DUPLICATE_SAME_ACCESS);
  return copied ? made : open_null(); /* a host need not have one */
}

static int open_stdio(struct launch *launch, hp_error *error) {
  static const DWORD ours[] = {STD_INPUT_HANDLE, STD_OUTPUT_HANDLE, STD_ERROR_HANDLE};
  const struct hp_spawn *spawn = launch->spawn;
  uv_pipe_t *pipes[3] = {NULL, spawn->output, spawn->errors};
  for (int i = 0; i < 3; i++) {
    int result = 0;
    if (spawn->inherit_stdio)
      launch->stdio[i] = copy(GetStdHandle(ours[i]));
    else if (pipes[i])
      result = hp__output_pipe(pipes[i], &launch->stdio[i], spawn->executable, error);
    else /* one handle may not be listed twice */
      launch->stdio[i] = i == 2 ? copy(launch->stdio[1]) : open_null();
    if (result < 0)
      return result;
    if (launch->stdio[i] == INVALID_HANDLE_VALUE)
      return hp__explain_windows(error, HP_PHASE_SPAWN, GetLastError(), "open NUL for",
                                 spawn->executable);
  }
  return 0;
}

/* ---- Its job ---- */

/* A command that has our console is ended with us, but what it starts is its own affair. */
static HANDLE make_job(enum hp_session session) {
  JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits = {0};
  HANDLE job = CreateJobObjectW(NULL, NULL);
  limits.BasicLimitInformation.LimitFlags =
      JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE |
      (session == HP_SESSION_OURS ? JOB_OBJECT_LIMIT_SILENT_BREAKAWAY_OK : 0);
  if (!job ||
      SetInformationJobObject(job, JobObjectExtendedLimitInformation, &limits, sizeof limits))
    return job;
  CloseHandle(job);
  return NULL;
}

static bool enter_job(struct launch *launch) {
  return launch->job && AssignProcessToJobObject(launch->job, launch->made.hProcess);
}

/* ---- The call ---- */

static bool add_attributes(struct launch *launch, bool with_job) {
  SIZE_T size = 0;
  InitializeProcThreadAttributeList(NULL, ATTRIBUTES, 0, &size);
  LPPROC_THREAD_ATTRIBUTE_LIST list = launch->startup.lpAttributeList = hp__alloc(size);
  if (!list) {
    SetLastError(ERROR_NOT_ENOUGH_MEMORY);
    return false;
  }
  return InitializeProcThreadAttributeList(list, ATTRIBUTES, 0, &size) &&
         UpdateProcThreadAttribute(list, 0, PROC_THREAD_ATTRIBUTE_HANDLE_LIST, launch->stdio,
                                   sizeof launch->stdio, NULL, NULL) &&
         (!with_job || UpdateProcThreadAttribute(list, 0, PROC_THREAD_ATTRIBUTE_JOB_LIST,
                                                 &launch->job, sizeof launch->job, NULL, NULL));
}

/* Only for the moment of the call: another thread of the host may start a process that inherits. */
static void set_inheritable(const struct launch *launch, DWORD flag) {
  for (int i = 0; i < 3; i++)
    SetHandleInformation(launch->stdio[i], HANDLE_FLAG_INHERIT, flag);
}

static DWORD create(struct launch *launch, bool with_job, DWORD more_flags) {
  DWORD code = 0;
  if (!add_attributes(launch, with_job))
    code = GetLastError();
  set_inheritable(launch, HANDLE_FLAG_INHERIT);
  if (code == 0 && !CreateProcessW(launch->program, launch->line, NULL, NULL, TRUE,
                                   launch->flags | more_flags, launch->environment,
                                   launch->directory, &launch->startup.StartupInfo, &launch->made))
    code = GetLastError();
  set_inheritable(launch, 0);
  if (launch->startup.lpAttributeList)
    DeleteProcThreadAttributeList(launch->startup.lpAttributeList);
  hp__free(launch->startup.lpAttributeList);
  launch->startup.lpAttributeList = NULL;
  return code;
}

/* Where a job cannot be named beforehand, it is entered before the first instruction; where it
 * cannot be entered, the child has none, and its containment says so. */
static DWORD create_suspended(struct launch *launch) {
  DWORD code = create(launch, false, CREATE_SUSPENDED);
  if (code != 0)
    return code;
  if (!enter_job(launch) && launch->job) {
    CloseHandle(launch->job);
    launch->job = NULL;
  }
  if (ResumeThread(launch->made.hThread) != (DWORD)-1)
    return 0;
  code = GetLastError(); /* it would stay as it is for ever */
  TerminateProcess(launch->made.hProcess, 1);
  CloseHandle(launch->made.hProcess);
  launch->made.hProcess = NULL;
  return code;
}

static bool blames_the_job(DWORD code) {
  return code == ERROR_INVALID_PARAMETER || code == ERROR_NOT_SUPPORTED || code == ERROR_BAD_LENGTH;
}

static int start(struct launch *launch, hp_error *error) {
  const struct hp_spawn *spawn = launch->spawn;
  STARTUPINFOW *info = &launch->startup.StartupInfo;
  launch->flags = CREATE_UNICODE_ENVIRONMENT | EXTENDED_STARTUPINFO_PRESENT |
                  (spawn->session == HP_SESSION_OWN ? CREATE_NO_WINDOW : 0);
  info->cb = sizeof launch->startup;
  info->dwFlags = STARTF_USESTDHANDLES;
  info->hStdInput = launch->stdio[0];
  info->hStdOutput = launch->stdio[1];
  info->hStdError = launch->stdio[2];
  launch->job = make_job(spawn->session);
  DWORD code = launch->job ? create(launch, true, 0) : ERROR_NOT_SUPPORTED;
  if (code != 0 && blames_the_job(code))
    code = create_suspended(launch);
  return code == 0 ? 0 : hp__explain_start(error, code, spawn);
}

static void finish(struct launch *launch) {
  for (int i = 0; i < 3; i++)
    if (launch->stdio[i] && launch->stdio[i] != INVALID_HANDLE_VALUE)
      CloseHandle(launch->stdio[i]);
  if (launch->made.hThread)
    CloseHandle(launch->made.hThread);
  if (launch->job && !launch->made.hProcess)
    CloseHandle(launch->job);
  hp__free(launch->program);
  hp__free(launch->line);
  hp__free(launch->directory);
  hp__free(launch->environment);
}

static enum hp_containment containment_of(const struct launch *launch) {
  bool tree = launch->job && launch->spawn->session == HP_SESSION_OWN;
  return tree ? HP_CONTAINMENT_TREE_CRASH : HP_CONTAINMENT_DIRECT;
}

int hp__spawn_windows(uv_loop_t *loop, hp_child *child, const struct hp_spawn *spawn,
                      hp_error *error) {
  struct hp_windows_child *self = (struct hp_windows_child *)child;
  struct launch launch = {.spawn = spawn};
  int result = refuse(spawn, error);
  if (result == 0)
    result = make_texts(&launch, error);
  if (result == 0)
    result = open_stdio(&launch, error);
  if (result == 0)
    result = start(&launch, error);
  if (result == 0) {
    self->loop = loop;
    self->session = spawn->session;
    self->process = launch.made.hProcess;
    self->job = launch.job;
    child->pid = launch.made.dwProcessId;
    child->containment = containment_of(&launch);
  }
  finish(&launch);
  return result;
}
