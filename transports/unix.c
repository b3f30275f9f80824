/* SPDX-License-Identifier: MIT */
/*
 * Unix domain sockets. One of our own lies in the launch's private directory, whose owner empties
 * it: nothing here unlinks by name what may be another's. Only at a path that the user gave, and
 * where nobody listens any more, a socket is removed: before the start what an earlier server left,
 * after the end what this one left.
 */
#include "transports/socket.h"
#include "transports/stream.h"
#include "transports/transports.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { SOCKET_PATH_SIZE = sizeof(((struct sockaddr_un *)0)->sun_path) };

struct state {
  char path[SOCKET_PATH_SIZE]; /* given by the user and reserved; "" else */
  bool listens;                /* for a server that inherits it */
  uv_os_sock_t listener;
};

/* ---- The address ---- */

static const char *socket_name(const struct hp_transport_spec *spec) {
  return spec->name ? spec->name : "s";
}

static int refuse_length(const struct hp_transport_spec *spec, const char *path, int length,
                         hp_error *error) {
  int code = hp_error_set(error, HP_ETOOLONG, HP_PHASE_PLAN,
                          "path of the socket is %d bytes long, at most %d are possible: %s",
                          length, SOCKET_PATH_SIZE - 1, path);
  hp_error_set_hint(error, spec->path
                               ? "choose a shorter path, or name none: a short private one is "
                                 "then made"
                               : "choose a shorter directory for sockets, or name none: a short "
                                 "private one is then made");
  return code;
}

static int compose(const struct hp_transport_spec *spec, struct hp_endpoint *endpoint,
                   hp_error *error) {
  char path[4096];
  if (!spec->path && (!spec->directory || strchr(socket_name(spec), '/')))
    return hp_error_set(error, HP_EUSAGE, HP_PHASE_PLAN,
                        "a socket \"%s\" needs a directory and a plain file name",
                        socket_name(spec));
  int length = spec->path
                   ? snprintf(path, sizeof path, "%s", spec->path)
                   : snprintf(path, sizeof path, "%s/%s", spec->directory, socket_name(spec));
  if (path[0] != '/')
    return hp_error_set(error, HP_ECONFIG, HP_PHASE_PLAN,
                        "path of the socket is not absolute: \"%s\"", path);
  if (length >= SOCKET_PATH_SIZE)
    return refuse_length(spec, path, length, error);
  memset(endpoint, 0, sizeof *endpoint);
  endpoint->kind = HP_ENDPOINT_UNIX;
  memcpy(endpoint->path, path, (size_t)length + 1);
  return 0;
}

static int check_unix(const struct hp_transport_spec *spec, hp_error *error) {
  struct hp_endpoint endpoint;
  return compose(spec, &endpoint, error);
}

static void fill_address(struct sockaddr_un *address, const char *path) {
  memset(address, 0, sizeof *address);
  address->sun_family = AF_UNIX;
  strcpy(address->sun_path, path); /* compose() has seen to the length */
}

/* ---- A path of the user's ---- */

/* 0: somebody accepts connections there, else the negative errno. A full backlog is somebody; macOS
 * tells it as a refusal. */
static int probe(const char *path) {
  struct sockaddr_un address;
  uv_os_sock_t descriptor;
  int code = hp__socket_open(AF_UNIX, &descriptor);
  if (code != 0)
    return code;
  fill_address(&address, path);
  code = connect(descriptor, (struct sockaddr *)&address, sizeof address) == 0 ? 0 : -errno;
  hp__socket_close(descriptor);
  return code == -EAGAIN ? 0 : code;
}

/* Root starts servers as another user: what they left is root's to remove as well. */
static bool is_ours(const struct stat *info) {
  return info->st_uid == geteuid() || geteuid() == 0;
}

static int refuse_taken(const char *path, const char *what, const char *hint, hp_error *error) {
  int code =
      hp_error_set(error, HP_EADDRINUSE, HP_PHASE_RESERVE, "path of the socket %s: %s", what, path);
  hp_error_set_hint(error, "%s", hint);
  return code;
}

/* The directory must be there: nobody makes one that the user named for a socket. */
static int check_folder(const char *path, hp_error *error) {
  char folder[SOCKET_PATH_SIZE];
  struct stat info;
  size_t length = (size_t)(strrchr(path, '/') - path);
  snprintf(folder, sizeof folder, "%.*s", length ? (int)length : 1, path);
  if (stat(folder, &info) != 0)
    return hp__stream_error(error, errno == EACCES ? HP_EACCESS : HP_EIO, -errno,
                            "directory of the socket cannot be used: %s", folder);
  if (!S_ISDIR(info.st_mode))
    return hp__stream_error(error, HP_EIO, -ENOTDIR, "directory of the socket is none: %s", folder);
  return 0;
}

