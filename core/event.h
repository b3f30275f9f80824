/* SPDX-License-Identifier: MIT */
/*
 * What a callback is told, and the queue in which it waits where the host wants to be told on a
 * thread of its own: its loop polls a descriptor, or posts itself a message, and dispatches.
 */
#ifndef HP_CORE_EVENT_H
#define HP_CORE_EVENT_H

#include "core/error.h"

#include <stdatomic.h>

struct hp_event {
  enum hp_event_kind kind;
  enum hp_state state;
  const char *text;
  const hp_error *error;
  int64_t remaining;
};

struct hp_queued_event;

/* All under the context's lock but what is set before the first start. */
struct hp_event_queue {
  atomic_bool deferred; /* set before the first start: events wait for hp_context_dispatch() */
  bool has_pipe;        /* likewise */
  uv_file ends[2];      /* read and write; a byte lies in it while events wait */
  hp_wakeup_callback wakeup;
  void *user;
  struct hp_queued_event *first, *last;
  bool dispatching;
  uv_thread_t dispatcher;
};

/* Calls back at once, or queues. On the context's thread, without the lock. */
void hp__event_tell(hp_process *process, const struct hp_event *event);
/* Forgets those of a process that was closed. Under the lock. */
void hp__event_queue_forget(struct hp_event_queue *queue, const hp_process *process);
void hp__event_queue_fini(struct hp_event_queue *queue);

#endif
