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
  HANDLE port;    /* where the job tells of its end, from a kill of the tree on */
  bool reaped;
  bool killed;      /* the leader, */
  bool tree_killed; /* and all of them */
  int open;         /* of the loop's handles and requests that still refer to this */
  uv_async_t ended; /* if watched */
  uv_timer_t turn;  /* of the close */
  uv_work_t farewell;
};

/* A pipe: our end becomes `reader`'s, the other one, fit for a child, the caller's. */
int hp__output_pipe(uv_pipe_t *reader, HANDLE *writer, const char *program, hp_error *error);
/* Has CTRL_C or CTRL_BREAK happen on the child's console, which must be one of its own, a few
 * milliseconds after this returns 0; `undelivered` is called when that was not possible. */
int hp__console_event(struct hp_windows_child *self, const char *event, hp_error *error);
/* One of the things that `open` counts is gone. */
void hp__child_release(struct hp_windows_child *self);
/* As hp__explain_windows(), for one that could not be started. */
int hp__explain_start(hp_error *error, DWORD os_code, const struct hp_spawn *spawn);
bool hp__has_ended(HANDLE process);

#endif
