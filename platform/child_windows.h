/* SPDX-License-Identifier: MIT */
/* A process of ours on Windows, and what its files share. */
#ifndef HP_PLATFORM_CHILD_WINDOWS_H
#define HP_PLATFORM_CHILD_WINDOWS_H

#include "platform/windows.h"

/* The exit code of a process that we kill: the one that everybody uses for it, libuv, taskkill and
 * the Task Manager; what was forced is known without it. */
enum { HP_KILLED_CODE = 1 };

struct hp_windows_child {
  struct hp_child base;
  uv_loop_t *loop;
  enum hp_session session;
  HANDLE process; /* open until closed, so its number is nobody else's */
  HANDLE job;     /* of the whole tree; of the leader alone with HP_SESSION_OURS; NULL: none */
  HANDLE wait;    /* NULL: not watched */
  bool reaped;
  bool killed;      /* the leader, */
  bool tree_killed; /* and all of them */
  int patience;     /* looks that are left at a killed tree */
  int handles;      /* of the loop's that are not closed yet */
  uv_async_t ended; /* if watched */
  uv_timer_t timer; /* of the close */
};

/* A pipe: our end becomes `reader`'s, the other one, fit for a child, the caller's. */
int hp__output_pipe(uv_pipe_t *reader, HANDLE *writer, const char *program, hp_error *error);
/* Has CTRL_C or CTRL_BREAK happen on the console of that process, which must be one of its own. */
int hp__console_event(int64_t pid, const char *event, hp_error *error);
/* As hp__explain_windows(), for one that could not be started. */
int hp__explain_start(hp_error *error, DWORD os_code, const struct hp_spawn *spawn);
bool hp__has_ended(HANDLE process);

#endif
