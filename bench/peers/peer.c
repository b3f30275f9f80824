/* SPDX-License-Identifier: MIT */
#include "bench/peers/peer.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <linux/close_range.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TIMEOUT = 60000 };

void peer_init(struct peer *peer, const struct peer_server *server) {
  *peer = (struct peer){
      .server = server, .listener = -1, .tether = -1, .output = -1, .pidfd = -1, .pid = -1};
}

int peer_fail(const char *what) {
  fprintf(stderr, "peer: %s: %s\n", what, strerror(errno));
  return -1;
}

static void close_fd(int *fd) {
  if (*fd >= 0)
    close(*fd);
  *fd = -1;
}

/* ---- files ---- */

static int make_dir(const struct peer *peer, const char *base, char path[PEER_PATH_SIZE]) {
  snprintf(path, PEER_PATH_SIZE, "%s/peer-XXXXXX", base);
  if (!mkdtemp(path))
    return peer_fail(path);
  if (peer->server->user && chown(path, peer->server->uid, peer->server->gid) < 0)
    return peer_fail(path);
  return 0;
}

int peer_make_runtime(struct peer *peer) {
  return make_dir(peer, peer->server->runtime_base, peer->runtime);
}

int peer_make_data(struct peer *peer) {
  return make_dir(peer, peer->server->data_base, peer->data);
}

static int remove_entry(const char *path, const struct stat *stat, int type, struct FTW *at) {
  (void)stat, (void)type, (void)at;
  return remove(path);
}

int peer_remove_dir(const char *path) {
  if (path[0] && nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS) != 0)
    return peer_fail(path);
  return 0;
}

int peer_write_file(const struct peer *peer, const char *path, const char *text) {
  int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
    return peer_fail(path);
  if (peer->server->user && fchown(fd, peer->server->uid, peer->server->gid) < 0)
    return peer_fail(path);
  return close(fd);
}

int peer_bind(struct peer *peer, const char *name, int type) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  snprintf(address.sun_path, sizeof address.sun_path, "%s/%s", peer->runtime, name);
  peer->listener = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (peer->listener < 0 || bind(peer->listener, (struct sockaddr *)&address, sizeof address) < 0)
    return peer_fail(address.sun_path);
  if (peer->server->user && chown(address.sun_path, peer->server->uid, peer->server->gid) < 0)
    return peer_fail(address.sun_path);
  if (type == SOCK_STREAM && listen(peer->listener, 8) < 0)
    return peer_fail(address.sun_path);
  return 0;
}

/* ---- the process ---- */

static const char **make_environment(const char *const *added) {
  extern char **environ;
  size_t count = 0, more = 0;
  while (environ[count])
    count++;
  while (added[more])
    more++;
  const char **all = malloc((count + more + 1) * sizeof *all);
  if (!all)
    return NULL;
  memcpy(all, environ, count * sizeof *all);
  memcpy(all + count, added, (more + 1) * sizeof *all);
  return all;
}

/* In a child of vfork(): the memory is the host's, so ids and signals are changed by plain system
 * calls, the C library's would change those of the host's threads. The server gets what ours gets:
 * a session, no descriptor or disposition of the host, and a signal should the host die. */
static _Noreturn void become(const struct peer *peer, const char *const *argv,
                             const char *const *environment, int output, pid_t host) {
  const struct peer_server *server = peer->server;
  sigset_t none;
  static const char by_default[64];
  int null = open("/dev/null", O_RDONLY);
  setsid();
  for (int number = 1; number < _NSIG; number++)
    syscall(SYS_rt_sigaction, number, by_default, NULL, _NSIG / 8);
  dup2(null, 0);
  dup2(output, 1);
  dup2(output, 2);
  close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
  if (server->user && (syscall(SYS_setgroups, server->group_count, server->groups) < 0 ||
                       syscall(SYS_setresgid, server->gid, server->gid, server->gid) < 0 ||
                       syscall(SYS_setresuid, server->uid, server->uid, server->uid) < 0))
    _exit(126);
  if (prctl(PR_SET_PDEATHSIG, SIGTERM) < 0 || getppid() != host)
    _exit(126);
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  if (chdir("/") == 0)
    execve(server->executable, (char *const *)argv, (char *const *)environment);
  _exit(127);
}

