/* SPDX-License-Identifier: MIT */
/* The shell: what happens in the world becomes events, effects become calls. */
#include "core/process.h"

#include "core/alloc.h"

#include <stdio.h>
#include <string.h>

/* ---- time ---- */

/* uv_now() is rounded down. A deadline is counted from the next millisecond and looked at with the
 * one that has begun, so that it never passes early. */
int64_t hp__process_now(hp_process *process) {
  uv_update_time(process->context->loop);
  return (int64_t)uv_now(process->context->loop) + 1;
}

static void timer_due(uv_timer_t *timer) {
  hp_process *process = timer->data;
  struct hp_machine_event event = {.type = HP_ON_DEADLINE,
                                   .now = (int64_t)uv_now(process->context->loop)};
  hp__process_post(process, event);
}

static void arm(hp_process *process, const struct hp_effect *effect) {
  uv_update_time(process->context->loop);
  int64_t wait = effect->deadline - (int64_t)uv_now(process->context->loop);
  uv_timer_start(&process->timer, timer_due, wait > 0 ? (uint64_t)wait : 0, 0);
}

static void disarm(hp_process *process, const struct hp_effect *effect) {
  (void)effect;
  uv_timer_stop(&process->timer);
}

/* ---- telling ---- */

static const hp_error *current_error(const hp_process *process) {
  return process->failure.code ? &process->failure : NULL;
}

static void tell_callback(hp_process *process, enum hp_event_kind kind, enum hp_state state,
                          const char *text) {
  int64_t armed = process->machine.armed;
  struct hp_event event = {
      .kind = kind,
      .state = state,
      .text = text,
      .error = current_error(process),
      .remaining = armed == HP_NEVER ? -1 : armed - (int64_t)uv_now(process->context->loop),
  };
  hp__process_record(process, &event);
  hp__event_tell(process, &event);
}

void hp__process_inform(hp_process *process, const char *text) {
  const struct hp_secrets *secrets = &process->launch.known;
  char *shown = text && secrets->count ? hp__redact(secrets, text) : NULL;
  /* The end is told last: what is said before it still belongs to the state before. */
  enum hp_state state = process->finishing ? process->view.state : process->machine.state;
  tell_callback(process, HP_EVENT_INFO, state, shown ? shown : text);
  hp__free(shown);
}

static int view_descriptor(hp_process *process, const char *endpoint) {
  const struct hp_template *form = &process->plan->descriptor;
  const char *text = process->reported ? process->reported : endpoint;
  int result = form->count ? hp__launch_text(&process->launch, form, &text, NULL) : 0;
  process->view.descriptor = result == 0 ? hp__arena_copy(&process->arena, text) : NULL;
  return result;
}

int hp__process_view_endpoint(hp_process *process) {
  const struct hp_endpoint *endpoint = &process->launch.endpoint;
  struct hp_process_view *view = &process->view;
  struct hp_arena *arena = &process->arena;
  char text[HP_ENDPOINT_TEXT_SIZE];
  hp_endpoint_print(endpoint, text);
  uv_mutex_lock(&process->lock);
  int result = view_descriptor(process, text);
  view->endpoint = hp__arena_copy(arena, text);
  view->port = endpoint->port;
  view->host = endpoint->kind == HP_ENDPOINT_TCP ? hp__arena_copy(arena, endpoint->host) : NULL;
  view->path = endpoint->path[0] ? hp__arena_copy(arena, endpoint->path) : NULL;
  uv_mutex_unlock(&process->lock);
  return arena->failed || result == HP_ENOMEM ? HP_ENOMEM : 0;
}

