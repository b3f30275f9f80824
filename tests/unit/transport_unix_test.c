/* SPDX-License-Identifier: MIT */
/* What is particular to Unix sockets; the rest is in tests/conformance. */
#include "core/error.h"
#include "tests/support/test.h"
#include "transports/transports.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

static const struct hp_transport_ops *const ops = &hp__transport_unix;

struct place {
  max_align_t state[64];
  struct hp_transport_spec spec;
  struct hp_endpoint endpoint;
  struct hp_error error;
  char path[256];
};

static void begin(struct place *place, const char *name) {
  memset(place, 0, sizeof *place);
  snprintf(place->path, sizeof place->path, "%s/%s", hp_test_directory(), name);
  place->spec.path = place->path;
}

static int reserve(struct place *place) {
  hp__error_fini(&place->error);
  return ops->reserve(place->state, &place->spec, &place->endpoint, &place->error);
}

static void end(struct place *place) {
  ops->release(place->state);
  hp__error_fini(&place->error);
}

static void fill(struct sockaddr_un *address, const char *path) {
  memset(address, 0, sizeof *address);
  address->sun_family = AF_UNIX;
  strcpy(address->sun_path, path);
}

static int bind_at(const char *path, bool listens) {
  struct sockaddr_un address;
  int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  fill(&address, path);
  if (bind(descriptor, (struct sockaddr *)&address, sizeof address) != 0 ||
      (listens && listen(descriptor, 0) != 0))
    abort();
  return descriptor;
}

/* A server that was killed leaves such a one. */
static void leave_stale(const char *path) {
  close(bind_at(path, true));
}

static bool exists(const char *path) {
  struct stat info;
  return lstat(path, &info) == 0;
}

static void fill_path(char *path, size_t length) {
  size_t used = (size_t)snprintf(path, length + 1, "%s/", hp_test_directory());
  memset(path + used, 'x', length - used);
  path[length] = '\0';
}

HP_TEST(the_longest_path_works_and_one_byte_more_is_refused) {
  struct place place;
  size_t limit = sizeof(((struct sockaddr_un *)0)->sun_path);
  char length[16], most[16];
  begin(&place, "");
  fill_path(place.path, limit - 1);
  CHECK_INT(reserve(&place), 0);
  close(bind_at(place.path, true));
  end(&place);
  fill_path(place.path, limit);
  snprintf(length, sizeof length, "%zu bytes", limit);
  snprintf(most, sizeof most, "most %zu ", limit - 1);
  CHECK_INT(ops->check(&place.spec, &place.error), HP_ETOOLONG);
  CHECK_HAS(hp_error_message(&place.error), length);
  CHECK_HAS(hp_error_message(&place.error), most);
  CHECK_HAS(hp_error_message(&place.error), place.path);
  CHECK_HAS(hp_error_hint(&place.error), "shorter path");
  place.spec.directory = place.path;
  place.spec.path = NULL;
  CHECK_INT(ops->check(&place.spec, &place.error), HP_ETOOLONG);
  CHECK_HAS(hp_error_hint(&place.error), "shorter directory");
  CHECK_INT(reserve(&place), HP_ETOOLONG);
  end(&place);
}

HP_TEST(connecting_to_a_path_too_long_fails_at_once) {
  struct hp_endpoint endpoint = {.kind = HP_ENDPOINT_UNIX, .path = "/"};
  hp_connect_request request = {0};
  memset(endpoint.path + 1, 'x', sizeof(((struct sockaddr_un *)0)->sun_path) - 1);
  CHECK_INT(ops->connect(uv_default_loop(), &request, &endpoint), UV_ENAMETOOLONG);
}

HP_TEST(the_address_is_composed_and_checked) {
  struct place place;
  begin(&place, "x");
  place.spec = (struct hp_transport_spec){.directory = "/run/hp-XXXXXXXX"};
  CHECK_INT(reserve(&place), 0);
  CHECK_TEXT(place.endpoint.path, "/run/hp-XXXXXXXX/s");
  place.spec.name = ".s.PGSQL.5432";
  CHECK_INT(reserve(&place), 0);
  CHECK_TEXT(place.endpoint.path, "/run/hp-XXXXXXXX/.s.PGSQL.5432");
  place.spec.name = "../s";
  CHECK_INT(reserve(&place), HP_EUSAGE);
  place.spec = (struct hp_transport_spec){.path = "s"};
  CHECK_INT(ops->check(&place.spec, &place.error), HP_ECONFIG);
  CHECK_HAS(hp_error_message(&place.error), "\"s\"");
  end(&place);
}

