/* SPDX-License-Identifier: MIT */
#include "core/context.h"

#include "core/alloc.h"
#include "core/error.h"
#include "core/process.h"
#include "core/status.h"
#include "core/subprocess.h"

#include <string.h>

/* How many were served. */
static int serve_all(hp_context *context) {
  int count = 0;
  uv_mutex_lock(&context->lock);
  hp_process *process = context->called;
  context->called = NULL;
  for (; process; count++) {
    hp_process *next = process->next_called;
    process->is_called = false;
    uv_mutex_unlock(&context->lock);
    hp__process_serve(process);
    uv_mutex_lock(&context->lock);
    process = next;
  }
  uv_mutex_unlock(&context->lock);
  return count;
}

/* A plan is being made: we are here before its call comes. */
static void serve_expected(hp_context *context, unsigned calls) {
  const struct hp_platform_ops *platform = context->registry.platform;
  uint64_t end = uv_hrtime() + HP_BRIEFLY;
  if (atomic_load(&context->expected) == 0 ||
      !hp__context_is_beside(context, atomic_load(&context->caller)))
    return;
  hp__spare_make(&context->spare, platform);
  while (atomic_load(&context->calls) == calls && atomic_load(&context->expected) > 0 &&
         uv_hrtime() < end)
    ;
  serve_all(context);
  hp__spare_drop(&context->spare, platform);
}

static bool has_ended(hp_context *context) {
  uv_mutex_lock(&context->lock);
  if (context->is_attached)
    context->thread = uv_thread_self(); /* a host may go on with its loop on another thread */
  bool ended = context->ending && !context->processes && context->visitors == 0;
  uv_mutex_unlock(&context->lock);
  return ended;
}

static void wake_closed(uv_handle_t *wake);

static void serve_called(uv_async_t *wake) {
  hp_context *context = wake->data;
  unsigned calls = atomic_load(&context->calls);
  if (serve_all(context) == 0)
    serve_expected(context, calls);
  if (has_ended(context) && !uv_is_closing((uv_handle_t *)wake))
    uv_close((uv_handle_t *)wake, wake_closed);
}

static void run(void *data) {
  hp_context *context = data;
  uv_run(context->loop, UV_RUN_DEFAULT);
}

/* What init() made, but for the loop. */
static void fini(hp_context *context) {
  hp__spawner_fini(&context->spawner);
  hp__sources_fini(&context->sources);
  hp__event_queue_fini(&context->events);
  uv_cond_destroy(&context->changed);
  uv_mutex_destroy(&context->lock);
  context->stdio->stdio_release(context->held_stdio);
}

/* The loop has nothing left to do but to close the handle. */
static void fini_loop(hp_context *context) {
  if (!uv_is_closing((uv_handle_t *)&context->wake))
    uv_close((uv_handle_t *)&context->wake, NULL);
  uv_run(context->loop, UV_RUN_DEFAULT);
  uv_loop_close(context->loop);
}

static int init_loop(hp_context *context) {
  int status = context->is_attached ? 0 : uv_loop_init(context->loop);
  if (status != 0)
    return status;
  status = uv_async_init(context->loop, &context->wake, serve_called);
  context->wake.data = context;
  if (status != 0 && !context->is_attached)
    uv_loop_close(context->loop);
  return status;
}

static int init(hp_context *context) {
  int status = uv_mutex_init(&context->lock);
  if (status != 0)
    return status;
  status = uv_cond_init(&context->changed);
  if (status != 0)
    goto no_condition;
  status = hp__sources_init(&context->sources);
  if (status != 0)
    goto no_sources;
  status = init_loop(context);
  if (status == 0)
    return 0;
  hp__sources_fini(&context->sources);
no_sources:
  uv_cond_destroy(&context->changed);
no_condition:
  uv_mutex_destroy(&context->lock);
  return status;
}

