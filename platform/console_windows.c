/* SPDX-License-Identifier: MIT */
/* CTRL_C and CTRL_BREAK for a process on a console that is not ours: by hyperprocess-console. */
#include "platform/child_windows.h"

#include "core/alloc.h"
#include "platform/command_line.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* It needs some ten, and gives up by itself after some hundred. Much more on a busy machine, where
 * a rung that is late is better than the next one: this is only for one that hangs. */
enum { PATIENCE_MS = 10000 };

/* One that was sent and not yet seen to have happened. */
struct delivery {
  uv_async_t ended;
  struct hp_windows_child *child;
  HANDLE helper, wait;
};

/* PATH is for the server's binaries: this one is run unasked, so it comes from us or by name. */
static char *find_helper(void) {
  static const char *const names[] = {"hyperprocess-console", NULL};
  const struct hp_locate_request request = {.variable = "HYPERPROCESS_BINARY_CONSOLE",
                                            .names = names};
  struct hp_candidates found = {0};
  char *path = NULL;
  if (hp__locate_windows(&request, &found, NULL) == 0) {
    const struct hp_candidate *best = &found.items[found.count - 1];
    path = strcmp(best->source, "PATH") == 0 ? NULL : hp__strdup(best->path);
  }
  hp_candidates_fini(&found);
  return path;
}

static int miss_helper(hp_error *error, int64_t pid, const char *event) {
  hp_error_set(error, HP_EUNSUPPORTED, HP_PHASE_STOP,
               "cannot send %s to process %" PRId64 ": hyperprocess-console.exe was not found",
               event, pid);
  hp_error_set_cause(error, "only a process on the same console can, so a program of ours does it");
  hp_error_set_hint(error, "put it beside the library or the executable, or set "
                           "HYPERPROCESS_BINARY_CONSOLE to it");
  return HP_EUNSUPPORTED;
}

static HANDLE start(const char *helper, int64_t pid, const char *event) {
  char number[32];
  char *const argv[] = {(char *)(uintptr_t)helper, number, (char *)(uintptr_t)event, NULL};
  STARTUPINFOW info = {.cb = sizeof info};
  PROCESS_INFORMATION made = {0};
  char *line = NULL;
  snprintf(number, sizeof number, "%" PRId64, pid);
  SetLastError(ERROR_NOT_ENOUGH_MEMORY);
  int result = hp__command_line(argv, &line, NULL);
  wchar_t *wide = result == 0 ? hp__wide(line) : NULL, *program = hp__wide_path(helper);
  if (wide && program &&
      CreateProcessW(program, wide, NULL, NULL, FALSE, DETACHED_PROCESS, NULL, NULL, &info, &made))
    CloseHandle(made.hThread);
  DWORD code = GetLastError();
  hp__free(line);
  hp__free(wide);
  hp__free(program);
  SetLastError(code);
  return made.hProcess;
}

static int fail(hp_error *error, DWORD code, int64_t pid, const char *event) {
  char what[32], name[32];
  snprintf(what, sizeof what, "send %s to", event);
  snprintf(name, sizeof name, "process %" PRId64, pid);
  return hp__explain_windows(error, HP_PHASE_STOP, code, what, name);
}

/* On a thread of the pool's; once. */
static void CALLBACK helper_ended(void *data, BOOLEAN timed_out) {
  struct delivery *delivery = data;
  if (timed_out) /* what was not seen to be sent is not said to be */
    TerminateProcess(delivery->helper, ERROR_TIMEOUT);
  uv_async_send(&delivery->ended);
}

static void delivery_closed(uv_handle_t *handle) {
  struct delivery *delivery = handle->data;
  struct hp_windows_child *child = delivery->child;
  hp__free(delivery);
  hp__child_release(child);
}

static void report(uv_async_t *async) {
  struct delivery *delivery = async->data;
  hp_child *child = &delivery->child->base;
  DWORD code = ERROR_TIMEOUT;
  UnregisterWaitEx(delivery->wait, INVALID_HANDLE_VALUE);
  GetExitCodeProcess(delivery->helper, &code); /* one that is still being ended has none */
  CloseHandle(delivery->helper);
  uv_close((uv_handle_t *)async, delivery_closed);
  if (code != 0 && !child->closed && child->undelivered && !hp__has_ended(delivery->child->process))
    child->undelivered(child);
}

/* The helper becomes the delivery's. */
static int watch(struct hp_windows_child *self, HANDLE helper) {
  struct delivery *delivery = hp__alloc(sizeof *delivery);
  if (!delivery || uv_async_init(self->loop, &delivery->ended, report) != 0) {
    CloseHandle(helper);
    hp__free(delivery);
    return 0; /* on its way all the same */
  }
  self->open++;
  delivery->ended.data = delivery;
  delivery->child = self;
  delivery->helper = helper;
  if (!RegisterWaitForSingleObject(&delivery->wait, helper, helper_ended, delivery, PATIENCE_MS,
                                   WT_EXECUTEINWAITTHREAD | WT_EXECUTEONLYONCE)) {
    CloseHandle(helper);
    uv_close((uv_handle_t *)&delivery->ended, delivery_closed);
  }
  return 0;
}

int hp__console_event(struct hp_windows_child *self, const char *event, hp_error *error) {
  char *helper = find_helper();
  if (!helper)
    return miss_helper(error, self->base.pid, event);
  HANDLE process = start(helper, self->base.pid, event);
  hp__free(helper);
  if (!process)
    return fail(error, GetLastError(), self->base.pid, event);
  return watch(self, process);
}
