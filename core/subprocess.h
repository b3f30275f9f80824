/* SPDX-License-Identifier: MIT */
/*
 * A process of ours with its output: the server, a preparation, a stop command. On its exit the
 * rest of its group is killed before the leader is collected, since afterwards the group's number
 * may belong to strangers.
 */
#ifndef HP_CORE_SUBPROCESS_H
#define HP_CORE_SUBPROCESS_H

#include "core/log.h"
#include "core/output.h"
#include "core/spawner.h"

typedef struct hp_subprocess hp_subprocess;
typedef void (*hp_subprocess_callback)(hp_subprocess *subprocess);

struct hp_subprocess_owner {
  void *data;
  uv_loop_t *loop;
  const struct hp_platform_ops *platform;
  struct hp_spawner *spawner; /* NULL: the loop's thread lives as long as what it spawns */
  char *buffer; /* HP_READ_SIZE bytes, the context's: a read is digested before the next one */
  const struct hp_secrets *secrets;   /* that the tail must not have; may be NULL */
  struct hp_log *log;                 /* gets all of it; may be NULL */
  hp_line_callback line;              /* with `data`; may be NULL */
  hp_subprocess_callback ended;       /* the process is gone and its output read; `exit` is set */
  hp_subprocess_callback undelivered; /* as hp_child.undelivered */
  void (*closed)(void *data);         /* nothing refers to it any more, and it is freed */
};

struct hp_subprocess {
  struct hp_subprocess_owner owner;
  struct hp_output output;
  struct hp_exit exit;
  /* private */
  hp_child *child;
  uv_pipe_t pipe; /* stdout and stderr: what is said is read in the order in which it was said */
  uv_timer_t grace;
  int open_handles; /* of pipe, grace and child */
  bool drained;     /* the pipe is at its end */
  bool paused;      /* the log has no room */
  bool fresh;       /* something was read since it was last looked for */
  size_t late;      /* read since the process is gone */
  bool watched, gone, reported, closing;
};

enum { HP_READ_SIZE = 65536 };

/* Starts one; `spawn`'s output fields are filled in here. *subprocess is NULL only when there was
 * no memory for it: else, after a failure too, hp__subprocess_close() is owed. */
int hp__subprocess_start(hp_subprocess **subprocess, const struct hp_subprocess_owner *owner,
                         struct hp_spawn *spawn, hp_error *error);
/* NULL is allowed in the three queries. */
bool hp__subprocess_is_running(const hp_subprocess *subprocess);
int64_t hp__subprocess_pid(const hp_subprocess *subprocess);
/* Its log has room again. NULL is allowed. */
void hp__subprocess_resume(hp_subprocess *subprocess);
/* No error when it is not running. */
int hp__subprocess_signal(hp_subprocess *subprocess, enum hp_scope scope, const char *name,
                          hp_error *error);
/* "ended with exit code 1", "was ended by signal 9". */
void hp__describe_exit(const struct hp_exit *exit, char *text, size_t size);
/* Nothing is reported from now on; `closed` is called once, never from inside. One that still runs
 * is killed and collected first: it must be neither an orphan nor a zombie. */
void hp__subprocess_close(hp_subprocess *subprocess);

#endif
