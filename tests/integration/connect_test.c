/* SPDX-License-Identifier: MIT */
/* Connections of the library's: a descriptor or a stream to any endpoint, and to a server of ours.
 */
#include "tests/support/server.h"

#include <hyperprocess/uv.h>

#include <stdio.h>
#include <string.h>

static const char *const transports[] = {"local", "tcp"};
enum { TRANSPORTS = 2 };

static bool is_echoed(hp_handle handle) {
  static const char said[] = "there and back";
  char heard[sizeof said] = "";
  return hp_os_handle_say(handle, said, sizeof said) &&
         hp_os_handle_hear(handle, heard, sizeof heard) == sizeof heard && strcmp(said, heard) == 0;
}

static void check_connected(int code, hp_handle handle, hp_error *error) {
  CHECK_TEXT(error ? hp_test_message(error) : "", "");
  CHECK_INT(code, 0);
  REQUIRE(handle != HP_NO_HANDLE);
  CHECK(!hp_os_handle_is_inherited(handle));
  CHECK(is_echoed(handle)); /* which waits for the answer: it blocks */
  hp_os_handle_close(handle);
}

/* By its endpoint, or as ours. */
static void connect_to_each(bool as_ours) {
  hp_context *context = hp_test_context();
  for (int i = 0; i < TRANSPORTS; i++) {
    hp_process *process = hp_test_up(context, hp_test_echo(transports[i]));
    REQUIRE(process != NULL);
    hp_error *error = NULL;
    hp_handle handle = 0;
    int code = as_ours ? hp_process_connect(process, -1, &handle, &error)
                       : hp_connect(hp_process_endpoint(process), HP_PATIENCE_MS, &handle, &error);
    check_connected(code, handle, error);
    hp_process_close(process);
  }
  hp_test_leave(context);
}

HP_TEST(a_descriptor_to_any_endpoint) {
  connect_to_each(false);
}

HP_TEST(a_descriptor_to_a_server_of_ours) {
  connect_to_each(true);
}

static void check_refused(const char *endpoint, int64_t timeout, int code, const char *part) {
  hp_error *error = NULL;
  hp_handle handle = 0;
  CHECK_INT(hp_connect(endpoint, timeout, &handle, &error), code);
  CHECK_INT(handle, HP_NO_HANDLE);
  REQUIRE(error != NULL);
  CHECK_HAS(hp_error_message(error), part);
  if (code == HP_EIO || code == HP_ETIMEDOUT)
    CHECK_INT(hp_error_phase(error), HP_PHASE_CONNECT);
  if (code == HP_EIO)
    CHECK(hp_error_cause(error) && hp_error_os_code(error) > 0);
  hp_error_free(error);
}

HP_TEST(an_error_names_the_endpoint) {
  char endpoint[64];
  struct hp_wire *held = hp_wire_listen("tcp://127.0.0.1:0", -1);
  snprintf(endpoint, sizeof endpoint, "tcp://127.0.0.1:%u", (unsigned)hp_wire_port(held));
  check_refused(endpoint, -1, HP_EIO, endpoint);
  hp_wire_close(held);
  check_refused("nonsense", -1, HP_ECONFIG, "nonsense");
  check_refused("tcp://127.0.0.1:0", -1, HP_ECONFIG, "tcp://127.0.0.1:0");
  bool pipes = hp_os_lacks(HP_OS_UNIX_SOCKETS) != NULL;
  check_refused(pipes ? "npipe://./pipe/hp-nobody" : "unix:///nowhere/s", -1, HP_EIO,
                pipes ? "npipe://./pipe/hp-nobody" : "unix:///nowhere/s");
  check_refused(pipes ? "unix:///nowhere/s" : "npipe://./pipe/hp-nobody", -1, HP_EUNSUPPORTED,
                pipes ? "unix:///nowhere/s" : "npipe://./pipe/hp-nobody");
}

HP_TEST(a_server_that_is_not_ready) {
  hp_context *context = hp_test_context();
  hp_process *process = hp_test_up(context, hp_test_echo("local"));
  hp_error *error = NULL;
  hp_handle handle = 0;
  REQUIRE(process != NULL);
  CHECK_INT(hp_process_shutdown(process, -1, NULL), 0);
  CHECK_INT(hp_process_connect(process, -1, &handle, &error), HP_ESTATE);
  CHECK_INT(handle, HP_NO_HANDLE);
  CHECK_HAS(hp_test_message(error), "'echo' is not ready");
  hp_process_close(process);
  hp_test_leave(context);
}