int peer_spawn(struct peer *peer, const char *const *argv, const char *const *added) {
  int ends[2];
  sigset_t all, before;
  const char **environment = make_environment(added);
  if (!environment || pipe2(ends, O_CLOEXEC) < 0)
    return peer_fail("pipe");
  sigfillset(&all);
  pid_t host = getpid();
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pid_t pid = vfork();
  if (pid == 0)
    become(peer, argv, environment, ends[1], host);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  free(environment);
  close(ends[1]);
  peer->output = ends[0];
  if (pid < 0)
    return peer_fail("vfork");
  fcntl(peer->output, F_SETFL, O_NONBLOCK);
  peer->pid = pid;
  peer->pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
  return peer->pidfd < 0 ? peer_fail("pidfd_open") : 0;
}

static void drain(struct peer *peer) {
  char buffer[4096];
  ssize_t size = read(peer->output, buffer, sizeof buffer);
  if (size == 0 || (size < 0 && errno != EAGAIN && errno != EINTR))
    close_fd(&peer->output);
}

/* Waits for `fd`, reading what the server says meanwhile. Its exit is a failure, but for `fd`. */
static int wait_for(struct peer *peer, int fd) {
  for (;;) {
    struct pollfd fds[] = {{fd, POLLIN, 0}, {peer->output, POLLIN, 0}, {peer->pidfd, POLLIN, 0}};
    int count = poll(fds, 3, TIMEOUT);
    if (count == 0)
      errno = ETIMEDOUT;
    if (count == 0 || (count < 0 && errno != EINTR))
      return peer_fail("poll");
    if (count > 0 && fds[1].revents)
      drain(peer);
    if (count > 0 && fds[0].revents)
      return 0;
    if (count > 0 && fds[2].revents && fd != peer->pidfd) {
      errno = ECHILD;
      return peer_fail(peer->server->executable);
    }
  }
}

/* ---- readiness ---- */

static int check_caller(const struct peer *peer) {
  struct ucred caller;
  socklen_t size = sizeof caller;
  if (getsockopt(peer->tether, SOL_SOCKET, SO_PEERCRED, &caller, &size) == 0 &&
      caller.pid == peer->pid)
    return 0;
  return peer_fail("a stranger called");
}

int peer_await_callback(struct peer *peer, char text[256]) {
  unsigned char message[256];
  size_t length = 0;
  if (wait_for(peer, peer->listener) < 0)
    return -1;
  peer->tether = accept4(peer->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (peer->tether < 0)
    return peer_fail("accept");
  if (check_caller(peer) < 0)
    return -1;
  close_fd(&peer->listener);
  while (length == 0 || length < 1u + message[0]) {
    if (wait_for(peer, peer->tether) < 0)
      return -1;
    ssize_t size = read(peer->tether, message + length, sizeof message - length);
    if (size <= 0)
      return peer_fail("callback");
    length += (size_t)size;
  }
  memcpy(text, message + 1, message[0]);
  text[message[0]] = '\0';
  return 0;
}

int peer_await_notify(struct peer *peer) {
  char text[4096] = "";
  while (!strstr(text, "READY=1")) {
    if (wait_for(peer, peer->listener) < 0)
      return -1;
    ssize_t size = recv(peer->listener, text, sizeof text - 1, 0);
    text[size > 0 ? size : 0] = '\0';
  }
  return 0;
}

/* ---- the end ---- */

int peer_await_exit(struct peer *peer) {
  int status;
  if (wait_for(peer, peer->pidfd) < 0)
    return -1;
  kill(-peer->pid, SIGKILL);
  while (waitpid(peer->pid, &status, 0) < 0)
    if (errno != EINTR)
      return peer_fail("waitpid");
  close_fd(&peer->pidfd);
  close_fd(&peer->output);
  close_fd(&peer->listener);
  return peer_remove_dir(peer->runtime) < 0 || peer_remove_dir(peer->data) < 0 ? -1 : 0;
}
