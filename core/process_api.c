/* SPDX-License-Identifier: MIT */
/* The public functions of a server: wishes to the loop, and answers from what it published. */
#include "core/alloc.h"
#include "core/peer.h"
#include "core/process.h"

#include <string.h>

static int fail(hp_error **error, int code, const char *message) {
  struct hp_error e = {0};
  hp_error_set(&e, code, HP_PHASE_USE, "%s", message);
  return hp__error_give(error, &e);
}

/* ---- start ---- */

static int init_sync(hp_process *process) {
  if (uv_mutex_init(&process->lock) != 0)
    return HP_ENOMEM;
  if (uv_cond_init(&process->changed) == 0)
    return 0;
  uv_mutex_destroy(&process->lock);
  return HP_ENOMEM;
}

static size_t largest_reservation(const hp_plan *plan) {
  size_t size = 1;
  for (; plan; plan = plan->next)
    size = plan->transport->size > size ? plan->transport->size : size;
  return size;
}

static hp_process *new_process(hp_context *context, hp_plan *plan) {
  hp_process *process = hp__alloc(sizeof *process);
  void *reservation = process ? hp__alloc(largest_reservation(plan)) : NULL;
  if (!reservation || init_sync(process) < 0) {
    hp__free(reservation);
    hp__free(process);
    return NULL;
  }
  process->context = context;
  process->plans = process->plan = plan;
  process->reservation = reservation;
  process->wish.limit = HP_NEVER;
  process->view.stop_time = -1;
  hp__launch_init(&process->launch, plan);
  hp__machine_init(&process->machine, &plan->policy);
  return process;
}

/* false: the context is being closed. */
static bool wish_start(hp_process *process) {
  hp_context *context = process->context;
  uv_mutex_lock(&context->lock);
  bool taken = hp__context_link(context, process);
  process->wish.start = taken;
  if (taken)
    hp__context_call(context, process);
  uv_mutex_unlock(&context->lock);
  return taken;
}

/* Of a copy of the registry: another thread may be adding to it. */
int hp_plan_make(hp_context *context, const hp_options *options, hp_plan **plan, hp_error **error) {
  struct hp_error e = {0};
  uv_mutex_lock(&context->lock);
  struct hp_registry registry = context->registry;
  uv_mutex_unlock(&context->lock);
  if (hp__plan_make(plan, &registry, &context->sources, options, hp__context_is_inside(context),
                    &e) < 0)
    return hp__error_give(error, &e);
  return 0;
}

static int start_async(hp_context *context, const hp_options *options, hp_event_callback callback,
                       void *user, hp_process **out, hp_error **error) {
  struct hp_plan *plan;
  int result = hp_plan_make(context, options, &plan, error);
  if (result < 0)
    return result;
  hp_process *process = new_process(context, plan);
  if (!process) {
    hp_plan_free(plan);
    return fail(error, HP_ENOMEM, "no memory for a server");
  }
  process->callback = callback;
  process->user = user;
  *out = process;
  if (wish_start(process))
    return 0;
  *out = NULL;
  hp__process_free(process);
  return fail(error, HP_ESTATE, "the context is being closed");
}

/* The loop wakes while the plan is made. */
int hp_process_start_async(hp_context *context, const hp_options *options,
                           hp_event_callback callback, void *user, hp_process **out,
                           hp_error **error) {
  *out = NULL;
  hp__context_expect(context);
  int result = start_async(context, options, callback, user, out, error);
  hp__context_expect_no_more(context);
  return result;
}

/* ---- waiting ---- */

typedef bool (*condition)(const hp_process *process);

static bool is_over(const hp_process *process) {
  return hp__state_is_terminal(process->view.state);
}

static bool is_ready_or_over(const hp_process *process) {
  return process->view.state == HP_STATE_READY || is_over(process);
}

static const uint64_t LONGEST_MS = INT64_MAX / 1000000; /* 292 years, in nanoseconds */

/* Under the lock of its fields. Whether to look; not twice for the same. */
static bool may_look(const hp_context *context, struct hp_nearness *nearness) {
  bool is_near = nearness->is_near;
  nearness->is_near = false;
  nearness->waiter = context->registry.platform->processor();
  return is_near && hp__context_is_beside(context, nearness->worker);
}

/* Under the lock, which it leaves meanwhile. */
static void look_for_turn(hp_process *process) {
  uint64_t end = uv_hrtime() + HP_BRIEFLY;
  unsigned turns = atomic_load(&process->turns);
  uv_mutex_unlock(&process->lock);
  while (atomic_load(&process->turns) == turns && uv_hrtime() < end)
    ;
  uv_mutex_lock(&process->lock);
}

