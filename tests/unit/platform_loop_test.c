/* SPDX-License-Identifier: MIT */
/* What the platform brings into the loop: alarms, directory watches, notify sockets; and peers. */
#include "tests/support/spawned.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static const struct hp_platform_ops *const platform = &hp__platform_linux;

struct scene {
  uv_loop_t loop;
  uv_timer_t deadline;
  bool late;
  int count;
  char text[8192];
  struct hp_peer peer;
  hp_alarm *alarm;
  hp_notify *notify;
};

static void too_late(uv_timer_t *timer) {
  struct scene *scene = timer->data;
  scene->late = true;
}

static void begin(struct scene *scene) {
  memset(scene, 0, sizeof *scene);
  uv_loop_init(&scene->loop);
  uv_timer_init(&scene->loop, &scene->deadline);
  scene->deadline.data = scene;
}

static bool run_until_count(struct scene *scene, int count) {
  uv_timer_start(&scene->deadline, too_late, HP_TEST_PATIENCE_MS, 0);
  while (scene->count < count && !scene->late)
    uv_run(&scene->loop, UV_RUN_ONCE);
  uv_timer_stop(&scene->deadline);
  return scene->count == count;
}

static void end(struct scene *scene) {
  uv_close((uv_handle_t *)&scene->deadline, NULL);
  uv_run(&scene->loop, UV_RUN_DEFAULT);
  CHECK_INT(uv_loop_close(&scene->loop), 0);
}

static void count_one(void *data) {
  struct scene *scene = data;
  scene->count++;
}

static void ring_and_free(void *data) {
  struct scene *scene = data;
  scene->count++;
  platform->alarm_free(scene->alarm);
}

HP_TEST(an_alarm_rings_once_and_not_before) {
  struct scene scene;
  begin(&scene);
  CHECK_INT(platform->alarm_new(&scene.loop, &scene.alarm, count_one, &scene), 0);
  uint64_t start = uv_hrtime();
  platform->alarm_set(scene.alarm, 300000);
  CHECK(run_until_count(&scene, 1));
  CHECK(uv_hrtime() - start >= 300000);
  uv_run(&scene.loop, UV_RUN_NOWAIT);
  CHECK_INT(scene.count, 1);
  platform->alarm_free(scene.alarm);
  end(&scene);
}

HP_TEST(an_alarm_that_is_stopped_or_moved_is_silent) {
  struct scene scene;
  begin(&scene);
  CHECK_INT(platform->alarm_new(&scene.loop, &scene.alarm, count_one, &scene), 0);
  platform->alarm_set(scene.alarm, 1);
  for (uint64_t start = uv_hrtime(); uv_hrtime() - start < 1000000;)
    ; /* it has run out, and the loop has not looked yet */
  platform->alarm_set(scene.alarm, 0);
  uv_run(&scene.loop, UV_RUN_NOWAIT);
  CHECK_INT(scene.count, 0);
  platform->alarm_set(scene.alarm, 3600 * UINT64_C(1000000000));
  uv_run(&scene.loop, UV_RUN_NOWAIT);
  CHECK_INT(scene.count, 0);
  platform->alarm_set(scene.alarm, 1000);
  CHECK(run_until_count(&scene, 1));
  platform->alarm_free(scene.alarm);
  end(&scene);
}

struct rivals {
  hp_alarm *alarms[2];
  int count;
};

static void silence_both(void *data) {
  struct rivals *rivals = data;
  rivals->count++;
  for (int i = 0; i < 2; i++)
    platform->alarm_set(rivals->alarms[i], 0);
}

/* Both have run out when the loop looks; the first one to be called stops the other. */
HP_TEST(an_alarm_that_is_stopped_at_the_last_moment_is_silent) {
  struct scene scene;
  struct rivals rivals = {.count = 0};
  begin(&scene);
  for (int i = 0; i < 2; i++) {
    CHECK_INT(platform->alarm_new(&scene.loop, &rivals.alarms[i], silence_both, &rivals), 0);
    platform->alarm_set(rivals.alarms[i], 1);
  }
  for (uint64_t start = uv_hrtime(); uv_hrtime() - start < 1000000;)
    ;
  uv_run(&scene.loop, UV_RUN_NOWAIT);
  CHECK_INT(rivals.count, 1);
  for (int i = 0; i < 2; i++)
    platform->alarm_free(rivals.alarms[i]);
  end(&scene);
}

