/* SPDX-License-Identifier: MIT */
#include "tests/conformance/transport.h"

#include "tests/support/os.h"

#include <stdlib.h>
#include <string.h>

/* A connection of TCP's occupies its port for a minute after its end: not every round makes one. */
enum { LEAK_ROUNDS = 1000, MEETING = 20, DEADLINE = 10000 /* ms, for what should take none */ };

/* ---- A loop that ends, whatever happens ---- */

struct world {
  uv_loop_t loop;
  uv_timer_t deadline;
  bool late;
};

static void expire(uv_timer_t *timer) {
  struct world *world = timer->data;
  world->late = true;
  uv_stop(&world->loop);
}

static void begin(struct world *world) {
  memset(world, 0, sizeof *world);
  uv_loop_init(&world->loop);
  uv_timer_init(&world->loop, &world->deadline);
  world->deadline.data = world;
  uv_timer_start(&world->deadline, expire, DEADLINE, 0);
  uv_unref((uv_handle_t *)&world->deadline);
}

/* Runs until nothing is left to do: everything was closed by then. */
static void finish(struct world *world) {
  uv_run(&world->loop, UV_RUN_DEFAULT);
  CHECK(!world->late);
  uv_close((uv_handle_t *)&world->deadline, NULL);
  uv_run(&world->loop, UV_RUN_DEFAULT);
  CHECK_INT(uv_loop_close(&world->loop), 0);
}

/* ---- A client ---- */

struct client {
  hp_connect_request request;
  bool inside; /* of the call to connect() */
  int calls, status, closes;
  uv_write_t write;
  char buffer[16], received[16];
  size_t length;
};

static void count_close(uv_handle_t *handle) {
  struct client *client = handle->data;
  client->closes++;
}

static void close_client(struct client *client) {
  client->request.as.handle.data = client;
  if (!uv_is_closing(&client->request.as.handle))
    uv_close(&client->request.as.handle, count_close);
}

static void report(hp_connect_request *request, int status) {
  struct client *client = request->data;
  CHECK(!client->inside);
  client->calls++;
  client->status = status;
  if (status != 0)
    close_client(client);
}

static int start(struct client *client, struct world *world, const struct hp_transport_ops *ops,
                 const struct hp_endpoint *endpoint, hp_connect_callback callback) {
  memset(client, 0, sizeof *client);
  client->request.data = client;
  client->request.callback = callback;
  client->inside = true;
  int code = ops->connect(&world->loop, &client->request, endpoint);
  client->inside = false;
  return code;
}

static int reserve(const struct hp_transport_subject *subject, void *state, int number,
                   struct hp_endpoint *endpoint) {
  struct hp_transport_spec spec = {.reuse_address = true};
  subject->make(&spec, number);
  return subject->ops->reserve(state, &spec, endpoint, NULL);
}

static void *new_state(const struct hp_transport_subject *subject) {
  return calloc(1, subject->ops->size + 1);
}

/* ---- Reservations ---- */

void hp_conform_table(const struct hp_transport_subject *subject) {
  const struct hp_transport_ops *ops = subject->ops;
  CHECK_INT(ops->version, HP_TRANSPORT_VERSION);
  CHECK(ops->name && ops->name[0] && ops->kind != HP_ENDPOINT_NONE);
  CHECK(ops->check && ops->reserve && ops->connect && ops->release);
  CHECK(!(ops->caps & HP_TRANSPORT_LISTENS) || ops->listen);
}

void hp_conform_check(const struct hp_transport_subject *subject) {
  struct hp_transport_spec spec = {.reuse_address = true};
  subject->make(&spec, 0);
  CHECK_INT(subject->ops->check(&spec, NULL), 0);
  CHECK_INT(subject->ops->check(&subject->impossible, NULL), subject->refusal);
}

void hp_conform_release_of_nothing(const struct hp_transport_subject *subject) {
  void *state = new_state(subject);
  subject->ops->release(state);
  subject->ops->release(state);
  free(state);
}

