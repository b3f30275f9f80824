/* SPDX-License-Identifier: MIT */
/* A loop, on a thread of its own or the host's, a registry, and the servers that live on it. */
#ifndef HP_CORE_CONTEXT_H
#define HP_CORE_CONTEXT_H

#include "core/event.h"
#include "core/registry.h"
#include "core/sources.h"
#include "core/spare.h"
#include "core/spawner.h"

#include <hyperprocess/uv.h>

#include <stdatomic.h>

/* A thread that sleeps on another processor needs some 30 microseconds to come back. Who is known
 * to be wanted within such a time is woken beforehand and looks for so long at most; not on the
 * processor of the thread that is looked for, nor of one that is about to call it: it would only
 * keep that one from its work. */
enum { HP_BRIEFLY = 60000 /* nanoseconds */ };

/* Where the two that look for each other were last seen, by the platform's numbers. */
struct hp_nearness {
  bool is_near;
  int waiter, worker;
};

struct hp_context {
  uv_loop_t *loop; /* `own`, or the host's */
  uv_loop_t own;
  bool is_attached;   /* the loop is the host's */
  uv_thread_t thread; /* that runs the loop; of an attached one under the lock, for it may change */
  uv_async_t wake;
  struct hp_spawner spawner;
  struct hp_registry registry;
  struct hp_sources sources;
  const struct hp_platform_ops *stdio; /* that holds these: the host may register another one */
  unsigned held_stdio;
  struct hp_spare spare;
  char *read_buffer; /* HP_READ_SIZE bytes, shared by all pipes of the loop */

  bool has_company;      /* there is more than one processor */
  atomic_int expected;   /* calls that are about to come */
  atomic_int caller;     /* the processor of the last of those who make them */
  atomic_uint calls;     /* that came */
  uv_mutex_t lock;       /* for what follows */
  uv_cond_t changed;     /* a process was freed */
  hp_process *processes; /* all that are not freed yet, linked by `next` */
  hp_process *called;    /* those that somebody wants something of, linked by `next_called` */
  char *swept[8];        /* places where the remains of killed hosts were looked for */
  int visitors;          /* threads that wait for the end of a process that they have closed */
  hp_context_detached detached;
  void *detached_user;
  bool started, closing, ending;
  struct hp_event_queue events;
};

/* On its thread, or in a callback that another one dispatches: must not block. Without the lock. */
bool hp__context_is_inside(hp_context *context);
/* Both under the lock. A context that is being closed takes no new one. */
bool hp__context_link(hp_context *context, hp_process *process);
void hp__context_unlink(hp_context *context, hp_process *process);
/* Under the lock: ends an attached one when the last of what it waits for has gone. */
void hp__context_end_if_due(hp_context *context);
/* Whether the remains in `base` were not looked for yet; notes that they are now. */
bool hp__context_may_sweep(hp_context *context, const char *base);
/* Whether a thread that was seen on that processor can go on while this one does. */
bool hp__context_is_beside(const hp_context *context, int processor);
/* A call will come soon, or came, or will not: wakes the loop meanwhile. Any thread. */
void hp__context_expect(hp_context *context);
void hp__context_expect_no_more(hp_context *context);
/* Has hp__process_serve() called on the context's thread. Under the lock, in which the wish that is
 * to be served was written: afterwards the process may be gone at any moment. */
void hp__context_call(hp_context *context, hp_process *process);

#endif