HP_TEST(an_alarm_may_be_freed_by_its_callback) {
  struct scene scene;
  begin(&scene);
  long fds = hp_os_count_handles();
  CHECK_INT(platform->alarm_new(&scene.loop, &scene.alarm, ring_and_free, &scene), 0);
  platform->alarm_set(scene.alarm, 1000);
  CHECK(run_until_count(&scene, 1));
  CHECK_INT(hp_os_count_handles(), fds);
  end(&scene);
  platform->alarm_free(NULL);
}

HP_TEST(something_appears_in_a_directory) {
  struct scene scene;
  begin(&scene);
  hp_watch *watch = platform->watch_new(&scene.loop, hp_test_directory(), count_one, &scene);
  REQUIRE(watch);
  hp_test_file("a", "x");
  hp_test_file("b", "x");
  CHECK(run_until_count(&scene, 1)); /* one call for both */
  CHECK(platform->watch_new(&scene.loop, "/nonexistent", count_one, &scene) == NULL);
  platform->watch_free(watch);
  platform->watch_free(NULL);
  end(&scene);
}

static void hear(void *data, const char *text, const struct hp_peer *peer) {
  struct scene *scene = data;
  scene->count++;
  scene->peer = *peer;
  snprintf(scene->text + strlen(scene->text), sizeof scene->text - strlen(scene->text), "%s|",
           text);
}

static void hear_and_free(void *data, const char *text, const struct hp_peer *peer) {
  struct scene *scene = data;
  hear(data, text, peer);
  platform->notify_free(scene->notify);
}

static int open_notify(struct scene *scene, char path[1024], hp_notify_callback callback) {
  struct hp_user user = {.id = -1};
  snprintf(path, 1024, "%s/notify", hp_test_directory());
  begin(scene);
  return platform->notify_new(&scene->loop, &scene->notify, path, &user, callback, scene, NULL);
}

static void send_to(const char *path, const void *text, size_t size, int fd) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  struct iovec part = {(void *)text, size};
  char control[CMSG_SPACE(sizeof(int))] = {0};
  struct msghdr message = {
      .msg_name = &address, .msg_namelen = sizeof address, .msg_iov = &part, .msg_iovlen = 1};
  snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
  if (fd >= 0) {
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof fd);
    memcpy(CMSG_DATA(header), &fd, sizeof fd);
  }
  int socket_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  CHECK_INT(sendmsg(socket_fd, &message, 0), size);
  close(socket_fd);
}

HP_TEST(a_child_notifies) {
  struct scene scene;
  struct hp_spawned child;
  char path[1024], variable[1100];
  char *environment[] = {variable, NULL};
  CHECK_INT(open_notify(&scene, path, hear), 0);
  struct stat stat_of;
  CHECK(stat(path, &stat_of) == 0 && (stat_of.st_mode & 07777) == 0600);
  snprintf(variable, sizeof variable, "NOTIFY_SOCKET=%s", path);
  hp_spawned_init(&child, "notify:READY=1\nSTATUS=up", "pause", NULL);
  child.spawn.environment = environment;
  CHECK_INT(hp_spawned_start(&child), 0);
  CHECK(run_until_count(&scene, 1));
  CHECK_TEXT(scene.text, "READY=1\nSTATUS=up|");
  CHECK_INT(scene.peer.pid, child.child.base.pid);
  CHECK_INT(scene.peer.user, geteuid());
  platform->signal(&child.child.base, HP_SCOPE_TREE, "KILL", NULL);
  hp_spawned_end(&child);
  hp_spawned_fini(&child);
  platform->notify_free(scene.notify);
  end(&scene);
  CHECK(access(path, F_OK) < 0);
}