static void connect_inside(hp_process *process, const hp_event *event, struct hp_test_log *log) {
  hp_handle handle = 0;
  if (hp_event_state(event) == HP_STATE_READY && hp_event_kind(event) == HP_EVENT_STATE)
    *(int *)log->data = hp_process_connect(process, -1, &handle, NULL);
}

HP_TEST(a_callback_must_not_wait_for_it) {
  hp_context *context = hp_test_context();
  struct hp_test_log log;
  int code = 1;
  hp_test_log_init(&log);
  log.hook = connect_inside;
  log.data = &code;
  hp_process *process = hp_test_begin(context, hp_test_echo("local"), &log);
  CHECK_INT(hp_process_wait_ready(process, -1, NULL), 0);
  hp_process_close(process);
  CHECK_INT(code, HP_EDEADLK);
  hp_test_leave(context);
  hp_test_log_fini(&log);
}

/* Its socket is taken away, and somebody else listens there. */
HP_TEST(a_stranger_at_the_servers_address) {
  NEEDS(HP_OS_UNIX_SOCKETS);
  hp_context *context = hp_test_context();
  char spec[700];
  snprintf(spec, sizeof spec, "unix:%s", hp_test_path("s"));
  hp_process *process = hp_test_up(context, hp_test_echo(spec));
  REQUIRE(process != NULL);
  uv_fs_t request;
  CHECK_INT(uv_fs_unlink(NULL, &request, hp_process_path(process), NULL), 0);
  struct hp_wire *stranger = hp_wire_listen(hp_process_endpoint(process), 8);
  REQUIRE(stranger != NULL);
  hp_error *error = NULL;
  hp_handle handle = 0;
  CHECK_INT(hp_process_connect(process, -1, &handle, &error), HP_EPEER);
  CHECK_INT(handle, HP_NO_HANDLE);
  REQUIRE(error != NULL);
  CHECK_HAS(hp_test_message(error), hp_process_endpoint(process));
  CHECK_INT(hp_connect(hp_process_endpoint(process), -1, &handle, NULL), 0); /* who does not ask */
  hp_os_handle_close(handle);
  hp_wire_close(stranger);
  hp_process_close(process);
  hp_test_leave(context);
}

/* ---- A queue that is full ---- */

enum { FULL_MS = 50, QUEUE_MAX = 64 };

struct crowd {
  uv_loop_t loop;
  uv_pipe_t server;
  uv_async_t end;
  hp_handle waiting[QUEUE_MAX];
  int count;
};

static void accept_one(uv_stream_t *server, int status) {
  uv_pipe_t *client = hp_alloc(sizeof *client);
  CHECK_INT(status, 0);
  uv_pipe_init(server->loop, client, 0);
  CHECK_INT(uv_accept(server, (uv_stream_t *)client), 0);
  uv_close((uv_handle_t *)client, (uv_close_cb)hp_free);
}

static void close_all(uv_async_t *end) {
  struct crowd *crowd = end->data;
  uv_close((uv_handle_t *)&crowd->server, NULL);
  uv_close((uv_handle_t *)&crowd->end, NULL);
}

static void run_server(void *data) {
  uv_run(&((struct crowd *)data)->loop, UV_RUN_DEFAULT);
}

static const char *gather(struct crowd *crowd) {
  static char endpoint[700];
  uv_loop_init(&crowd->loop);
  uv_async_init(&crowd->loop, &crowd->end, close_all);
  uv_pipe_init(&crowd->loop, &crowd->server, 0);
  crowd->end.data = crowd;
  CHECK_INT(uv_pipe_bind(&crowd->server, hp_test_path("full")), 0);
  CHECK_INT(uv_listen((uv_stream_t *)&crowd->server, 2, accept_one), 0);
  snprintf(endpoint, sizeof endpoint, "unix://%s", hp_test_path("full"));
  while (crowd->count < QUEUE_MAX &&
         hp_connect(endpoint, FULL_MS, &crowd->waiting[crowd->count], NULL) == 0)
    crowd->count++;
  return endpoint;
}

