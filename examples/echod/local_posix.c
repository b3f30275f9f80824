/* SPDX-License-Identifier: MIT */
#include "local.h"

#include "host.h"

#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

const struct local local = {
    .scheme = "unix:///",
    .prefix = "/",
    .size = sizeof(((struct sockaddr_un *)0)->sun_path),
    .form = "unix:///path/of/socket",
    .signals = {SIGTERM, SIGINT},
};

void local_begin(void) {
  signal(SIGPIPE, SIG_IGN);
}

void host_notify(const char *message) {
  const char *path = getenv("NOTIFY_SOCKET");
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (!path || strlen(path) >= sizeof address.sun_path)
    return;
  int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
  if (fd < 0)
    return;
  memcpy(address.sun_path, path, strlen(path));
  if (path[0] == '@') /* an abstract one: its name begins with a NUL */
    address.sun_path[0] = '\0';
  socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path));
  sendto(fd, message, strlen(message), 0, (struct sockaddr *)&address, size);
  close(fd);
}