void hp__process_publish(hp_process *process, enum hp_state state) {
  uv_mutex_lock(&process->lock);
  if (state == HP_STATE_READY) {
    process->view.ready_once = true;
    process->view.verified = process->verified;
  }
  process->view.state = state;
  process->view.pid = hp__subprocess_pid(process->server);
  process->view.alive = hp__subprocess_is_running(process->server);
  process->child = process->view.alive ? process->server->child : NULL;
  atomic_fetch_add(&process->turns, 1);
  uv_mutex_unlock(&process->lock);
  tell_callback(process, HP_EVENT_STATE, state, state == HP_STATE_STOPPING ? process->info : NULL);
  if (state == HP_STATE_READY || hp__state_is_terminal(state)) /* all that is waited for */
    uv_cond_broadcast(&process->changed); /* whoever wakes finds the lock free */
}

/* Under the lock of its fields. */
static bool draw_near(const hp_context *context, struct hp_nearness *nearness) {
  nearness->is_near = hp__context_is_beside(context, nearness->waiter);
  nearness->worker = context->registry.platform->processor();
  return nearness->is_near;
}

void hp__process_draw_near(hp_process *process) {
  hp_context *context = process->context;
  uv_mutex_lock(&process->lock);
  bool is_near = draw_near(context, &process->view.near_state);
  uv_mutex_unlock(&process->lock);
  if (is_near)
    uv_cond_broadcast(&process->changed);
  uv_mutex_lock(&context->lock);
  struct hp_closing *closing = process->wish.closing;
  is_near = closing && draw_near(context, &closing->near_end);
  uv_mutex_unlock(&context->lock);
  if (is_near)
    uv_cond_broadcast(&context->changed);
}

/* What the effects do can be seen by others before NOTIFY is reached: the state that they belong to
 * is seen first. READY and the end wait for what goes with them. */
static void show_state(hp_process *process) {
  enum hp_state state = process->machine.state;
  if (state == HP_STATE_READY || hp__state_is_terminal(state))
    return;
  uv_mutex_lock(&process->lock);
  process->view.state = state;
  uv_mutex_unlock(&process->lock);
}

static void notify(hp_process *process, const struct hp_effect *effect) {
  (void)effect;
  if (hp__state_is_terminal(process->machine.state))
    hp__process_finish(process); /* the end is told when nothing is left */
  else
    hp__process_publish(process, process->machine.state);
}

static void inform(hp_process *process, const struct hp_effect *effect) {
  (void)effect;
  hp__process_inform(process, process->info);
}

/* ---- effects ---- */

static void tell_warnings(hp_process *process) {
  const struct hp_strings *warnings = &process->plans->warnings;
  for (size_t i = 0; i < warnings->count; i++) {
    const char *text = hp__arena_format(&process->arena, "warning: %s", warnings->items[i]);
    if (text)
      hp__process_inform(process, text);
  }
}

static void prepare(hp_process *process, const struct hp_effect *effect) {
  (void)effect;
  tell_warnings(process);
  hp__process_prepare(process);
}

static void reserve(hp_process *process, const struct hp_effect *effect) {
  (void)effect;
  hp__process_reserve(process);
}

static void spawn(hp_process *process, const struct hp_effect *effect) {
  (void)effect;
  hp__process_spawn(process);
}

static void await(hp_process *process, const struct hp_effect *effect) {
  (void)effect;
  hp__process_await(process);
}

static void take_rung(hp_process *process, const struct hp_effect *effect) {
  hp__process_take_rung(process, effect->rung);
}

static void undo_reserve(hp_process *process, const struct hp_effect *effect) {
  (void)effect;
  hp__process_undo_reserve(process);
}

static void (*const carry_out[])(hp_process *, const struct hp_effect *) = {
    [HP_DO_PREPARE] = prepare, [HP_DO_RESERVE] = reserve,
    [HP_DO_SPAWN] = spawn,     [HP_DO_AWAIT] = await,
    [HP_DO_ARM] = arm,         [HP_DO_DISARM] = disarm,
    [HP_DO_STOP] = take_rung,  [HP_DO_RELEASE] = undo_reserve,
    [HP_DO_NOTIFY] = notify,   [HP_DO_INFORM] = inform,
};

/* ---- the only loop ---- */