HP_TEST(notifications_are_drained_and_descriptors_dropped) {
  if (hp_test_is_emulated())
    SKIP("qemu-user loses descriptors that came with a message");
  struct scene scene;
  char path[1024], much[5000];
  memset(much, 'x', sizeof much);
  CHECK_INT(open_notify(&scene, path, hear), 0);
  long fds = hp_os_count_handles();
  send_to(path, "a", 1, 0);
  send_to(path, "FDSTORE=1", 9, 0);
  send_to(path, much, sizeof much, -1); /* cut: ignored */
  send_to(path, "", 0, -1);
  send_to(path, "b", 1, -1);
  uv_run(&scene.loop, UV_RUN_NOWAIT); /* one look at the loop takes all */
  CHECK_TEXT(scene.text, "a|FDSTORE=1||b|");
  CHECK_INT(scene.peer.pid, getpid());
  CHECK_INT(hp_os_count_handles(), fds);
  platform->notify_free(scene.notify);
  platform->notify_free(NULL);
  end(&scene);
}

HP_TEST(a_notify_socket_may_be_freed_by_its_callback) {
  struct scene scene;
  char path[1024];
  CHECK_INT(open_notify(&scene, path, hear_and_free), 0);
  send_to(path, "a", 1, -1);
  send_to(path, "b", 1, -1);
  CHECK(run_until_count(&scene, 1));
  end(&scene);
  CHECK_TEXT(scene.text, "a|");
}

HP_TEST(a_notify_socket_that_another_user_reaches) {
  if (geteuid() != 0)
    SKIP("not root");
  struct scene scene;
  char path[1024];
  struct stat stat_of;
  struct hp_user nobody = {.id = 65534, .group = 65534, .name = "nobody"};
  begin(&scene);
  snprintf(path, sizeof path, "%s/n", hp_test_directory());
  CHECK_INT(platform->notify_new(&scene.loop, &scene.notify, path, &nobody, hear, &scene, NULL), 0);
  CHECK(stat(path, &stat_of) == 0 && stat_of.st_uid == 65534 && (stat_of.st_mode & 0777) == 0600);
  platform->notify_free(scene.notify);
  end(&scene);
}

HP_TEST(a_notify_socket_that_cannot_be) {
  struct scene scene;
  struct hp_error error = {0};
  struct hp_user user = {.id = -1};
  char path[200];
  memset(path, 'x', sizeof path);
  path[0] = '/';
  path[150] = '\0';
  begin(&scene);
  CHECK_INT(platform->notify_new(&scene.loop, &scene.notify, path, &user, hear, &scene, &error),
            HP_ETOOLONG);
  CHECK_HAS(hp_error_message(&error), "150 bytes long, Linux takes at most 107");
  hp__error_fini(&error);
  memset(&error, 0, sizeof error);
  CHECK_INT(platform->notify_new(&scene.loop, &scene.notify, "/nonexistent/n", &user, hear, &scene,
                                 &error),
            HP_EIO);
  CHECK_HAS(hp_error_message(&error), "/nonexistent/n");
  hp__error_fini(&error);
  end(&scene);
}

HP_TEST(the_peer_of_a_unix_stream) {
  struct scene scene;
  uv_pipe_t pipe;
  uv_tcp_t tcp;
  int pair[2];
  begin(&scene);
  CHECK_INT(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
  uv_pipe_init(&scene.loop, &pipe, 0);
  uv_pipe_open(&pipe, pair[0]);
  platform->stream_peer((uv_stream_t *)&pipe, &scene.peer);
  CHECK_INT(scene.peer.pid, getpid());
  CHECK_INT(scene.peer.user, geteuid());
  uv_tcp_init(&scene.loop, &tcp);
  platform->stream_peer((uv_stream_t *)&tcp, &scene.peer);
  CHECK(scene.peer.pid == -1 && scene.peer.user == -1 && scene.peer.command[0] == '\0');
  uv_close((uv_handle_t *)&pipe, NULL);
  uv_close((uv_handle_t *)&tcp, NULL);
  close(pair[1]);
  end(&scene);
}

static int listen_on(struct hp_endpoint *endpoint, int family, const char *host) {
  union {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
  } address = {.any = {.sa_family = (sa_family_t)family}};
  socklen_t size = sizeof address;
  inet_pton(family, host,
            family == AF_INET ? (void *)&address.v4.sin_addr : (void *)&address.v6.sin6_addr);
  int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0 || bind(fd, &address.any, sizeof address) < 0 || listen(fd, 1) < 0 ||
      getsockname(fd, &address.any, &size) < 0) {
    close(fd);
    return -1;
  }
  *endpoint = (struct hp_endpoint){.kind = HP_ENDPOINT_TCP, .port = ntohs(address.v4.sin_port)};
  snprintf(endpoint->host, sizeof endpoint->host, "%s", host);
  return fd;
}

