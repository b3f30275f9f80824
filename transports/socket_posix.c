/* SPDX-License-Identifier: MIT */
#include "transports/socket.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BACKLOG = 16 };

void hp__socket_close(uv_os_sock_t descriptor) {
  close(descriptor);
}

/* A socket that was refused is of no use: a fresh one takes its place, and its number. */
static int replace(uv_os_fd_t descriptor, int family) {
  uv_os_sock_t fresh;
  int code = hp__socket_open(family, &fresh);
  if (code != 0)
    return code;
  code = hp__socket_replace(fresh, descriptor);
  close(fresh);
  return code;
}

int hp__socket_prepare(uv_tcp_t *tcp, bool several, struct sockaddr_storage *address) {
  uv_os_fd_t old;
  uv_os_sock_t descriptor;
  (void)several;
  if (uv_fileno((uv_handle_t *)tcp, &old) == 0)
    return replace(old, address->ss_family);
  int code = hp__socket_open(address->ss_family, &descriptor);
  if (code != 0)
    return code;
  code = uv_tcp_open(tcp, descriptor);
  if (code != 0)
    close(descriptor);
  return code;
}

static socklen_t address_size(const struct sockaddr_storage *address) {
  return address->ss_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
}

int hp__socket_bind(struct sockaddr_storage *address, bool shared, uv_os_sock_t *made) {
  int on = shared;
  socklen_t size = address_size(address);
  int code = hp__socket_open(address->ss_family, made);
  if (code != 0)
    return code;
  if (setsockopt(*made, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
      bind(*made, (struct sockaddr *)address, size) == 0 &&
      getsockname(*made, (struct sockaddr *)address, &size) == 0)
    return 0;
  code = -errno;
  close(*made);
  return code;
}

int hp__socket_listen(uv_os_sock_t descriptor) {
  return listen(descriptor, BACKLOG) == 0 ? 0 : -errno;
}

int hp__socket_hand_down(uv_os_sock_t descriptor) {
  int flags = fcntl(descriptor, F_GETFL);
  if (flags < 0 || fcntl(descriptor, F_SETFL, flags & ~O_NONBLOCK) < 0 ||
      listen(descriptor, SOMAXCONN) != 0)
    return -errno;
  return 0;
}

/* The numbers of the resolver's errors are the C library's, those of libuv are its own. */
int hp__socket_resolver_code(int code) {
  static const struct {
    int native, uv;
  } codes[] = {{EAI_AGAIN, UV_EAI_AGAIN},     {EAI_FAIL, UV_EAI_FAIL},
               {EAI_MEMORY, UV_EAI_MEMORY},   {EAI_NONAME, UV_EAI_NONAME},
               {EAI_NODATA, UV_EAI_NODATA},   {EAI_FAMILY, UV_EAI_FAMILY},
               {EAI_SERVICE, UV_EAI_SERVICE}, {EAI_SOCKTYPE, UV_EAI_SOCKTYPE}};
  for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
    if (codes[i].native == code)
      return codes[i].uv;
  return code == EAI_SYSTEM ? -errno : UV_EAI_FAIL;
}