/* Under the lock. false: the time ran out. */
static bool wait_for(hp_process *process, condition reached, int64_t timeout) {
  uint64_t limit = (uint64_t)(timeout > 0 ? timeout : 0);
  uint64_t end = uv_hrtime() + (limit < LONGEST_MS ? limit : LONGEST_MS) * 1000000;
  while (!reached(process)) {
    if (may_look(process->context, &process->view.near_state)) {
      look_for_turn(process);
      continue;
    }
    if (timeout < 0) {
      uv_cond_wait(&process->changed, &process->lock);
      continue;
    }
    uint64_t now = uv_hrtime();
    if (now >= end)
      return false;
    uv_cond_timedwait(&process->changed, &process->lock, end - now);
  }
  return true;
}

void hp__process_enter(hp_process *process) {
  uv_mutex_lock(&process->context->lock);
  process->waiters++;
  uv_mutex_unlock(&process->context->lock);
}

void hp__process_leave(hp_process *process) {
  hp_context *context = process->context;
  uv_mutex_lock(&context->lock);
  if (--process->waiters == 0 && process->wish.close)
    hp__context_call(context, process);
  uv_mutex_unlock(&context->lock);
}

static int leave(hp_process *process, int result) {
  hp__process_leave(process);
  return result;
}

int hp__refuse_inside(hp_error **error) {
  return fail(error, HP_EDEADLK, "a callback cannot wait for the thread that it runs on");
}

static int give_failure(hp_process *process, hp_error **error) {
  struct hp_error copy = {0};
  hp__error_copy(&copy, &process->failure);
  return hp__error_give(error, &copy);
}

static int await_ready(hp_process *process, int64_t timeout, hp_error **error) {
  uv_mutex_lock(&process->lock);
  bool reached = wait_for(process, is_ready_or_over, timeout);
  bool ready = process->view.state == HP_STATE_READY;
  bool was_ready = process->view.ready_once;
  uv_mutex_unlock(&process->lock);
  if (!reached)
    return fail(error, HP_ETIMEDOUT, "the server is not ready yet");
  if (ready)
    return 0;
  if (process->failure.code)
    return give_failure(process, error);
  return fail(error, was_ready ? HP_ESTATE : HP_ECANCELED, "the server was stopped");
}

int hp_process_wait_ready(hp_process *process, int64_t timeout, hp_error **error) {
  if (hp__context_is_inside(process->context))
    return hp__refuse_inside(error);
  hp__process_enter(process);
  return leave(process, await_ready(process, timeout, error));
}

int hp_process_start(hp_context *context, const hp_options *options, hp_process **process,
                     hp_error **error) {
  if (hp__context_is_inside(context)) {
    *process = NULL;
    return hp__refuse_inside(error);
  }
  int result = hp_process_start_async(context, options, NULL, NULL, process, error);
  return result < 0 ? result : hp_process_wait_ready(*process, -1, error);
}

static int fail_killed(const hp_process *process, hp_error **error) {
  struct hp_error e = {0};
  hp__describe_kill(process, &e);
  return hp__error_give(error, &e);
}

static int await_end(hp_process *process, int64_t timeout, hp_error **error) {
  uv_mutex_lock(&process->lock);
  bool reached = wait_for(process, is_over, timeout);
  bool forced = process->view.forced, kill_asked = process->view.kill_asked;
  bool failed = process->view.state == HP_STATE_FAILED;
  uv_mutex_unlock(&process->lock);
  if (!reached)
    return fail(error, HP_ETIMEDOUT, "the server has not ended yet");
  if (failed)
    return give_failure(process, error);
  return forced && !kill_asked ? fail_killed(process, error) : 0;
}

int hp_process_wait(hp_process *process, int64_t timeout, hp_error **error) {
  if (hp__context_is_inside(process->context))
    return hp__refuse_inside(error);
  hp__process_enter(process);
  return leave(process, await_end(process, timeout, error));
}

/* ---- stop ---- */

static void ask(hp_process *process, int64_t budget) {
  hp_context *context = process->context;
  uv_mutex_lock(&process->lock);
  process->view.kill_asked = process->view.kill_asked || budget == 0;
  uv_mutex_unlock(&process->lock);
  uv_mutex_lock(&context->lock);
  struct hp_process_wish *wish = &process->wish;
  if (budget < 0)
    wish->patient = true;
  else if (budget == HP_NEVER)
    wish->stop = true;
  else if (budget == HP_NEXT_RUNG)
    wish->hurry = true;
  else if (budget < wish->limit)
    wish->limit = budget;
  hp__context_call(context, process);
  uv_mutex_unlock(&context->lock);
}

/* The largest numbers mean something else to the machine; to a caller they are for ever. */
static int64_t budget_of(int64_t timeout) {
  return timeout < HP_NEXT_RUNG ? timeout : -1;
}