static int64_t owner_at(struct hp_endpoint *endpoint, const char *host) {
  struct hp_peer peer;
  snprintf(endpoint->host, sizeof endpoint->host, "%s", host);
  platform->port_owner(endpoint, &peer);
  return peer.pid;
}

HP_TEST(the_owner_of_a_port) {
  struct hp_endpoint endpoint;
  struct hp_peer peer;
  int fd = listen_on(&endpoint, AF_INET, "127.0.0.1");
  REQUIRE(fd >= 0);
  platform->port_owner(&endpoint, &peer);
  CHECK_INT(peer.pid, getpid());
  CHECK_INT(peer.user, geteuid());
  CHECK_HAS(peer.command, "test_platform_loop");
  CHECK_INT(owner_at(&endpoint, "0.0.0.0"), getpid());
  CHECK(owner_at(&endpoint, "127.0.0.2") != getpid());
  close(fd);
  CHECK(owner_at(&endpoint, "127.0.0.1") != getpid());
  fd = listen_on(&endpoint, AF_INET, "0.0.0.0");
  CHECK_INT(owner_at(&endpoint, "127.0.0.1"), getpid());
  close(fd);
}

HP_TEST(a_connection_owns_no_port) {
  struct hp_endpoint endpoint;
  struct sockaddr_in address = {.sin_family = AF_INET};
  int fd = listen_on(&endpoint, AF_INET, "127.0.0.1");
  REQUIRE(fd >= 0);
  address.sin_port = htons(endpoint.port);
  inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
  int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  CHECK_INT(connect(client, (struct sockaddr *)&address, sizeof address), 0);
  int served = accept(fd, NULL, NULL);
  close(fd);
  CHECK(owner_at(&endpoint, "127.0.0.1") != getpid());
  close(served);
  close(client);
}

HP_TEST(the_owner_of_a_port_by_ipv6) {
  struct hp_endpoint endpoint;
  int fd = listen_on(&endpoint, AF_INET6, "::1");
  if (fd < 0)
    SKIP("no IPv6");
  CHECK_INT(owner_at(&endpoint, "::1"), getpid());
  CHECK(owner_at(&endpoint, "127.0.0.1") != getpid());
  close(fd);
  fd = listen_on(&endpoint, AF_INET6, "::");
  CHECK_INT(owner_at(&endpoint, "127.0.0.1"), getpid());
  close(fd);
}

HP_TEST(users) {
  struct hp_user user;
  struct hp_error error = {0};
  CHECK_INT(platform->find_user("root", &user, NULL), 0);
  CHECK(user.id == 0 && user.group == 0);
  CHECK_TEXT(user.name, "root");
  CHECK_INT(platform->find_user("no such user", &user, &error), HP_ENOTFOUND);
  CHECK_HAS(hp_error_message(&error), "no such user");
  CHECK(platform->is_privileged() == (geteuid() == 0));
  hp__error_fini(&error);
}

static const char *cause_of(enum hp_exit_kind kind, int value) {
  static char text[256];
  struct hp_error error = {0};
  platform->explain_exit(&(struct hp_exit){kind, value}, NULL, &error);
  snprintf(text, sizeof text, "%s", error.cause ? error.cause : "");
  hp__error_fini(&error);
  return text;
}

HP_TEST(exits_are_explained) {
  CHECK_HAS(cause_of(HP_EXIT_SIGNAL, SIGSEGV), "SIGSEGV");
  CHECK_HAS(cause_of(HP_EXIT_SIGNAL, SIGKILL), "lack of memory");
  CHECK_HAS(cause_of(HP_EXIT_CODE, 128 + SIGABRT), "SIGABRT");
  CHECK_HAS(cause_of(HP_EXIT_CODE, 127), "not found");
  CHECK_HAS(cause_of(HP_EXIT_UNKNOWN, 0), "collected");
  CHECK_TEXT(cause_of(HP_EXIT_CODE, 1), "");
  CHECK_TEXT(cause_of(HP_EXIT_CODE, 0), "");
}
