/* SPDX-License-Identifier: MIT */
#include "core/context.h"

#include "core/alloc.h"
#include "core/error.h"
#include "core/process.h"
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
  if (atomic_load(&context->expected) == 0 || !context->has_company)
    return;
  hp__spare_make(&context->spare, platform);
  while (atomic_load(&context->calls) == calls && atomic_load(&context->expected) > 0 &&
         uv_hrtime() < end)
    ;
  serve_all(context);
  hp__spare_drop(&context->spare, platform);
}

static bool is_ending(hp_context *context) {
  uv_mutex_lock(&context->lock);
  bool ending = context->ending;
  uv_mutex_unlock(&context->lock);
  return ending;
}

static void serve_called(uv_async_t *wake) {
  hp_context *context = wake->data;
  unsigned calls = atomic_load(&context->calls);
  if (serve_all(context) == 0)
    serve_expected(context, calls);
  if (is_ending(context) && !uv_is_closing((uv_handle_t *)wake))
    uv_close((uv_handle_t *)wake, NULL);
}

static void run(void *data) {
  hp_context *context = data;
  uv_run(&context->loop, UV_RUN_DEFAULT);
}

/* What init() made, but for the thread. The loop has nothing left to do but to close the handle. */
static void fini(hp_context *context) {
  if (!uv_is_closing((uv_handle_t *)&context->wake))
    uv_close((uv_handle_t *)&context->wake, NULL);
  uv_run(&context->loop, UV_RUN_DEFAULT);
  uv_loop_close(&context->loop);
  hp__sources_fini(&context->sources);
  hp__event_queue_fini(&context->events);
  uv_cond_destroy(&context->changed);
  uv_mutex_destroy(&context->lock);
  context->stdio->stdio_release(context->held_stdio);
}

static int init_loop(hp_context *context) {
  int status = uv_loop_init(&context->loop);
  if (status != 0)
    return status;
  status = uv_async_init(&context->loop, &context->wake, serve_called);
  context->wake.data = context;
  if (status != 0)
    uv_loop_close(&context->loop);
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
  context->has_company = uv_available_parallelism() > 1;
  context->held_stdio = platform->stdio_hold();
  int status = init(context);
  if (status == 0)
    return 0;
  platform->stdio_release(context->held_stdio);
  return hp_error_set(error, status == UV_ENOMEM ? HP_ENOMEM : HP_EIO, HP_PHASE_USE,
                      "no event loop: %s", uv_strerror(status));
}

static int begin(hp_context *context, hp_error *error) {
  context->read_buffer = hp__alloc(HP_READ_SIZE);
  if (!context->read_buffer)
    return hp_error_set(error, HP_ENOMEM, HP_PHASE_USE, "no memory for a context");
  int result = hp__registry_init(&context->registry, error);
  if (result == 0)
    result = init_on_platform(context, error);
  if (result < 0)
    return result;
  int status = uv_thread_create(&context->thread, run, context);
  if (status == 0)
    return 0;
  fini(context);
  return hp_error_set(error, HP_EIO, HP_PHASE_USE, "no thread: %s", uv_strerror(status));
}

static void free_context(hp_context *context) {
  if (!context)
    return;
  for (size_t i = 0; i < sizeof context->swept / sizeof *context->swept; i++)
    hp__free(context->swept[i]);
  hp__free(context->read_buffer);
  hp__free(context);
}

int hp_context_new(hp_context **out, hp_error **error) {
  struct hp_error e = {0};
  hp_context *context = hp__alloc(sizeof *context);
  int result = context ? begin(context, &e)
                       : hp_error_set(&e, HP_ENOMEM, HP_PHASE_USE, "no memory for a context");
  *out = result < 0 ? NULL : context;
  if (result == 0)
    return 0;
  free_context(context);
  return hp__error_give(error, &e);
}

bool hp__context_is_inside(hp_context *context) {
  uv_thread_t self = uv_thread_self();
  if (uv_thread_equal(&self, &context->thread) || !atomic_load(&context->events.deferred))
    return uv_thread_equal(&self, &context->thread);
  uv_mutex_lock(&context->lock);
  bool inside = context->events.dispatching && uv_thread_equal(&self, &context->events.dispatcher);
  uv_mutex_unlock(&context->lock);
  return inside;
}

/* All are asked before any is waited for: they stop side by side. Handles that their owners still
 * hold are closed too. */
static void close_processes(hp_context *context) {
  uv_mutex_lock(&context->lock);
  context->closing = true;
  for (hp_process *process = context->processes; process; process = process->next) {
    process->wish.stop = process->wish.close = true;
    hp__context_call(context, process);
  }
  while (context->processes)
    uv_cond_wait(&context->changed, &context->lock);
  uv_mutex_unlock(&context->lock);
}

int hp_context_free(hp_context *context) {
  if (!context)
    return 0;
  if (hp__context_is_inside(context))
    return HP_EDEADLK;
  close_processes(context);
  uv_mutex_lock(&context->lock);
  context->ending = true;
  uv_mutex_unlock(&context->lock);
  uv_async_send(&context->wake);
  uv_thread_join(&context->thread);
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
  for (hp_process **slot = &context->processes; *slot; slot = &(*slot)->next)
    if (*slot == process) {
      *slot = process->next;
      return;
    }
}

void hp__context_expect(hp_context *context) {
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