HP_TEST(a_full_queue_is_tried_until_there_is_room) {
  NEEDS(HP_OS_UNIX_SOCKETS);
  NEEDS(HP_OS_FULL_QUEUES);
  struct crowd crowd = {.count = 0};
  const char *endpoint = gather(&crowd);
  hp_handle handle;
  uv_thread_t thread;
  double began = hp_test_now();
  check_refused(endpoint, FULL_MS, HP_ETIMEDOUT, endpoint);
  CHECK_TOOK(began, FULL_MS);
  uv_thread_create(&thread, run_server, &crowd);
  CHECK_INT(hp_connect(endpoint, HP_PATIENCE_MS, &handle, NULL), 0);
  hp_os_handle_close(handle);
  while (crowd.count > 0)
    hp_os_handle_close(crowd.waiting[--crowd.count]);
  uv_async_send(&crowd.end);
  uv_thread_join(&thread);
  CHECK_INT(uv_loop_close(&crowd.loop), 0);
}

/* ---- Many ---- */

enum { THREADS = 4, EACH = 25 };

static void connect_often(void *process) {
  for (int i = 0; i < EACH; i++) {
    hp_handle handle;
    if (!CHECK_INT(hp_process_connect(process, HP_PATIENCE_MS, &handle, NULL), 0))
      return;
    CHECK(is_echoed(handle));
    hp_os_handle_close(handle);
  }
}

HP_TEST(any_thread_and_nothing_is_left) {
  hp_context *context = hp_test_context();
  hp_process *process = hp_test_up(context, hp_test_echo("local"));
  REQUIRE(process != NULL);
  uv_thread_t threads[THREADS];
  connect_often(process);
  long before = hp_os_count_handles();
  for (int i = 0; i < THREADS; i++)
    uv_thread_create(&threads[i], connect_often, process);
  for (int i = 0; i < THREADS; i++)
    uv_thread_join(&threads[i]);
  CHECK(hp_os_count_handles() <= before);
  hp_process_close(process);
  hp_test_leave(context);
}

static void connect_until_it_ends(void *process) {
  int code;
  do {
    hp_handle handle;
    code = hp_process_connect(process, HP_PATIENCE_MS, &handle, NULL);
    if (code == 0)
      hp_os_handle_close(handle);
  } while (code == 0);
  CHECK(code == HP_ESTATE || code == HP_EIO || code == HP_EPEER);
}

HP_TEST(a_server_that_stops_under_its_callers) {
  hp_context *context = hp_test_context();
  hp_process *process = hp_test_up(context, hp_test_echo("local"));
  REQUIRE(process != NULL);
  uv_thread_t threads[THREADS];
  for (int i = 0; i < THREADS; i++)
    uv_thread_create(&threads[i], connect_until_it_ends, process);
  CHECK_INT(hp_process_shutdown(process, -1, NULL), 0);
  for (int i = 0; i < THREADS; i++)
    uv_thread_join(&threads[i]);
  hp_process_close(process);
  hp_test_leave(context);
}

/* ---- Streams of a loop ---- */

struct guest {
  uv_loop_t loop;
  hp_connection *connection;
  uv_write_t write;
  char heard[16];
  size_t length;
  int told, code, closed;
  bool inside, keeps;
};

static void note_closed(void *user) {
  struct guest *guest = user;
  guest->closed++;
}

static void leave(struct guest *guest) {
  hp_connection_close(guest->connection, note_closed, guest);
  hp_connection_close(guest->connection, note_closed, guest); /* there is no harm in it */
}

static void lend(uv_handle_t *handle, size_t size, uv_buf_t *buffer) {
  struct guest *guest = handle->data;
  (void)size;
  *buffer = uv_buf_init(guest->heard + guest->length, (unsigned)(5 - guest->length));
}

static void hear(uv_stream_t *stream, ssize_t length, const uv_buf_t *buffer) {
  struct guest *guest = stream->data;
  (void)buffer;
  CHECK(length >= 0);
  guest->length += length > 0 ? (size_t)length : 0;
  if (guest->length == 5 || length < 0)
    leave(guest);
}

