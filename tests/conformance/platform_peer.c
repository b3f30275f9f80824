/* SPDX-License-Identifier: MIT */
/* Who is at the other end of a connection, and who listens on a port. */
#include "tests/conformance/platform_scene.h"
#include "transports/transports.h"

#include <stdio.h>
#include <string.h>

/* One connection over a transport: our end of it, and the other one where that is ours as well. */
struct meeting {
  struct hp_scene *scene;
  hp_listener listener;
  hp_connect_request request;
  uv_stream_t *served;
  bool connected, listening;
};

static void serve(hp_listener *listener, uv_stream_t *client) {
  struct meeting *meeting = listener->data;
  CHECK(!meeting->served);
  meeting->served = client;
}

static void connected(hp_connect_request *request, int status) {
  struct meeting *meeting = request->data;
  CHECK_INT(status, 0);
  meeting->connected = true;
}

static bool has_met(void *data) {
  const struct meeting *meeting = data;
  return meeting->served && (meeting->connected || !meeting->request.callback);
}

static bool listen_over(struct meeting *meeting, struct hp_scene *scene,
                        const struct hp_transport_ops *transport) {
  static int number;
  char name[16];
  snprintf(name, sizeof name, "m%d", number++);
  struct hp_transport_spec spec = {.directory = hp_test_directory(), .name = name};
  if (transport->kind == HP_ENDPOINT_TCP)
    spec = (struct hp_transport_spec){.host = "127.0.0.1"};
  memset(meeting, 0, sizeof *meeting);
  meeting->scene = scene;
  meeting->listener.data = meeting;
  meeting->listener.callback = serve;
  meeting->listening =
      CHECK_INT(transport->listen(&scene->loop, &meeting->listener, &spec, -1, NULL), 0);
  return meeting->listening;
}

enum { ORDER_SIZE = HP_ENDPOINT_TEXT_SIZE + 32 };

/* For a child: to call us. */
static void order_call(char order[ORDER_SIZE], const struct meeting *meeting) {
  char url[HP_ENDPOINT_TEXT_SIZE];
  hp_endpoint_print(&meeting->listener.endpoint, url);
  snprintf(order, ORDER_SIZE, "callback:%s hello", url);
}

static bool meet_ourselves(struct meeting *meeting, const struct hp_transport_ops *transport) {
  meeting->request.data = meeting;
  meeting->request.callback = connected;
  int code =
      transport->connect(&meeting->scene->loop, &meeting->request, &meeting->listener.endpoint);
  return CHECK_INT(code, 0) && CHECK(hp_scene_until(meeting->scene, has_met, meeting));
}

static void free_served(uv_handle_t *handle) {
  hp_free(handle);
}

static void part(struct meeting *meeting) {
  if (meeting->listening)
    hp_listener_close(&meeting->listener, NULL);
  if (meeting->connected)
    uv_close(&meeting->request.as.handle, NULL);
  if (meeting->served)
    uv_close((uv_handle_t *)meeting->served, free_served);
  for (int i = 0; i < 3; i++) /* the endings are on their way: this memory is ours until then */
    uv_run(&meeting->scene->loop, UV_RUN_NOWAIT);
}

/* `claimed`: it must be known; without it nobody is an answer, and another one never. */
static void expect_peer(const struct hp_peer *peer, int64_t pid, bool claimed) {
  CHECK(peer->pid == pid || (peer->pid == -1 && !claimed));
  if (hp_conform_own_user() >= 0)
    CHECK(peer->user == hp_conform_own_user() || (peer->user == -1 && !claimed));
  CHECK(memchr(peer->command, '\0', sizeof peer->command) != NULL);
}

static void expect_ends(const struct hp_platform_subject *subject, struct meeting *meeting,
                        bool claimed) {
  struct hp_peer peers[2];
  memset(peers, 'x', sizeof peers);
  subject->ops->stream_peer(meeting->served, &peers[0]);
  subject->ops->stream_peer(&meeting->request.as.stream, &peers[1]);
  for (int i = 0; i < 2; i++)
    expect_peer(&peers[i], uv_os_getpid(), claimed);
}

static void expect_pair(const struct hp_platform_subject *subject,
                        const struct hp_transport_ops *transport, bool claimed) {
  struct hp_scene scene;
  struct meeting meeting;
  hp_scene_begin(&scene, subject);
  if (listen_over(&meeting, &scene, transport) && meet_ourselves(&meeting, transport))
    expect_ends(subject, &meeting, claimed);
  part(&meeting);
  hp_scene_end(&scene);
}