static int clear_path(const char *path, hp_error *error) {
  struct stat info;
  if (lstat(path, &info) != 0)
    return errno == ENOENT ? check_folder(path, error)
                           : hp__stream_error(error, errno == EACCES ? HP_EACCESS : HP_EIO, -errno,
                                              "path of the socket cannot be used: %s", path);
  if (!S_ISSOCK(info.st_mode))
    return refuse_taken(path, "exists and is no socket",
                        "choose another path, or remove what is there", error);
  int code = probe(path);
  if (code == 0)
    return refuse_taken(path, "is in use, a server accepts connections there",
                        "stop that server, or choose another path", error);
  if (code == -ENOENT)
    return 0;
  if (code != -ECONNREFUSED)
    return hp__stream_error(error, code == -EACCES ? HP_EACCESS : HP_EADDRINUSE, code,
                            "the socket that is there cannot be tried: %s", path);
  if (!is_ours(&info))
    return refuse_taken(path, "holds the unused socket of another user",
                        "choose another path, or have its owner remove it", error);
  return unlink(path) == 0 || errno == ENOENT
             ? 0
             : hp__stream_error(error, HP_EACCESS, -errno,
                                "the unused socket that is there cannot be removed: %s", path);
}

static int reserve_unix(void *self, const struct hp_transport_spec *spec,
                        struct hp_endpoint *endpoint, hp_error *error) {
  struct state *state = self;
  int code = compose(spec, endpoint, error);
  if (code != 0 || !spec->path)
    return code;
  code = clear_path(endpoint->path, error);
  if (code == 0)
    strcpy(state->path, endpoint->path);
  return code;
}

static void release_unix(void *self) {
  struct state *state = self;
  struct stat info;
  if (state->listens)
    hp__socket_close(state->listener);
  state->listens = false;
  if (state->path[0] && lstat(state->path, &info) == 0 && S_ISSOCK(info.st_mode) &&
      is_ours(&info) && probe(state->path) == -ECONNREFUSED)
    unlink(state->path);
  state->path[0] = '\0';
}

/* ---- Connections ---- */

/* Before listen() nobody can connect: the mode and the owner are right by then. */
static int bind_socket(const char *path, int64_t owner, uv_os_sock_t *made) {
  struct sockaddr_un address;
  int code = hp__socket_open(AF_UNIX, made);
  if (code != 0)
    return code;
  fill_address(&address, path);
  code = hp__socket_bind_private(*made, &address, owner);
  if (code == 0) {
    code = hp__socket_listen(*made);
    if (code != 0)
      unlink(path); /* bound by us a moment ago */
  }
  if (code != 0)
    hp__socket_close(*made);
  return code;
}

static int listen_unix(uv_loop_t *loop, hp_listener *listener, const struct hp_transport_spec *spec,
                       int64_t owner, hp_error *error) {
  struct hp_endpoint endpoint;
  int code = compose(spec, &endpoint, error);
  if (code != 0)
    return code;
  uv_os_sock_t descriptor;
  int status = bind_socket(endpoint.path, owner, &descriptor);
  if (status != 0)
    return hp__stream_error(error, status == -EADDRINUSE ? HP_EADDRINUSE : HP_EIO, status,
                            "cannot listen on our own socket %s", endpoint.path);
  listener->endpoint = endpoint;
  return hp__stream_listen(loop, listener, descriptor, error);
}

static int hand_down_unix(void *self, const struct hp_transport_spec *spec, int64_t owner,
                          struct hp_endpoint *endpoint, uv_os_sock_t *listener, hp_error *error) {
  struct state *state = self;
  int code = reserve_unix(self, spec, endpoint, error);
  if (code != 0)
    return code;
  int status = bind_socket(endpoint->path, owner, &state->listener);
  state->listens = status == 0;
  if (status == 0)
    status = hp__socket_hand_down(state->listener);
  *listener = state->listener;
  return status == 0
             ? 0
             : hp__stream_error(error, status == -EADDRINUSE ? HP_EADDRINUSE : HP_EIO, status,
                                "cannot listen for the server on %s", endpoint->path);
}

static void report_connected(uv_connect_t *connect, int status) {
  hp_connect_request *request = connect->data;
  request->callback(request, status);
}

/* The socket of libuv's never blocks: a full backlog is UV_EAGAIN, told by the callback. */
static int connect_unix(uv_loop_t *loop, hp_connect_request *request,
                        const struct hp_endpoint *endpoint) {
  if (endpoint->kind != HP_ENDPOINT_UNIX || !endpoint->path[0])
    return UV_EINVAL;
  if (strlen(endpoint->path) >= SOCKET_PATH_SIZE)
    return UV_ENAMETOOLONG;
  int code = uv_pipe_init(loop, &request->as.pipe, 0);
  if (code != 0)
    return code;
  request->request.connect.data = request;
  uv_pipe_connect(&request->request.connect, &request->as.pipe, endpoint->path, report_connected);
  return 0;
}

const struct hp_transport_ops hp__transport_unix = {
    .version = HP_TRANSPORT_VERSION,
    .caps = HP_TRANSPORT_LISTENS | HP_TRANSPORT_INHERITS_LISTENER,
    .name = "unix",
    .kind = HP_ENDPOINT_UNIX,
    .size = sizeof(struct state),
    .check = check_unix,
    .reserve = reserve_unix,
    .listen = listen_unix,
    .connect = connect_unix,
    .release = release_unix,
    .hand_down = hand_down_unix,
};
