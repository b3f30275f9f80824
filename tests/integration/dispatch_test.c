/* SPDX-License-Identifier: MIT */
/* Events in a loop of the host's own: by a descriptor that it polls, or by a wake-up. */
#include "core/context.h"
#include "tests/support/server.h"

#include <string.h>

struct told {
  uv_thread_t thread; /* that dispatched last */
  char states[256];
  int count, result; /* of a blocking call in the callback */
  bool closes;       /* its process, when that is ready */
};

static void note(hp_process *process, const hp_event *event, void *user) {
  struct told *told = user;
  if (hp_event_kind(event) == HP_EVENT_STATE) {
    strcat(told->states, hp_state_name(hp_event_state(event)));
    strcat(told->states, " ");
  }
  told->thread = uv_thread_self();
  told->result = hp_process_wait(process, 0, NULL);
  told->count++;
  if (told->closes && hp_event_state(event) == HP_STATE_READY)
    hp_process_close(process);
}

static hp_process *begin(hp_context *context, struct told *told) {
  hp_options *options = hp_test_echo("local");
  hp_process *process = NULL;
  CHECK_INT(hp_process_start_async(context, options, note, told, &process, NULL), 0);
  hp_options_free(options);
  return process;
}

struct host { /* a loop as an application has one */
  uv_loop_t loop;
  hp_context *context;
  struct told *told;
  const char *until;
  uv_timer_t deadline;
  uv_handle_t *source;
};

static void leave_loop(struct host *host) {
  uv_close(host->source, NULL);
  uv_close((uv_handle_t *)&host->deadline, NULL);
}

static void dispatch(struct host *host) {
  hp_context_dispatch(host->context);
  if (strstr(host->told->states, host->until) && !uv_is_closing(host->source))
    leave_loop(host);
}

static void too_late(uv_timer_t *timer) {
  leave_loop(timer->data);
}

static bool run_until(struct host *host, const char *until) {
  host->until = until;
  uv_timer_init(&host->loop, &host->deadline);
  host->deadline.data = host;
  uv_timer_start(&host->deadline, too_late, HP_PATIENCE_MS, 0);
  uv_run(&host->loop, UV_RUN_DEFAULT);
  return strstr(host->told->states, until) != NULL;
}

static void readable(uv_poll_t *poll, int status, int events) {
  (void)status, (void)events;
  dispatch(poll->data);
}

static bool polls(struct host *host, int fd, const char *until) {
  uv_poll_t poll = {.data = host};
  host->source = (uv_handle_t *)&poll;
  CHECK_INT(uv_poll_init(&host->loop, &poll, fd), 0);
  uv_poll_start(&poll, UV_READABLE, readable);
  return run_until(host, until);
}

static bool may_poll(hp_context *context, int *fd) {
  hp_error *error = NULL;
  int result = hp_context_poll_fd(context, fd, &error);
  bool told = result == 0 || (result == HP_EUNSUPPORTED && *fd == -1 &&
                              strstr(hp_test_message(error), "hp_context_set_wakeup"));
  CHECK(told);
  return result == 0;
}

HP_TEST(a_loop_polls_a_descriptor) {
  struct told told = {.result = 0};
  struct host host = {.context = hp_test_context(), .told = &told};
  int fd;
  if (!may_poll(host.context, &fd)) {
    hp_test_leave(host.context);
    SKIP("this system has no descriptors to poll");
  }
  uv_loop_init(&host.loop);
  hp_process *process = begin(host.context, &told);
  CHECK(polls(&host, fd, "ready "));
  uv_thread_t here = uv_thread_self();
  CHECK(uv_thread_equal(&told.thread, &here));
  CHECK_TEXT(told.states, "preparing starting waiting ready ");
  CHECK_INT(told.result, HP_EDEADLK);
  hp_process_stop_async(process);
  CHECK(polls(&host, fd, "stopped "));
  hp_process_close(process);
  CHECK_INT(hp_context_dispatch(host.context), 0);
  uv_loop_close(&host.loop);
  hp_test_leave(host.context);
}

static void wake(void *user) {
  uv_async_send(user);
}

