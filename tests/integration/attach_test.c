/* SPDX-License-Identifier: MIT */
/* A context on a loop of the host's. */
#include "tests/support/server.h"

#include <hyperprocess/uv.h>

#include <string.h>

/* Directories, and what is looked at in the end, are those of a context beside it. */
struct host {
  hp_context *beside, *context;
  uv_loop_t loop;
  uv_thread_t thread; /* on which events are to be told */
  hp_process *process;
  char states[200];
  int detached, told;
  int64_t pid;
  hp_connection *connection;
};

static void begin(struct host *host) {
  memset(host, 0, sizeof *host);
  host->beside = hp_test_context();
  host->thread = uv_thread_self();
  uv_loop_init(&host->loop);
  CHECK_INT(hp_context_attach(&host->loop, &host->context, NULL), 0);
  CHECK_INT(hp_context_register_platform(host->context, hp_test_platform(), NULL), 0);
}

static void note_detached(void *user) {
  struct host *host = user;
  host->detached++;
}

static void detach(struct host *host) {
  CHECK_INT(hp_context_detach(host->context, note_detached, host), 0);
  CHECK_INT(host->detached, 0); /* never from inside the call */
}

/* The loop ends by itself: nothing of the context is left in it. */
static void finish(struct host *host) {
  uv_run(&host->loop, UV_RUN_DEFAULT);
  CHECK_INT(host->detached, 1);
  CHECK_INT(uv_loop_close(&host->loop), 0);
  hp_test_leave(host->beside);
}

static void note(struct host *host, const hp_event *event) {
  uv_thread_t self = uv_thread_self();
  CHECK(uv_thread_equal(&self, &host->thread));
  host->told++;
  if (hp_event_kind(event) != HP_EVENT_STATE)
    return;
  strcat(host->states, hp_state_name(hp_event_state(event)));
  strcat(host->states, " ");
}

typedef void turn(struct host *host, hp_process *process, enum hp_state state);

/* What a test does at each state. */
static turn *take_turn;

static void note_event(hp_process *process, const hp_event *event, void *user) {
  struct host *host = user;
  note(host, event);
  if (hp_event_kind(event) == HP_EVENT_STATE)
    take_turn(host, process, hp_event_state(event));
}

static void start(struct host *host, hp_options *options, turn *each) {
  take_turn = each;
  CHECK_INT(hp_process_start_async(host->context, options, note_event, host, &host->process, NULL),
            0);
  hp_options_free(options);
  CHECK_INT(host->told, 0);
}

/* ---- Start, stop, end ---- */

static void stop_and_detach(struct host *host, hp_process *process, enum hp_state state) {
  if (state == HP_STATE_READY) {
    host->pid = hp_process_pid(process);
    hp_process_stop_async(process);
  } else if (state == HP_STATE_STOPPED) {
    CHECK_TEXT(hp_process_stop_rung(process), "tether");
    hp_process_close(process);
    detach(host);
  }
}

HP_TEST(a_server_from_start_to_end) {
  static const char *const transports[] = {"local", "tcp"};
  for (int i = 0; i < 2; i++) {
    struct host host;
    begin(&host);
    start(&host, hp_test_echo(transports[i]), stop_and_detach);
    finish(&host);
    CHECK_TEXT(host.states, "preparing starting waiting ready stopping stopped ");
    CHECK(host.pid > 0 && !hp_os_is_running(host.pid));
  }
}

static void detach_at_once(struct host *host, hp_process *process, enum hp_state state) {
  if (state != HP_STATE_READY)
    return;
  host->pid = hp_process_pid(process);
  detach(host); /* with a handle that nobody closes */
  CHECK_INT(hp_context_detach(host->context, NULL, NULL), HP_ESTATE);
}

HP_TEST(servers_that_are_left_are_closed) {
  struct host host;
  begin(&host);
  start(&host, hp_test_echo("local"), detach_at_once);
  finish(&host);
  CHECK(host.pid > 0 && !hp_os_is_running(host.pid));
}

static void do_nothing(struct host *host, hp_process *process, enum hp_state state) {
  (void)host, (void)process, (void)state;
}

HP_TEST(detached_while_it_starts) {
  struct host host;
  begin(&host);
  start(&host, hp_test_echo("local"), do_nothing);
  start(&host, hp_test_child("local", "arguments: [pause]", NULL), do_nothing);
  detach(&host);
  finish(&host);
}

HP_TEST(nothing_was_started) {
  struct host host;
  begin(&host);
  detach(&host);
  finish(&host);
  CHECK_INT(host.told, 0);
}

static void fail_and_detach(struct host *host, hp_process *process, enum hp_state state) {
  if (state != HP_STATE_FAILED)
    return;
  host->told = 1000;
  hp_process_close(process);
  detach(host);
}

HP_TEST(a_start_that_fails_is_told) {
  struct host host;
  begin(&host);
  start(&host, hp_test_child("local", "arguments: ['exit:3']", NULL), fail_and_detach);
  finish(&host);
  CHECK_INT(host.told, 1000);
}

/* ---- What would block ---- */