void hp_process_shutdown_async(hp_process *process, int64_t timeout) {
  ask(process, budget_of(timeout));
}

int hp_process_shutdown(hp_process *process, int64_t timeout, hp_error **error) {
  if (hp__context_is_inside(process->context))
    return hp__refuse_inside(error);
  hp__process_enter(process);
  ask(process, budget_of(timeout));
  return leave(process, await_end(process, -1, error));
}

void hp_process_stop_async(hp_process *process) {
  ask(process, HP_NEVER);
}

void hp__process_hurry(hp_process *process) {
  ask(process, HP_NEXT_RUNG);
}

/* Under the lock, which it leaves meanwhile. */
static void await_close(hp_context *context, struct hp_closing *closing) {
  if (!may_look(context, &closing->near_end)) {
    uv_cond_wait(&context->changed, &context->lock);
    return;
  }
  uint64_t end = uv_hrtime() + HP_BRIEFLY;
  uv_mutex_unlock(&context->lock);
  while (!atomic_load(&closing->done) && uv_hrtime() < end)
    ;
  uv_mutex_lock(&context->lock);
}

void hp_process_close(hp_process *process) {
  if (!process)
    return;
  hp_context *context = process->context;
  bool inside = hp__context_is_inside(context);
  struct hp_closing closing = {.near_end.is_near = false};
  uv_mutex_lock(&context->lock);
  process->wish.stop = process->wish.close = true;
  hp__event_queue_forget(&context->events, process);
  process->wish.closing = inside ? NULL : &closing;
  context->visitors++;
  hp__context_call(context, process); /* from here on it may be gone at any moment */
  while (!inside && !atomic_load(&closing.done))
    await_close(context, &closing);
  context->visitors--;
  hp__context_end_if_due(context);
  uv_mutex_unlock(&context->lock);
}

/* ---- answers ---- */

/* The child is not freed while the lock is held. */
int hp__process_judge(hp_process *process, const struct hp_endpoint *endpoint,
                      uv_stream_t *stream) {
  const struct hp_platform_ops *platform = process->plan->platform;
  struct hp_peer peer;
  if (hp__ready_find(&process->plan->ready, HP_READY_INHERIT))
    return -1; /* the socket is ours, whoever accepts */
  hp__peer_find(&peer, platform, endpoint, stream);
  uv_mutex_lock(&process->lock);
  int ours = hp__peer_judge(&peer, platform, process->child, &process->plan->user);
  uv_mutex_unlock(&process->lock);
  return ours;
}

/* One field of the view, read under its lock. */
#define ANSWER(type, name, field)                                                                  \
  type name(hp_process *process) {                                                                 \
    uv_mutex_lock(&process->lock);                                                                 \
    type value = process->view.field;                                                              \
    uv_mutex_unlock(&process->lock);                                                               \
    return value;                                                                                  \
  }

ANSWER(const char *, hp_process_endpoint, endpoint)
ANSWER(const char *, hp_process_descriptor, descriptor)
ANSWER(const char *, hp_process_path, path)
ANSWER(const char *, hp_process_host, host)
ANSWER(uint16_t, hp_process_port, port)
ANSWER(const char *, hp_process_data_dir, data_dir)
ANSWER(int64_t, hp_process_pid, pid)
ANSWER(int64_t, hp_process_main_pid, main_pid)
ANSWER(enum hp_state, hp_process_state, state)
ANSWER(bool, hp_process_is_alive, alive)
ANSWER(enum hp_containment, hp_process_containment, containment)
ANSWER(bool, hp_process_is_verified, verified)
ANSWER(struct hp_exit, hp_process_exit_status, exit)
ANSWER(const char *, hp_process_stop_rung, stop_rung)
ANSWER(double, hp_process_stop_time, stop_time)

const char *hp_process_transport(hp_process *process) {
  uv_mutex_lock(&process->lock);
  const char *name = process->plan->transport->name;
  uv_mutex_unlock(&process->lock);
  return name;
}

char *hp_process_log_path(hp_process *process) {
  uv_mutex_lock(&process->lock);
  char *path = hp__strdup(process->view.log_path);
  uv_mutex_unlock(&process->lock);
  return path;
}

size_t hp_process_fallback_count(hp_process *process) {
  uv_mutex_lock(&process->lock);
  size_t count = process->view.fallbacks.count;
  uv_mutex_unlock(&process->lock);
  return count;
}

const char *hp_process_fallback(hp_process *process, size_t index) {
  uv_mutex_lock(&process->lock);
  const struct hp_strings *list = &process->view.fallbacks;
  const char *text = index < list->count ? list->items[index] : NULL;
  uv_mutex_unlock(&process->lock);
  return text;
}
