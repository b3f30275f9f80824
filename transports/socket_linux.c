/* SPDX-License-Identifier: MIT */
/* What Linux has of its own for sockets. */
#include "transports/socket.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

const struct hp_socket_rules hp__socket_rules = {
    .holds_ports = true,
    .denied_hint = "choose a port from 1024 up, or \"auto\"",
};

int hp__socket_open(int family, uv_os_sock_t *made) {
  *made = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  return *made >= 0 ? 0 : -errno;
}

int hp__socket_replace(uv_os_sock_t fresh, uv_os_sock_t old) {
  return dup3(fresh, old, O_CLOEXEC) < 0 ? -errno : 0;
}

/* By descriptor: in a directory that belongs to the owner, the name could be exchanged. */
static int give(const char *path, int64_t owner) {
  struct stat info;
  int file = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
  int code = file < 0 || fstat(file, &info) != 0 ? -errno : 0;
  if (code == 0 && (!S_ISSOCK(info.st_mode) || info.st_nlink != 1 || info.st_uid != geteuid()))
    code = -EPERM;
  if (code == 0 && fchownat(file, "", (uid_t)owner, (gid_t)-1, AT_EMPTY_PATH) != 0)
    code = -errno;
  if (file >= 0)
    close(file);
  return code;
}

/* The mode is set before the name exists; bind takes it over. */
int hp__socket_bind_private(uv_os_sock_t descriptor, const struct sockaddr_un *address,
                            int64_t owner) {
  if (fchmod(descriptor, S_IRUSR | S_IWUSR) != 0 ||
      bind(descriptor, (const struct sockaddr *)address, sizeof *address) != 0)
    return -errno;
  int code = owner >= 0 && (uid_t)owner != geteuid() ? give(address->sun_path, owner) : 0;
  if (code != 0)
    unlink(address->sun_path); /* bound by us a moment ago */
  return code;
}