void hp_conform_reserve_and_release(const struct hp_transport_subject *subject) {
  void *state = new_state(subject);
  for (int i = 0; i < 3; i++) {
    struct hp_endpoint endpoint, again;
    char text[HP_ENDPOINT_TEXT_SIZE];
    CHECK_INT(reserve(subject, state, 0, &endpoint), 0);
    CHECK_INT(endpoint.kind, subject->ops->kind);
    CHECK(hp_endpoint_print(&endpoint, text) > 0);
    CHECK_INT(hp_endpoint_parse(&again, text, NULL), 0);
    CHECK(hp_endpoint_equal(&endpoint, &again));
    subject->ops->release(state);
    subject->ops->release(state);
  }
  free(state);
}

void hp_conform_reservations_differ(const struct hp_transport_subject *subject) {
  void *states[2] = {new_state(subject), new_state(subject)};
  struct hp_endpoint endpoints[2];
  for (int i = 0; i < 2; i++)
    CHECK_INT(reserve(subject, states[i], i, &endpoints[i]), 0);
  CHECK(!hp_endpoint_equal(&endpoints[0], &endpoints[1]));
  for (int i = 0; i < 2; i++) {
    subject->ops->release(states[i]);
    free(states[i]);
  }
}

void hp_conform_failed_reserve(const struct hp_transport_subject *subject) {
  void *state = new_state(subject);
  struct hp_endpoint endpoint;
  CHECK(subject->ops->reserve(state, &subject->impossible, &endpoint, NULL) < 0);
  subject->ops->release(state);
  free(state);
}

/* ---- Connections ---- */

/* Nobody listens: told once, later, or at once and then never again. */
void hp_conform_refused(const struct hp_transport_subject *subject) {
  void *state = new_state(subject);
  struct hp_endpoint endpoint;
  struct world world;
  struct client client;
  begin(&world);
  CHECK_INT(reserve(subject, state, 0, &endpoint), 0);
  int code = start(&client, &world, subject->ops, &endpoint, report);
  CHECK(code <= 0);
  finish(&world);
  CHECK_INT(client.calls, code == 0);
  CHECK_INT(client.closes, code == 0);
  CHECK(code < 0 || client.status < 0);
  subject->ops->release(state);
  free(state);
}

void hp_conform_foreign_endpoint(const struct hp_transport_subject *subject) {
  struct hp_endpoint endpoint = {0};
  struct world world;
  struct client client;
  begin(&world);
  CHECK(start(&client, &world, subject->ops, &endpoint, report) < 0);
  finish(&world);
  CHECK_INT(client.calls, 0);
}

/* A server that says back one message and ends. */
struct server {
  hp_listener listener;
  uv_stream_t *peer;
  uv_write_t write;
  char buffer[16];
  int clients;
};

static void free_handle(uv_handle_t *handle) {
  hp_free(handle);
}

static void end_peer(uv_write_t *write, int status) {
  CHECK_INT(status, 0);
  uv_close((uv_handle_t *)write->handle, free_handle);
}

static void lend_server(uv_handle_t *handle, size_t size, uv_buf_t *buffer) {
  struct server *server = handle->data;
  (void)size;
  *buffer = uv_buf_init(server->buffer, sizeof server->buffer);
}

static void say_back(uv_stream_t *stream, ssize_t length, const uv_buf_t *buffer) {
  struct server *server = stream->data;
  uv_buf_t answer = uv_buf_init(buffer->base, length > 0 ? (unsigned)length : 0);
  uv_read_stop(stream);
  CHECK(length > 0);
  uv_write(&server->write, stream, &answer, 1, end_peer);
}

static void serve(hp_listener *listener, uv_stream_t *stream) {
  struct server *server = listener->data;
  server->clients++;
  stream->data = server;
  uv_read_start(stream, lend_server, say_back);
  hp_listener_close(listener, NULL);
}

static int listen_with(const struct hp_transport_subject *subject, struct server *server,
                       struct world *world, int number, hp_listener_callback callback) {
  struct hp_transport_spec spec = {0};
  memset(server, 0, sizeof *server);
  server->listener.data = server;
  server->listener.callback = callback;
  subject->make(&spec, number);
  return subject->ops->listen(&world->loop, &server->listener, &spec, -1, NULL);
}

