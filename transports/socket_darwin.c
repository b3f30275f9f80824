/* SPDX-License-Identifier: MIT */
/* What macOS has of its own for sockets, and lacks: each flag is a call more. A process that the
 * host forks in between holds the socket until it executes something. */
#include "transports/socket.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* BSD's in_pcbbind() refuses an address that is bound, listening or not, unless both sockets have
 * SO_REUSEPORT, which no server sets. */
const struct hp_socket_rules hp__socket_rules = {
    .holds_ports = false,
    .denied_hint = "choose a port from 1024 up, or \"auto\"",
};

/* A write to one who has gone must not end the host: libuv sees to its own sockets alone. */
static int prepare(uv_os_sock_t descriptor) {
  int on = 1, flags = fcntl(descriptor, F_GETFL);
  return flags < 0 || fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) < 0 ||
                 fcntl(descriptor, F_SETFD, FD_CLOEXEC) < 0 ||
                 setsockopt(descriptor, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on) < 0
             ? -errno
             : 0;
}

int hp__socket_open(int family, uv_os_sock_t *made) {
  *made = socket(family, SOCK_STREAM, 0);
  int code = *made >= 0 ? prepare(*made) : -errno;
  if (code != 0 && *made >= 0)
    close(*made);
  return code;
}

int hp__socket_replace(uv_os_sock_t fresh, uv_os_sock_t old) {
  return dup2(fresh, old) < 0 || fcntl(old, F_SETFD, FD_CLOEXEC) < 0 ? -errno : 0;
}

/*
 * The mode of a socket that has no name yet cannot be set here, and the umask is the whole
 * process'. Nobody can connect before listen(), and by then the mode is right. The directory is
 * ours alone: no server of another user can be started here, so there is no other owner either.
 */
int hp__socket_bind_private(uv_os_sock_t descriptor, const struct sockaddr_un *address,
                            int64_t owner) {
  if (owner >= 0 && (uid_t)owner != geteuid())
    return -ENOTSUP;
  if (bind(descriptor, (const struct sockaddr *)address, sizeof *address) != 0)
    return -errno;
  int code = fchmodat(AT_FDCWD, address->sun_path, S_IRUSR | S_IWUSR, AT_SYMLINK_NOFOLLOW) != 0
                 ? -errno
                 : 0;
  if (code != 0)
    unlink(address->sun_path); /* bound by us a moment ago */
  return code;
}