static void try_to_block(struct host *host, hp_process *process, enum hp_state state) {
  hp_options *options = hp_test_echo("local");
  hp_process *other = process;
  hp_handle handle;
  if (state == HP_STATE_READY) {
    CHECK_INT(hp_process_start(host->context, options, &other, NULL), HP_EDEADLK);
    CHECK(other == NULL);
    CHECK_INT(hp_process_wait_ready(process, -1, NULL), HP_EDEADLK);
    CHECK_INT(hp_process_wait(process, -1, NULL), HP_EDEADLK);
    CHECK_INT(hp_process_shutdown(process, -1, NULL), HP_EDEADLK);
    CHECK_INT(hp_process_connect(process, -1, &handle, NULL), HP_EDEADLK);
    CHECK_INT(hp_context_free(host->context), HP_EDEADLK);
    hp_process_close(process); /* does not wait */
    CHECK_INT(hp_process_state(process), HP_STATE_READY);
    detach(host);
  }
  hp_options_free(options);
}

HP_TEST(on_the_loops_thread_nothing_blocks) {
  struct host host;
  begin(&host);
  start(&host, hp_test_echo("local"), try_to_block);
  CHECK_INT(hp_process_wait_ready(host.process, -1, NULL), HP_EDEADLK); /* outside callbacks too */
  finish(&host);
}

static void use_from_beside(void *user) {
  struct host *host = user;
  for (int i = 0; i < 3; i++) {
    hp_process *process = hp_test_up(host->context, hp_test_echo("local"));
    REQUIRE(process != NULL);
    CHECK(hp_test_talks(process));
    hp_process_close(process);
  }
  CHECK_INT(hp_context_free(host->context), 0);
}

HP_TEST(other_threads_may_block) {
  struct host host;
  uv_thread_t thread;
  begin(&host);
  host.detached = 1; /* by hp_context_free() */
  uv_thread_create(&thread, use_from_beside, &host);
  uv_run(&host.loop, UV_RUN_DEFAULT);
  uv_thread_join(&thread);
  finish(&host);
}

HP_TEST(its_events_are_told_nowhere_else) {
  struct host host;
  hp_error *error = NULL;
  int fd;
  begin(&host);
  CHECK_INT(hp_context_set_wakeup(host.context, note_detached, &host, &error), HP_ESTATE);
  REQUIRE(error != NULL);
  CHECK_HAS(hp_test_message(error), "on its loop");
  CHECK_INT(hp_context_poll_fd(host.context, &fd, NULL), HP_ESTATE);
  CHECK_INT(hp_context_detach(host.beside, NULL, NULL), HP_ESTATE); /* it has its own thread */
  detach(&host);
  finish(&host);
}

/* ---- The loop's thread ---- */

static void stop_loop(struct host *host, hp_process *process, enum hp_state state) {
  if (state != HP_STATE_READY)
    return;
  CHECK_INT(hp_process_wait_ready(process, -1, NULL), HP_EDEADLK); /* it is this thread's now */
  uv_stop(&host->loop);
}

static void run_for_a_while(void *user) {
  struct host *host = user;
  host->thread = uv_thread_self();
  uv_run(&host->loop, UV_RUN_DEFAULT);
}

/* A server that would be told of its end dies a moment later: it has that moment. */
HP_TEST(a_server_outlives_the_thread_that_started_it) {
  enum { TALKS = 20 };
  struct host host;
  uv_thread_t thread;
  begin(&host);
  start(&host, hp_test_echo("local"), stop_loop);
  uv_thread_create(&thread, run_for_a_while, &host);
  uv_thread_join(&thread);
  host.thread = uv_thread_self();
  bool talks = true;
  for (int i = 0; talks && i < TALKS; i++)
    talks = hp_test_talks(host.process);
  CHECK(talks);
  take_turn = stop_and_detach;
  hp_process_stop_async(host.process);
  finish(&host);
  CHECK_TEXT(host.states, "preparing starting waiting ready stopping stopped ");
}

/* ---- Connections on the same loop ---- */

static void arrive(hp_connection *connection, const hp_error *error, void *user) {
  struct host *host = user;
  CHECK(!error && hp_connection_stream(connection) != NULL);
  hp_connection_close(connection, NULL, NULL);
  hp_process_stop_async(host->process);
}

static void visit(struct host *host, hp_process *process, enum hp_state state) {
  if (state == HP_STATE_READY)
    CHECK_INT(
        hp_process_connect_uv(process, &host->loop, &host->connection, -1, arrive, host, NULL), 0);
  else
    stop_and_detach(host, process, state);
}

HP_TEST(a_connection_on_the_same_loop) {
  struct host host;
  begin(&host);
  start(&host, hp_test_echo("local"), visit);
  finish(&host);
  CHECK(host.connection != NULL);
}

/* ---- Leaks ---- */

static void one_life(void) {
  struct host host;
  begin(&host);
  start(&host, hp_test_echo("local"), stop_and_detach);
  finish(&host);
}

/* One that was joined may be listed for a moment yet. */
static bool threads_fall_to(long count) {
  double end = hp_test_now() + HP_PATIENCE_MS;
  while (hp_os_count_threads() > count && hp_test_now() < end)
    ;
  return hp_os_count_threads() <= count;
}

HP_TEST(nothing_is_left) {
  one_life();
  long handles = hp_os_count_handles(), threads = hp_os_count_threads();
  for (int i = 0; i < 5; i++)
    one_life();
  CHECK(hp_os_count_handles() <= handles);
  CHECK(threads_fall_to(threads));
}