void hp_conform_platform_stream_peer(const struct hp_platform_subject *subject) {
  expect_pair(subject, subject->local, CLAIMS(subject, HP_CLAIM_STREAM_PEER));
  expect_pair(subject, &hp__transport_tcp, false);
}

/* A process that we started calls us back: what readiness asks. */
void hp_conform_platform_stream_stranger(const struct hp_platform_subject *subject) {
  struct hp_scene scene;
  struct meeting meeting;
  struct hp_actor actor;
  struct hp_peer peer;
  char order[ORDER_SIZE];
  if (!CLAIMS(subject, HP_CLAIM_STREAM_PEER))
    return;
  hp_scene_begin(&scene, subject);
  if (listen_over(&meeting, &scene, subject->local)) {
    order_call(order, &meeting);
    hp_actor_init(&actor, &scene, order, "pause", NULL);
    hp_actor_start(&actor);
    CHECK(hp_scene_until(&scene, has_met, &meeting));
    subject->ops->stream_peer(meeting.served, &peer);
    expect_peer(&peer, actor.child->pid, true);
    if (CLAIMS(subject, HP_CLAIM_CONTAINS))
      CHECK_INT(subject->ops->contains(actor.child, peer.pid), 1);
    hp_actor_kill(&actor);
    hp_actor_fini(&actor);
  }
  part(&meeting);
  hp_scene_end(&scene);
}

/* ---- A connection that is cut ---- */

struct end {
  char byte[1];
  int endings;
};

static void lend(uv_handle_t *handle, size_t size, uv_buf_t *buffer) {
  struct end *end = handle->data;
  (void)size;
  *buffer = uv_buf_init(end->byte, sizeof end->byte);
}

static void await_ending(uv_stream_t *stream, ssize_t size, const uv_buf_t *buffer) {
  struct end *end = stream->data;
  (void)buffer;
  CHECK(size <= 0); /* nobody has sent anything */
  end->endings += size < 0;
  uv_read_stop(stream);
}

static bool have_ended(void *data) {
  const struct end *ends = data;
  return ends[0].endings && ends[1].endings;
}

static void expect_cut(const struct hp_platform_subject *subject,
                       const struct hp_transport_ops *transport) {
  struct hp_scene scene;
  struct meeting meeting;
  struct end ends[2] = {{.endings = 0}};
  hp_scene_begin(&scene, subject);
  if (listen_over(&meeting, &scene, transport) && meet_ourselves(&meeting, transport)) {
    uv_stream_t *streams[2] = {meeting.served, &meeting.request.as.stream};
    for (int i = 0; i < 2; i++) {
      streams[i]->data = &ends[i];
      uv_read_start(streams[i], lend, await_ending);
    }
    hp_scene_settle(&scene);
    CHECK(ends[0].endings == 0 && ends[1].endings == 0);
    subject->ops->stream_cut(streams[0]);
    CHECK(hp_scene_until(&scene, have_ended, ends));
    subject->ops->stream_cut(streams[0]); /* there is no harm in it */
    CHECK(!uv_is_closing((uv_handle_t *)streams[0]) && !uv_is_closing((uv_handle_t *)streams[1]));
  }
  part(&meeting);
  hp_scene_end(&scene);
}

/* The end of its tether is what it waits for; our handle stays open. */
static void expect_end_of_tether(const struct hp_platform_subject *subject) {
  struct hp_scene scene;
  struct meeting meeting;
  struct hp_actor actor;
  char order[ORDER_SIZE];
  hp_scene_begin(&scene, subject);
  if (listen_over(&meeting, &scene, subject->local)) {
    order_call(order, &meeting);
    hp_actor_init(&actor, &scene, order, "write:called", "tether", "exit:9", NULL);
    hp_actor_start(&actor);
    CHECK(hp_scene_until(&scene, has_met, &meeting));
    hp_actor_says(&actor, "called\n"); /* it writes no more, so the cut is the end for it */
    hp_scene_settle(&scene);
    CHECK_INT(actor.exits, 0);
    subject->ops->stream_cut(meeting.served);
    hp_actor_ends(&actor);
    CHECK_INT(actor.child->exit.value, 9);
    hp_actor_fini(&actor);
  }
  part(&meeting);
  hp_scene_end(&scene);
}

void hp_conform_platform_stream_cut(const struct hp_platform_subject *subject) {
  expect_cut(subject, subject->local);
  expect_cut(subject, &hp__transport_tcp);
  expect_end_of_tether(subject);
}