static int init_on_platform(hp_context *context, hp_error *error) {
  const struct hp_platform_ops *platform = context->registry.platform;
  context->stdio = platform;
  context->has_company = !context->is_attached && uv_available_parallelism() > 1;
  context->held_stdio = platform->stdio_hold();
  int status = init(context);
  if (status == 0)
    return 0;
  platform->stdio_release(context->held_stdio);
  return hp_error_set(error, status == UV_ENOMEM ? HP_ENOMEM : HP_EIO, HP_PHASE_USE,
                      "no event loop: %s", hp__status_text(status).text);
}

static int begin(hp_context *context, uv_loop_t *loop, hp_error *error) {
  context->loop = loop ? loop : &context->own;
  context->is_attached = loop != NULL;
  context->read_buffer = hp__alloc(HP_READ_SIZE);
  if (!context->read_buffer)
    return hp_error_set(error, HP_ENOMEM, HP_PHASE_USE, "no memory for a context");
  int result = hp__registry_init(&context->registry, error);
  if (result == 0)
    result = init_on_platform(context, error);
  return result;
}

static int begin_thread(hp_context *context, hp_error *error) {
  int status = uv_thread_create(&context->thread, run, context);
  if (status == 0)
    return 0;
  fini_loop(context);
  fini(context);
  return hp_error_set(error, HP_EIO, HP_PHASE_USE, "no thread: %s", hp__status_text(status).text);
}

static void free_context(hp_context *context) {
  if (!context)
    return;
  for (size_t i = 0; i < sizeof context->swept / sizeof *context->swept; i++)
    hp__free(context->swept[i]);
  hp__free(context->read_buffer);
  hp__free(context);
}

static int new_context(uv_loop_t *loop, hp_context **out, hp_error **error) {
  struct hp_error e = {0};
  hp_context *context = hp__alloc(sizeof *context);
  int result = context ? begin(context, loop, &e)
                       : hp_error_set(&e, HP_ENOMEM, HP_PHASE_USE, "no memory for a context");
  if (result == 0 && loop)
    context->thread = uv_thread_self();
  else if (result == 0)
    result = begin_thread(context, &e);
  *out = result < 0 ? NULL : context;
  if (result == 0)
    return 0;
  free_context(context);
  return hp__error_give(error, &e);
}

int hp_context_new(hp_context **out, hp_error **error) {
  return new_context(NULL, out, error);
}

int hp_context_attach(uv_loop_t *loop, hp_context **out, hp_error **error) {
  return new_context(loop, out, error);
}

static bool is_on_loop(hp_context *context) {
  uv_thread_t self = uv_thread_self();
  if (!context->is_attached)
    return uv_thread_equal(&self, &context->thread);
  uv_mutex_lock(&context->lock);
  bool on_loop = uv_thread_equal(&self, &context->thread);
  uv_mutex_unlock(&context->lock);
  return on_loop;
}

bool hp__context_is_inside(hp_context *context) {
  if (is_on_loop(context) || !atomic_load(&context->events.deferred))
    return is_on_loop(context);
  uv_thread_t self = uv_thread_self();
  uv_mutex_lock(&context->lock);
  bool inside = context->events.dispatching && uv_thread_equal(&self, &context->events.dispatcher);
  uv_mutex_unlock(&context->lock);
  return inside;
}

/* Under the lock. All are asked before any is waited for: they stop side by side. Handles that
 * their owners still hold are closed too. */
static void ask_all(hp_context *context) {
  context->closing = true;
  for (hp_process *process = context->processes; process; process = process->next) {
    process->wish.stop = process->wish.close = true;
    hp__context_call(context, process);
  }
}

static void close_processes(hp_context *context) {
  uv_mutex_lock(&context->lock);
  ask_all(context);
  while (context->processes)
    uv_cond_wait(&context->changed, &context->lock);
  uv_mutex_unlock(&context->lock);
}

/* The end of an attached one. That of another is hp_context_free()'s to complete. */
static void wake_closed(uv_handle_t *wake) {
  hp_context *context = wake->data;
  hp_context_detached detached = context->detached;
  void *user = context->detached_user;
  if (!context->is_attached)
    return;
  fini(context);
  free_context(context);
  if (detached)
    detached(user);
}