HP_TEST(a_path_where_somebody_listens_is_refused) {
  struct place place;
  begin(&place, "busy");
  int server = bind_at(place.path, true);
  CHECK_INT(reserve(&place), HP_EADDRINUSE);
  CHECK_HAS(hp_error_message(&place.error), place.path);
  end(&place);
  CHECK(exists(place.path));
  close(server);
}

/* Fills the backlog; returns how many connections that took. */
static int fill_backlog(const char *path, int *clients, int max) {
  struct sockaddr_un address;
  int count = 0;
  fill(&address, path);
  while (count < max) {
    clients[count] = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (connect(clients[count++], (struct sockaddr *)&address, sizeof address) != 0)
      break;
  }
  return count;
}

static void keep_status(hp_connect_request *request, int status) {
  *(int *)request->data = status;
  uv_close(&request->as.handle, NULL);
}

HP_TEST(a_full_backlog_is_somebody_and_never_blocks) {
  struct place place;
  uv_loop_t loop;
  int clients[64], status = 1;
  begin(&place, "full");
  int server = bind_at(place.path, true);
  int count = fill_backlog(place.path, clients, 64);
  CHECK_INT(reserve(&place), HP_EADDRINUSE);
  CHECK_HAS(hp_error_message(&place.error), "a server accepts connections");
  struct hp_endpoint endpoint = {.kind = HP_ENDPOINT_UNIX};
  strcpy(endpoint.path, place.path);
  hp_connect_request request = {.data = &status, .callback = keep_status};
  uv_loop_init(&loop);
  CHECK_INT(ops->connect(&loop, &request, &endpoint), 0);
  uv_run(&loop, UV_RUN_DEFAULT);
  CHECK_INT(status, UV_EAGAIN);
  CHECK_INT(uv_loop_close(&loop), 0);
  while (count > 0)
    close(clients[--count]);
  close(server);
  end(&place);
}

HP_TEST(an_unused_socket_is_removed) {
  struct place place;
  begin(&place, "stale");
  leave_stale(place.path);
  CHECK_INT(reserve(&place), 0);
  CHECK(!exists(place.path));
  leave_stale(place.path);
  end(&place);
  CHECK(!exists(place.path));
}

HP_TEST(what_is_no_socket_is_never_removed) {
  struct place place;
  begin(&place, "file");
  hp_test_file("file", "precious");
  CHECK_INT(reserve(&place), HP_EADDRINUSE);
  CHECK_HAS(hp_error_message(&place.error), "no socket");
  end(&place);
  CHECK(exists(place.path));
  begin(&place, "link");
  CHECK_INT(symlink("/nonexistent", place.path), 0);
  CHECK_INT(reserve(&place), HP_EADDRINUSE);
  end(&place);
  CHECK(exists(place.path));
  begin(&place, "later");
  CHECK_INT(reserve(&place), 0);
  hp_test_file("later", "precious");
  end(&place);
  CHECK(exists(place.path));
}

HP_TEST(release_leaves_a_socket_that_is_in_use) {
  struct place place;
  begin(&place, "live");
  CHECK_INT(reserve(&place), 0);
  int server = bind_at(place.path, true);
  end(&place);
  CHECK(exists(place.path));
  close(server);
}

HP_TEST(release_leaves_the_private_directory_alone) {
  struct place place;
  begin(&place, "s");
  place.spec = (struct hp_transport_spec){.directory = hp_test_directory()};
  leave_stale(place.path);
  CHECK_INT(reserve(&place), 0);
  end(&place);
  CHECK(exists(place.path));
}

HP_TEST(the_unused_socket_of_another_user_is_left) {
  struct place place;
  if (geteuid() != 0)
    SKIP("needs root");
  begin(&place, "theirs");
  leave_stale(place.path);
  CHECK_INT(chmod(place.path, 0777), 0);
  CHECK_INT(chmod(hp_test_directory(), 0777), 0);
  CHECK_INT(seteuid(65534), 0);
  int code = reserve(&place);
  CHECK_INT(seteuid(0), 0);
  CHECK_INT(code, HP_EADDRINUSE);
  CHECK_HAS(hp_error_message(&place.error), "another user");
  CHECK(exists(place.path));
  end(&place);
}

