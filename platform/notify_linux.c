/* SPDX-License-Identifier: MIT */
/* The sd_notify(3) socket. Who sent a datagram is the kernel's word. */
#include "platform/linux.h"

#include "core/alloc.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { TEXT_SIZE = 4096 }; /* what systemd takes as well */

struct hp_notify {
  struct hp_source source;
  hp_notify_callback callback;
  void *data;
  dev_t device; /* of the socket's file */
  ino_t inode;
  char path[sizeof(((struct sockaddr_un *)0)->sun_path)];
};

static struct hp_peer sender(struct msghdr *message) {
  struct hp_peer peer = {.pid = -1, .user = -1};
  struct ucred credentials;
  struct cmsghdr *header = CMSG_FIRSTHDR(message);
  if (!header || header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_CREDENTIALS)
    return peer;
  memcpy(&credentials, CMSG_DATA(header), sizeof credentials);
  if (credentials.pid > 0)
    peer.pid = credentials.pid;
  peer.user = credentials.uid;
  return peer;
}

/* There is room for the credentials and nothing else, so descriptors that are sent along (systemd's
 * FDSTORE) are dropped by the kernel. A datagram that was cut would be half a word: ignored. */
static bool receive(hp_notify *notify) {
  char text[TEXT_SIZE + 1];
  union {
    struct cmsghdr header;
    char room[CMSG_SPACE(sizeof(struct ucred))];
  } control;
  struct iovec part = {text, TEXT_SIZE};
  struct msghdr message = {.msg_iov = &part,
                           .msg_iovlen = 1,
                           .msg_control = control.room,
                           .msg_controllen = sizeof control.room};
  ssize_t length = recvmsg(notify->source.fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  if (length < 0)
    return errno == EINTR;
  if (message.msg_flags & MSG_TRUNC)
    return true;
  text[length] = '\0';
  struct hp_peer peer = sender(&message);
  notify->callback(notify->data, text, &peer);
  return true;
}

static void readable(uv_poll_t *poll, int status, int events) {
  (void)status, (void)events;
  while (!uv_is_closing((uv_handle_t *)poll) && receive(poll->data))
    ;
}

/* By descriptor: in a directory that belongs to the user, the name could be exchanged. */
static int give_to_user(hp_notify *notify, const struct hp_user *user) {
  struct stat stat;
  int fd = open(notify->path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
  int code = fd < 0 || fstat(fd, &stat) < 0 ? errno : 0;
  if (code == 0 && (!S_ISSOCK(stat.st_mode) || stat.st_nlink != 1 || stat.st_uid != geteuid()))
    code = EPERM;
  if (code == 0 && user && user->id >= 0 && (uid_t)user->id != geteuid() &&
      fchownat(fd, "", (uid_t)user->id, (gid_t)user->group, AT_EMPTY_PATH) < 0)
    code = errno;
  if (fd >= 0)
    close(fd);
  if (code == 0) {
    notify->device = stat.st_dev;
    notify->inode = stat.st_ino;
  }
  return code;
}

/* The mode is set before the name exists; bind takes it over. */
static int bind_socket(hp_notify *notify, int fd, const struct hp_user *user) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  int on = 1;
  memcpy(address.sun_path, notify->path, sizeof address.sun_path);
  if (fchmod(fd, 0600) < 0 || setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof on) < 0 ||
      bind(fd, (struct sockaddr *)&address, sizeof address) < 0)
    return errno;
  return give_to_user(notify, user);
}

static void remove_name(const hp_notify *notify) {
  struct stat stat;
  if (notify->inode && lstat(notify->path, &stat) == 0 && stat.st_dev == notify->device &&
      stat.st_ino == notify->inode)
    unlink(notify->path);
}

static int open_socket(uv_loop_t *loop, hp_notify *notify, const struct hp_user *user) {
  int fd = hp__high(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  int code = fd < 0 ? errno : bind_socket(notify, fd, user);
  if (code == 0)
    return -hp__source_start(loop, &notify->source, fd, readable);
  if (fd >= 0)
    close(fd);
  hp__free(notify);
  return code;
}

int hp__notify_new_linux(uv_loop_t *loop, hp_notify **notify, const char *path,
                         const struct hp_user *user, hp_notify_callback callback, void *data,
                         hp_error *error) {
  *notify = NULL;
  size_t length = strlen(path), limit = sizeof(((struct sockaddr_un *)0)->sun_path) - 1;
  if (length > limit)
    return hp_error_set(error, HP_ETOOLONG, HP_PHASE_RESERVE,
                        "notify socket %s is %zu bytes long, Linux takes at most %zu", path, length,
                        limit);
  hp_notify *new = hp__alloc(sizeof *new);
  if (!new)
    return hp_error_set(error, HP_ENOMEM, HP_PHASE_RESERVE, "no memory for notify socket %s", path);
  new->callback = callback;
  new->data = data;
  memcpy(new->path, path, length + 1);
  int code = open_socket(loop, new, user);
  if (code != 0)
    return hp__explain_errno(error, HP_PHASE_RESERVE, code, "bind notify socket", path);
  *notify = new;
  return 0;
}

void hp__notify_free_linux(hp_notify *notify) {
  if (!notify)
    return;
  remove_name(notify);
  hp__source_free(&notify->source);
}
