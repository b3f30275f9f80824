/* SPDX-License-Identifier: MIT */
#include "core/event.h"

#include "core/alloc.h"
#include "core/process.h"
#include "core/status.h"

#include <string.h>

struct hp_queued_event {
  struct hp_queued_event *next;
  hp_process *process;
  struct hp_event event;
  struct hp_error error; /* the event's own copy */
  char text[];           /* likewise */
};

enum hp_event_kind hp_event_kind(const hp_event *event) {
  return event->kind;
}

enum hp_state hp_event_state(const hp_event *event) {
  return event->state;
}

const char *hp_event_text(const hp_event *event) {
  return event->text;
}

const hp_error *hp_event_error(const hp_event *event) {
  return event->error;
}

int64_t hp_event_remaining(const hp_event *event) {
  return event->remaining;
}

/* ---- The queue ---- */

static struct hp_queued_event *copy_event(hp_process *process, const struct hp_event *event) {
  size_t size = event->text ? strlen(event->text) + 1 : 0;
  struct hp_queued_event *queued = hp__alloc(sizeof *queued + size);
  if (!queued)
    return NULL;
  queued->process = process;
  queued->event = *event;
  if (event->text)
    queued->event.text = memcpy(queued->text, event->text, size);
  if (event->error) {
    hp__error_copy(&queued->error, event->error);
    queued->event.error = &queued->error;
  }
  return queued;
}

static void free_event(struct hp_queued_event *queued) {
  hp__error_fini(&queued->error);
  hp__free(queued);
}

static void append(struct hp_event_queue *queue, struct hp_queued_event *queued) {
  if (queue->last)
    queue->last->next = queued;
  else
    queue->first = queued;
  queue->last = queued;
}

static struct hp_queued_event *take_first(struct hp_event_queue *queue) {
  struct hp_queued_event *first = queue->first;
  if (first && !(queue->first = first->next))
    queue->last = NULL;
  return first;
}

void hp__event_queue_forget(struct hp_event_queue *queue, const hp_process *process) {
  struct hp_queued_event *rest = queue->first;
  queue->first = queue->last = NULL;
  while (rest) {
    struct hp_queued_event *queued = rest;
    rest = queued->next;
    queued->next = NULL;
    if (queued->process == process)
      free_event(queued);
    else
      append(queue, queued);
  }
}

void hp__event_queue_fini(struct hp_event_queue *queue) {
  uv_fs_t request;
  for (int i = 0; queue->has_pipe && i < 2; i++) {
    uv_fs_close(NULL, &request, queue->ends[i], NULL);
    uv_fs_req_cleanup(&request);
  }
}

/* ---- Waking the host's loop ---- */

typedef int transfer(uv_loop_t *loop, uv_fs_t *request, uv_file file, const uv_buf_t buffers[],
                     unsigned count, int64_t offset, uv_fs_cb callback);

static void move_bytes(transfer *move, uv_file end, unsigned count) {
  char bytes[16] = {0};
  uv_buf_t buffer = uv_buf_init(bytes, count);
  uv_fs_t request;
  move(NULL, &request, end, &buffer, 1, -1, NULL);
  uv_fs_req_cleanup(&request);
}

/* Once for all that wait: until they are dispatched the host knows. */
static void wake_host(struct hp_event_queue *queue) {
  if (queue->has_pipe)
    move_bytes(uv_fs_write, queue->ends[1], 1);
  if (queue->wakeup)
    queue->wakeup(queue->user);
}

/* Without memory for the copy the event is lost; the state can still be asked for. */
static void defer(hp_process *process, const struct hp_event *event) {
  hp_context *context = process->context;
  struct hp_event_queue *queue = &context->events;
  struct hp_queued_event *queued = copy_event(process, event);
  if (!queued)
    return;
  uv_mutex_lock(&context->lock);
  bool wanted = !process->wish.close, first = wanted && !queue->first;
  if (wanted)
    append(queue, queued);
  uv_mutex_unlock(&context->lock);
  if (first)
    wake_host(queue);
  if (!wanted)
    free_event(queued);
}

