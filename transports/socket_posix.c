/* SPDX-License-Identifier: MIT */
#include "transports/socket.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BACKLOG = 16 };

int hp__socket_open(int family) {
  int descriptor = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  return descriptor >= 0 ? descriptor : -errno;
}

void hp__socket_close(int descriptor) {
  close(descriptor);
}

int hp__socket_replace(int descriptor, int family) {
  int fresh = hp__socket_open(family);
  if (fresh < 0)
    return fresh;
  int code = dup3(fresh, descriptor, O_CLOEXEC) < 0 ? -errno : 0;
  close(fresh);
  return code;
}

static socklen_t address_size(const struct sockaddr_storage *address) {
  return address->ss_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
}

int hp__socket_bind(struct sockaddr_storage *address, bool reuse_address) {
  int on = reuse_address;
  socklen_t size = address_size(address);
  int descriptor = hp__socket_open(address->ss_family);
  if (descriptor < 0)
    return descriptor;
  if (setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
      bind(descriptor, (struct sockaddr *)address, size) == 0 &&
      getsockname(descriptor, (struct sockaddr *)address, &size) == 0)
    return descriptor;
  int code = -errno;
  close(descriptor);
  return code;
}

int hp__socket_listen(int descriptor) {
  return listen(descriptor, BACKLOG) == 0 ? 0 : -errno;
}

/* The numbers of the resolver's errors are the C library's, those of libuv are its own. */
static int resolver_code(int code) {
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

int hp__socket_resolve(const char *host, uint16_t port, struct sockaddr_storage *addresses,
                       int max) {
  struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV}, *list;
  char service[8];
  int count = 0;
  snprintf(service, sizeof service, "%u", (unsigned)port);
  int code = getaddrinfo(host, service, &hints, &list);
  if (code != 0)
    return resolver_code(code);
  for (struct addrinfo *item = list; item && count < max; item = item->ai_next) {
    memset(&addresses[count], 0, sizeof *addresses);
    memcpy(&addresses[count++], item->ai_addr, item->ai_addrlen);
  }
  freeaddrinfo(list);
  return count;
}