static void step(hp_process *process) {
  struct hp_machine_event event = process->events[0];
  process->event_count--;
  memmove(process->events, process->events + 1,
          (size_t)process->event_count * sizeof *process->events);
  enum hp_cause before = process->machine.cause;
  struct hp_update update = hp__step(&process->machine, &event);
  if (process->machine.cause != before)
    hp__process_keep_cause(process);
  show_state(process);
  for (int i = 0; i < update.count; i++)
    carry_out[update.effects[i].type](process, &update.effects[i]);
}

/* Effects post events while an update is carried out: they wait until it is done. */
void hp__process_post(hp_process *process, struct hp_machine_event event) {
  if (process->event_count < HP_PROCESS_EVENTS)
    process->events[process->event_count++] = event;
  if (process->stepping)
    return;
  process->stepping = true;
  process->open++; /* the last handle may close on the way */
  while (process->event_count > 0)
    step(process);
  process->stepping = false;
  hp__process_release(process);
}

/* ---- the end ---- */

void hp__process_free(hp_process *process) {
  hp__launch_fini(&process->launch);
  hp__arena_fini(&process->arena);
  hp__error_fini(&process->failure);
  hp__error_fini(&process->attempt);
  hp__free(process->reservation);
  hp__free(process->reported);
  hp__free(process->view.log_path);
  hp_plan_free(process->plans);
  uv_mutex_destroy(&process->lock);
  uv_cond_destroy(&process->changed);
  hp__free(process);
}

/* Frees it when it has ended and its owner has let go; a call that is still to be served does it
 * then. Only the loop frees: a closing thread touches nothing of the process any more. */
static void free_if_closed(hp_process *process) {
  hp_context *context = process->context;
  uv_mutex_lock(&context->lock);
  bool closed = process->wish.close && !process->is_called && process->waiters == 0;
  struct hp_closing *closing = process->wish.closing;
  if (closed) {
    hp__context_unlink(context, process);
    hp__event_queue_forget(&context->events, process);
  }
  uv_mutex_unlock(&context->lock);
  if (!closed)
    return;
  hp__process_free(process);
  uv_mutex_lock(&context->lock);
  if (closing)
    atomic_store(&closing->done, true);
  uv_mutex_unlock(&context->lock);
  uv_cond_broadcast(&context->changed);
}

void hp__process_release(hp_process *process) {
  if (--process->open > 0)
    return;
  hp__process_keep_force(process);
  if (hp__process_end_record(process)) /* what is told can be read there */
    return;
  process->ended = true;
  hp__process_publish(process, process->machine.state);
  free_if_closed(process);
}

/* ---- wishes of callers ---- */

static void start(hp_process *process) {
  uv_timer_init(process->context->loop, &process->timer);
  process->timer.data = process;
  process->open++; /* until hp__process_finish() has closed the timer */
  hp__process_begin_record(process);
  struct hp_machine_event event = {.type = HP_ON_START, .now = hp__process_now(process)};
  hp__process_post(process, event);
}

static void post_stop(hp_process *process, int64_t budget) {
  struct hp_machine_event event = {.type = HP_ON_STOP, .now = hp__process_now(process)};
  event.as.budget = budget;
  hp__process_post(process, event);
}

void hp__process_serve(hp_process *process) {
  uv_mutex_lock(&process->context->lock);
  struct hp_process_wish wish = process->wish;
  process->wish.start = process->wish.stop = process->wish.patient = process->wish.hurry = false;
  process->wish.limit = HP_NEVER;
  uv_mutex_unlock(&process->context->lock);
  if (process->ended) {
    free_if_closed(process);
    return;
  }
  process->open++; /* each of the posts below may end it */
  if (wish.start)
    start(process);
  if (wish.patient)
    post_stop(process, -1);
  if (wish.stop)
    post_stop(process, HP_NEVER);
  if (wish.hurry)
    post_stop(process, HP_NEXT_RUNG);
  if (wish.limit != HP_NEVER)
    post_stop(process, wish.limit);
  hp__process_release(process);
}