void hp__event_tell(hp_process *process, const struct hp_event *event) {
  if (!process->callback)
    return;
  if (atomic_load(&process->context->events.deferred))
    defer(process, event);
  else
    process->callback(process, event, process->user);
}

/* ---- The host's side ---- */

/* The choice stands before the first event: nobody has to look twice later. */
static int check_early(const hp_context *context, hp_error *error) {
  if (context->is_attached)
    return hp_error_set(error, HP_ESTATE, HP_PHASE_USE,
                        "the events of an attached context are told on its loop");
  if (!context->started)
    return 0;
  return hp_error_set(error, HP_ESTATE, HP_PHASE_USE,
                      "where events are told is chosen before the first start, not after");
}

static int open_pipe(hp_context *context, hp_error *error) {
  struct hp_event_queue *queue = &context->events;
  if (!(context->registry.platform->caps & HP_PLATFORM_POLL))
    return hp_error_set(error, HP_EUNSUPPORTED, HP_PHASE_USE,
                        "this system has no descriptors that a loop can poll; "
                        "hp_context_set_wakeup() serves instead");
  int status = queue->has_pipe ? 0 : uv_pipe(queue->ends, UV_NONBLOCK_PIPE, UV_NONBLOCK_PIPE);
  if (status < 0)
    return hp_error_set(error, HP_EIO, HP_PHASE_USE, "no pipe for a host's loop: %s",
                        hp__status_text(status).text);
  queue->has_pipe = true;
  return 0;
}

int hp_context_poll_fd(hp_context *context, int *fd, hp_error **error) {
  struct hp_error e = {0};
  uv_mutex_lock(&context->lock);
  int result = context->events.has_pipe ? 0 : check_early(context, &e);
  if (result == 0)
    result = open_pipe(context, &e);
  if (result == 0)
    atomic_store(&context->events.deferred, true); /* not where nobody could be woken */
  *fd = result == 0 ? context->events.ends[0] : -1;
  uv_mutex_unlock(&context->lock);
  return result < 0 ? hp__error_give(error, &e) : 0;
}

int hp_context_set_wakeup(hp_context *context, hp_wakeup_callback wakeup, void *user,
                          hp_error **error) {
  struct hp_error e = {0};
  uv_mutex_lock(&context->lock);
  int result = check_early(context, &e);
  if (result == 0) {
    context->events.wakeup = wakeup;
    context->events.user = user;
    atomic_store(&context->events.deferred, true);
  }
  uv_mutex_unlock(&context->lock);
  return result < 0 ? hp__error_give(error, &e) : 0;
}

/* While it is told of, a process is not freed, whoever closes it meanwhile. */
static void deliver(hp_context *context, struct hp_queued_event *queued) {
  hp_process *process = queued->process;
  process->waiters++;
  uv_mutex_unlock(&context->lock);
  process->callback(process, &queued->event, process->user);
  free_event(queued);
  hp__process_leave(process);
  uv_mutex_lock(&context->lock);
}

int hp_context_dispatch(hp_context *context) {
  struct hp_event_queue *queue = &context->events;
  struct hp_queued_event *queued;
  int count = 0;
  if (hp__context_is_inside(context))
    return HP_EDEADLK;
  uv_mutex_lock(&context->lock);
  if (queue->dispatching) { /* by another thread: what waits is told there */
    uv_mutex_unlock(&context->lock);
    return 0;
  }
  if (queue->has_pipe) /* also after a byte that came behind the event it told of */
    move_bytes(uv_fs_read, queue->ends[0], 16);
  queue->dispatching = true;
  queue->dispatcher = uv_thread_self();
  for (; (queued = take_first(queue)); count++)
    deliver(context, queued);
  queue->dispatching = false;
  uv_mutex_unlock(&context->lock);
  return count;
}