HP_TEST(a_missing_directory_is_named) {
  struct place place;
  begin(&place, "no/where/s");
  CHECK_INT(reserve(&place), HP_EIO);
  CHECK_HAS(hp_error_message(&place.error), "/no/where");
  CHECK_HAS(hp_error_cause(&place.error), "no such file");
  end(&place);
}

static int listen_at(struct place *place, uv_loop_t *loop, hp_listener *listener, int64_t owner) {
  memset(listener, 0, sizeof *listener);
  return ops->listen(loop, listener, &place->spec, owner, &place->error);
}

/* A bind of this very program, after which somebody at once puts a link in the socket's place. */
static const char *victim;

int bind_and_exchange(int descriptor, const struct sockaddr *address,
                      socklen_t size) __asm__("bind");
int bind_and_exchange(int descriptor, const struct sockaddr *address, socklen_t size) {
  int result = (int)syscall(SYS_bind, descriptor, address, size);
  const char *path = ((const struct sockaddr_un *)address)->sun_path;
  if (victim && (unlink(path) != 0 || symlink(victim, path) != 0))
    abort();
  return result;
}

HP_TEST(a_socket_that_is_exchanged_gives_nothing_away) {
  if (geteuid() != 0)
    SKIP("needs root");
  struct place place;
  struct stat info;
  uv_loop_t loop;
  hp_listener listener;
  begin(&place, "ours");
  uv_loop_init(&loop);
  char path[300];
  snprintf(path, sizeof path, "%s", hp_test_file("precious", "x"));
  CHECK_INT(chmod(path, 0644), 0);
  int64_t owners[] = {65534, -1};
  for (int i = 0; i < 2; i++) {
    victim = path;
    int code = listen_at(&place, &loop, &listener, owners[i]);
    victim = NULL;
    if (i == 0)
      CHECK_INT(code, HP_EIO);
    if (code == 0)
      hp_listener_close(&listener, NULL);
    CHECK_INT(stat(path, &info), 0);
    CHECK_INT(info.st_mode & 07777, 0644);
    CHECK_INT(info.st_uid, 0);
    unlink(place.path);
    hp__error_fini(&place.error);
  }
  uv_run(&loop, UV_RUN_DEFAULT);
  CHECK_INT(uv_loop_close(&loop), 0);
  end(&place);
}

HP_TEST(our_own_socket_is_private_and_not_unlinked_by_the_loop) {
  struct place place;
  struct stat info;
  uv_loop_t loop;
  hp_listener listener, second;
  int64_t owner = geteuid() == 0 ? 65534 : -1;
  begin(&place, "ours");
  uv_loop_init(&loop);
  mode_t mask = umask(0);
  CHECK_INT(listen_at(&place, &loop, &listener, owner), 0);
  umask(mask);
  CHECK_TEXT(listener.endpoint.path, place.path);
  CHECK_INT(stat(place.path, &info), 0);
  CHECK_INT(info.st_mode & 07777, 0600);
  CHECK_INT(info.st_uid, owner >= 0 ? owner : geteuid());
  uv_os_fd_t descriptor;
  CHECK_INT(uv_fileno(&listener.as.handle, &descriptor), 0);
  CHECK(fcntl(descriptor, F_GETFD) & FD_CLOEXEC);
  CHECK_INT(listen_at(&place, &loop, &second, -1), HP_EADDRINUSE);
  CHECK_HAS(hp_error_message(&place.error), place.path);
  hp_listener_close(&listener, NULL);
  uv_run(&loop, UV_RUN_DEFAULT);
  CHECK_INT(uv_loop_close(&loop), 0);
  CHECK(exists(place.path));
  end(&place);
}

/* A server that inherits it expects what systemd hands down: a listener that blocks. */
HP_TEST(what_is_handed_down_listens_and_blocks) {
  struct place place;
  uv_os_sock_t listener = -1;
  int listens = 0;
  socklen_t size = sizeof listens;
  begin(&place, "s");
  CHECK_INT(ops->hand_down(place.state, &place.spec, -1, &place.endpoint, &listener, &place.error),
            0);
  CHECK_INT(fcntl(listener, F_GETFL) & O_NONBLOCK, 0);
  CHECK_INT(fcntl(listener, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
  CHECK_INT(getsockopt(listener, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size), 0);
  CHECK_INT(listens, 1);
  end(&place);
  CHECK_INT(fcntl(listener, F_GETFD), -1);
  CHECK_INT(access(place.path, F_OK), -1);
}