static void talk(struct guest *guest) {
  uv_buf_t text = uv_buf_init((char *)(uintptr_t) "hello", 5);
  uv_stream_t *stream = hp_connection_stream(guest->connection);
  stream->data = guest;
  CHECK_INT(uv_write(&guest->write, stream, &text, 1, NULL), 0);
  CHECK_INT(uv_read_start(stream, lend, hear), 0);
}

static void meet(hp_connection *connection, const hp_error *error, void *user) {
  struct guest *guest = user;
  CHECK(connection == guest->connection && !guest->inside);
  CHECK((hp_connection_stream(connection) == NULL) == (error != NULL));
  guest->told++;
  guest->code = error ? hp_error_code(error) : 0;
  if (!error)
    talk(guest);
  else if (!guest->keeps)
    leave(guest);
}

static void run_to_the_end(struct guest *guest) {
  uv_run(&guest->loop, UV_RUN_DEFAULT);
  CHECK_INT(guest->closed, 1);
  CHECK_INT(uv_loop_close(&guest->loop), 0);
}

HP_TEST(a_stream_of_a_hosts_loop) {
  hp_context *context = hp_test_context();
  for (int i = 0; i < 2 * TRANSPORTS; i++) {
    struct guest guest = {.inside = true};
    hp_process *process = hp_test_up(context, hp_test_echo(transports[i % TRANSPORTS]));
    REQUIRE(process != NULL);
    uv_loop_init(&guest.loop);
    int code = i < TRANSPORTS
                   ? hp_connect_uv(&guest.loop, &guest.connection, hp_process_endpoint(process),
                                   HP_PATIENCE_MS, meet, &guest, NULL)
                   : hp_process_connect_uv(process, &guest.loop, &guest.connection, HP_PATIENCE_MS,
                                           meet, &guest, NULL);
    guest.inside = false;
    CHECK_INT(code, 0);
    run_to_the_end(&guest);
    CHECK(guest.told == 1 && guest.code == 0 && memcmp(guest.heard, "hello", 5) == 0);
    hp_process_close(process);
  }
  hp_test_leave(context);
}

HP_TEST(a_stream_that_is_refused) {
  char endpoint[64];
  struct hp_wire *held = hp_wire_listen("tcp://127.0.0.1:0", -1);
  snprintf(endpoint, sizeof endpoint, "tcp://127.0.0.1:%u", (unsigned)hp_wire_port(held));
  for (int i = 0; i < 2; i++) {
    struct guest guest = {.inside = true, .keeps = i == 1};
    uv_loop_init(&guest.loop);
    CHECK_INT(hp_connect_uv(&guest.loop, &guest.connection, endpoint, -1, meet, &guest, NULL), 0);
    guest.inside = false;
    if (guest.keeps) { /* closed later, and not by its callback */
      uv_run(&guest.loop, UV_RUN_DEFAULT);
      leave(&guest);
    }
    run_to_the_end(&guest);
    CHECK_INT(guest.told, 1);
    CHECK_INT(guest.code, HP_EIO);
  }
  hp_wire_close(held);
}

HP_TEST(a_stream_that_is_given_up) {
  hp_context *context = hp_test_context();
  hp_process *process = hp_test_up(context, hp_test_echo("local"));
  REQUIRE(process != NULL);
  struct guest guest = {.told = 0};
  uv_loop_init(&guest.loop);
  CHECK_INT(hp_connect_uv(&guest.loop, &guest.connection, hp_process_endpoint(process), -1, meet,
                          &guest, NULL),
            0);
  leave(&guest);
  CHECK_INT(guest.closed, 0);
  run_to_the_end(&guest);
  CHECK_INT(guest.told, 0);
  hp_process_close(process);
  hp_test_leave(context);
}

HP_TEST(a_stream_that_cannot_be) {
  struct guest guest = {.told = 0};
  hp_error *error = NULL;
  uv_loop_init(&guest.loop);
  CHECK_INT(hp_connect_uv(&guest.loop, &guest.connection, "nonsense", -1, meet, &guest, &error),
            HP_ECONFIG);
  CHECK_HAS(hp_test_message(error), "nonsense");
  CHECK(guest.connection == NULL);
  hp_connection_close(guest.connection, NULL, NULL);
  uv_run(&guest.loop, UV_RUN_DEFAULT);
  CHECK_INT(guest.told, 0);
  CHECK_INT(uv_loop_close(&guest.loop), 0);
}