static void lend_client(uv_handle_t *handle, size_t size, uv_buf_t *buffer) {
  struct client *client = handle->data;
  (void)size;
  *buffer = uv_buf_init(client->buffer, sizeof client->buffer);
}

static void collect(uv_stream_t *stream, ssize_t length, const uv_buf_t *buffer) {
  struct client *client = stream->data;
  if (length < 0) {
    CHECK_INT(length, UV_EOF);
    close_client(client);
    return;
  }
  memcpy(client->received + client->length, buffer->base, (size_t)length);
  client->length += (size_t)length;
}

static void say(hp_connect_request *request, int status) {
  static char hello[] = "hello";
  struct client *client = request->data;
  uv_buf_t text = uv_buf_init(hello, 5);
  report(request, status);
  if (status != 0)
    return;
  request->as.stream.data = client;
  uv_write(&client->write, &request->as.stream, &text, 1, NULL);
  uv_read_start(&request->as.stream, lend_client, collect);
}

void hp_conform_round_trip(const struct hp_transport_subject *subject) {
  struct world world;
  struct server server;
  struct client client;
  if (!(subject->ops->caps & HP_TRANSPORT_LISTENS))
    return;
  begin(&world);
  REQUIRE(listen_with(subject, &server, &world, 0, serve) == 0);
  CHECK_INT(server.listener.endpoint.kind, subject->ops->kind);
  CHECK_INT(start(&client, &world, subject->ops, &server.listener.endpoint, say), 0);
  finish(&world);
  CHECK_INT(client.calls, 1);
  CHECK_INT(client.status, 0);
  CHECK_INT(server.clients, 1);
  CHECK_INT(client.length, 5);
  CHECK(memcmp(client.received, "hello", 5) == 0);
}

static void refuse_client(hp_listener *listener, uv_stream_t *stream) {
  (void)listener;
  uv_close((uv_handle_t *)stream, free_handle);
}

/* The owner may change its mind at any time before the callback, which still comes once. */
void hp_conform_close_while_connecting(const struct hp_transport_subject *subject) {
  struct world world;
  struct server server;
  struct client client;
  if (!(subject->ops->caps & HP_TRANSPORT_LISTENS))
    return;
  begin(&world);
  REQUIRE(listen_with(subject, &server, &world, 0, refuse_client) == 0);
  CHECK_INT(start(&client, &world, subject->ops, &server.listener.endpoint, report), 0);
  close_client(&client);
  CHECK_INT(client.calls, 0);
  hp_listener_close(&server.listener, NULL);
  finish(&world);
  CHECK_INT(client.calls, 1);
  CHECK_INT(client.status, UV_ECANCELED);
  CHECK_INT(client.closes, 1);
}

/* ---- Leaks ---- */

static void round_of_all(const struct hp_transport_subject *subject, int number) {
  void *state = new_state(subject);
  struct hp_endpoint endpoint;
  struct world world;
  struct server server;
  struct client refused, served;
  begin(&world);
  CHECK_INT(reserve(subject, state, 2 * number, &endpoint), 0);
  start(&refused, &world, subject->ops, &endpoint, report);
  if (subject->ops->caps & HP_TRANSPORT_LISTENS &&
      listen_with(subject, &server, &world, 2 * number + 1, serve) == 0) {
    if (number % MEETING == 0)
      start(&served, &world, subject->ops, &server.listener.endpoint, say);
    else
      hp_listener_close(&server.listener, NULL);
  }
  finish(&world);
  subject->ops->release(state);
  free(state);
}

void hp_conform_no_leak(const struct hp_transport_subject *subject) {
  round_of_all(subject, 0);
  long before = hp_os_count_handles();
  for (int i = 1; i <= LEAK_ROUNDS / hp_os_slowness(); i++)
    round_of_all(subject, i);
  long after = hp_os_count_handles(); /* where there is a pool of threads, one may have ended */
  CHECK(hp_os_has_pool() ? after <= before : after == before);
}