int hp_context_detach(hp_context *context, hp_context_detached detached, void *user) {
  uv_mutex_lock(&context->lock);
  int result = context->is_attached && !context->ending ? 0 : HP_ESTATE;
  if (result == 0) {
    context->detached = detached;
    context->detached_user = user;
    context->ending = true;
    ask_all(context);
    uv_async_send(&context->wake);
  }
  uv_mutex_unlock(&context->lock);
  return result;
}

static void post(void *semaphore) {
  uv_sem_post(semaphore);
}

static int detach_and_wait(hp_context *context) {
  uv_sem_t gone;
  if (uv_sem_init(&gone, 0) != 0)
    return HP_ENOMEM;
  int result = hp_context_detach(context, post, &gone);
  if (result == 0)
    uv_sem_wait(&gone);
  uv_sem_destroy(&gone);
  return result;
}

int hp_context_free(hp_context *context) {
  if (!context)
    return 0;
  if (hp__context_is_inside(context))
    return HP_EDEADLK;
  if (context->is_attached)
    return detach_and_wait(context);
  close_processes(context);
  uv_mutex_lock(&context->lock);
  context->ending = true;
  uv_mutex_unlock(&context->lock);
  uv_async_send(&context->wake);
  uv_thread_join(&context->thread);
  fini_loop(context);
  fini(context);
  free_context(context);
  return 0;
}

bool hp__context_link(hp_context *context, hp_process *process) {
  if (context->closing)
    return false;
  process->next = context->processes;
  context->processes = process;
  context->started = true;
  return true;
}

/* With more places than there is room for, the others are looked at each time. */
bool hp__context_may_sweep(hp_context *context, const char *base) {
  bool due = true, noted = false;
  uv_mutex_lock(&context->lock);
  for (size_t i = 0; due && !noted && i < sizeof context->swept / sizeof *context->swept; i++)
    if (!context->swept[i])
      noted = (context->swept[i] = hp__strdup(base)) != NULL;
    else
      due = strcmp(context->swept[i], base) != 0;
  uv_mutex_unlock(&context->lock);
  return due;
}

void hp__context_unlink(hp_context *context, hp_process *process) {
  hp_process **slot = &context->processes;
  while (*slot && *slot != process)
    slot = &(*slot)->next;
  if (*slot)
    *slot = process->next;
  hp__context_end_if_due(context);
}

void hp__context_end_if_due(hp_context *context) {
  if (context->ending && !context->processes && context->visitors == 0)
    uv_async_send(&context->wake);
}

bool hp__context_is_beside(const hp_context *context, int processor) {
  return context->has_company &&
         (processor < 0 || processor != context->registry.platform->processor());
}

void hp__context_expect(hp_context *context) {
  atomic_store(&context->caller, context->registry.platform->processor());
  atomic_fetch_add(&context->expected, 1);
  if (context->has_company)
    uv_async_send(&context->wake);
}

void hp__context_expect_no_more(hp_context *context) {
  atomic_fetch_sub(&context->expected, 1);
}

void hp__context_call(hp_context *context, hp_process *process) {
  if (process->is_called)
    return;
  atomic_fetch_add(&context->calls, 1);
  process->is_called = true;
  process->next_called = context->called;
  context->called = process;
  uv_async_send(&context->wake);
}

int hp_context_register_transport(hp_context *context, const struct hp_transport_ops *ops,
                                  hp_error **error) {
  struct hp_error e = {0};
  uv_mutex_lock(&context->lock);
  int result = hp__registry_add_transport(&context->registry, ops, &e);
  uv_mutex_unlock(&context->lock);
  return result < 0 ? hp__error_give(error, &e) : 0;
}

int hp_context_register_platform(hp_context *context, const struct hp_platform_ops *ops,
                                 hp_error **error) {
  struct hp_error e = {0};
  uv_mutex_lock(&context->lock);
  int result = context->started
                   ? hp_error_set(&e, HP_ESTATE, HP_PHASE_USE,
                                  "a platform is registered before the first start, not after")
                   : hp__registry_set_platform(&context->registry, ops, &e);
  uv_mutex_unlock(&context->lock);
  return result < 0 ? hp__error_give(error, &e) : 0;
}