/* ---- A connection that leaves its loop ---- */

static void note_byte(uv_stream_t *stream, ssize_t size, const uv_buf_t *buffer) {
  struct end *end = stream->data;
  (void)buffer;
  if (size == 0)
    return;
  end->endings = size == 1 && end->byte[0] == '!' ? 1 : -1;
  uv_read_stop(stream);
}

static bool has_ended(void *data) {
  return ((const struct end *)data)->endings != 0;
}

/* The loop's end is closed: what the copy says arrives all the same, and its end is the end. */
static void expect_taken(const struct hp_platform_subject *subject,
                         const struct hp_transport_ops *transport) {
  struct hp_scene scene;
  struct meeting meeting;
  struct end end = {.endings = 0};
  hp_handle handle = HP_NO_HANDLE;
  hp_scene_begin(&scene, subject);
  if (listen_over(&meeting, &scene, transport) && meet_ourselves(&meeting, transport) &&
      CHECK_INT(subject->ops->stream_take(&meeting.request.as.stream, &handle), 0)) {
    CHECK(!hp_os_handle_is_inherited(handle));
    uv_close(&meeting.request.as.handle, NULL);
    meeting.connected = false; /* nothing is left to be closed of it */
    meeting.served->data = &end;
    uv_read_start(meeting.served, lend, note_byte);
    hp_scene_settle(&scene);
    CHECK_INT(end.endings, 0);
    CHECK(hp_os_handle_say(handle, "!", 1));
    CHECK(hp_scene_until(&scene, has_ended, &end));
    CHECK_INT(end.endings, 1);
    end.endings = 0;
    uv_read_start(meeting.served, lend, note_byte);
    hp_os_handle_close(handle);
    CHECK(hp_scene_until(&scene, has_ended, &end));
    CHECK_INT(end.endings, -1);
  }
  part(&meeting);
  hp_scene_end(&scene);
}

void hp_conform_platform_stream_take(const struct hp_platform_subject *subject) {
  expect_taken(subject, subject->local);
  expect_taken(subject, &hp__transport_tcp);
}

/* ---- Ports ---- */

static void expect_owner(const struct hp_platform_subject *subject,
                         const struct hp_endpoint *endpoint, int64_t pid, const char *command) {
  struct hp_peer peer;
  memset(&peer, 'x', sizeof peer);
  subject->ops->port_owner(endpoint, &peer);
  expect_peer(&peer, pid, CLAIMS(subject, HP_CLAIM_PORT_OWNER));
  if (CLAIMS(subject, HP_CLAIM_PORT_OWNER))
    CHECK_HAS(peer.command, command);
}

/* Another process may have taken the port at once: only ours it is no more. */
static void expect_no_owner(const struct hp_platform_subject *subject,
                            const struct hp_endpoint *endpoint, int64_t pid) {
  struct hp_peer peer;
  memset(&peer, 'x', sizeof peer);
  subject->ops->port_owner(endpoint, &peer);
  CHECK(peer.pid != pid && peer.pid >= -1);
}

static void expect_owning_child(struct hp_scene *scene) {
  struct hp_actor actor;
  struct hp_endpoint endpoint = {.kind = HP_ENDPOINT_TCP, .host = "127.0.0.1"};
  const char *lacking = hp_os_lacks(HP_OS_PORT_OWNERS);
  if (lacking) {
    hp_test_skip(lacking);
    return;
  }
  hp_actor_init(&actor, scene, "listen-tcp:0", "say-port:port ", "pause", NULL);
  if (hp_actor_start(&actor) && hp_actor_says(&actor, "port ") && hp_actor_says(&actor, "\n")) {
    endpoint.port = (uint16_t)hp_actor_number(&actor, "port ");
    expect_owner(scene->subject, &endpoint, actor.child->pid, "hp-child");
    hp_actor_kill(&actor);
    expect_no_owner(scene->subject, &endpoint, actor.child->pid);
  }
  hp_actor_fini(&actor);
}

void hp_conform_platform_port_owner(const struct hp_platform_subject *subject) {
  struct hp_scene scene;
  struct meeting meeting;
  hp_scene_begin(&scene, subject);
  if (listen_over(&meeting, &scene, &hp__transport_tcp)) {
    struct hp_endpoint endpoint = meeting.listener.endpoint;
    expect_owner(subject, &endpoint, uv_os_getpid(), "test_platform");
    part(&meeting);
    expect_no_owner(subject, &endpoint, uv_os_getpid());
  }
  expect_owning_child(&scene);
  hp_scene_end(&scene);
}