static void woken(uv_async_t *async) {
  dispatch(async->data);
}

HP_TEST(a_loop_is_woken) {
  struct told told = {.result = 0};
  struct host host = {.context = hp_test_context(), .told = &told};
  uv_async_t async = {.data = &host};
  host.source = (uv_handle_t *)&async;
  uv_loop_init(&host.loop);
  uv_async_init(&host.loop, &async, woken);
  CHECK_INT(hp_context_set_wakeup(host.context, wake, &async, NULL), 0);
  hp_process *process = begin(host.context, &told);
  hp_process_stop_async(process);
  CHECK(run_until(&host, "stopped "));
  hp_process_close(process);
  uv_loop_close(&host.loop);
  hp_test_leave(host.context);
}

static void forget_wakeup(void *user) {
  (*(int *)user)++;
}

HP_TEST(what_is_not_dispatched_is_not_told) {
  struct told told = {.result = 0};
  hp_context *context = hp_test_context();
  int woken_times = 0;
  CHECK_INT(hp_context_set_wakeup(context, forget_wakeup, &woken_times, NULL), 0);
  hp_process *process = begin(context, &told);
  CHECK_INT(hp_process_wait_ready(process, -1, NULL), 0);
  hp_process_close(process); /* with events that nobody fetched */
  CHECK_INT(told.count, 0);
  CHECK_INT(hp_context_dispatch(context), 0);
  CHECK_INT(woken_times, 1); /* once for all of them */
  hp_test_leave(context);
}

static void post(void *user) {
  uv_sem_post(user);
}

HP_TEST(a_callback_may_close_its_process) {
  struct told told = {.closes = true};
  hp_context *context = hp_test_context();
  uv_sem_t woken_up;
  uv_sem_init(&woken_up, 0);
  CHECK_INT(hp_context_set_wakeup(context, post, &woken_up, NULL), 0);
  begin(context, &told);
  while (!strstr(told.states, "ready ")) {
    uv_sem_wait(&woken_up);
    hp_context_dispatch(context);
  }
  int count = told.count;
  hp_context_dispatch(context);
  CHECK_INT(told.count, count); /* it is closed: nothing more of it */
  hp_test_leave(context);       /* waits for its end */
  uv_sem_destroy(&woken_up);
}

static void count_event(hp_process *process, const hp_event *event, void *user) {
  (void)process, (void)event;
  ((struct told *)user)->count++;
}

/* Where nothing can be polled events come as they always did. */
HP_TEST(a_descriptor_that_cannot_be_had_changes_nothing) {
  static struct hp_platform_ops blind;
  struct told told = {.result = 0};
  hp_context *context = hp_test_context();
  hp_options *options = hp_test_echo("local");
  hp_process *process;
  int fd;
  blind = *context->registry.platform;
  blind.caps &= ~(uint32_t)HP_PLATFORM_POLL;
  CHECK_INT(hp_context_register_platform(context, &blind, NULL), 0);
  CHECK_INT(hp_context_poll_fd(context, &fd, NULL), HP_EUNSUPPORTED);
  CHECK_INT(hp_process_start_async(context, options, count_event, &told, &process, NULL), 0);
  CHECK_INT(hp_process_wait_ready(process, -1, NULL), 0);
  hp_options_free(options);
  hp_process_close(process);
  hp_test_leave(context);
  CHECK(told.count > 3);
}

HP_TEST(the_choice_is_made_before_the_first_start) {
  hp_context *context = hp_test_context();
  hp_options *options = hp_test_echo("local");
  hp_process *process;
  hp_error *error = NULL;
  int fd;
  CHECK_INT(hp_process_start(context, options, &process, NULL), 0);
  hp_options_free(options);
  CHECK_INT(hp_context_set_wakeup(context, forget_wakeup, NULL, &error), HP_ESTATE);
  CHECK_HAS(hp_test_message(error), "before the first start");
  CHECK_INT(hp_context_poll_fd(context, &fd, NULL), HP_ESTATE);
  CHECK_INT(fd, -1);
  hp_process_close(process);
  hp_test_leave(context);
}
