/* SPDX-License-Identifier: MIT */
/* A name to addresses. libuv's own call wants a loop, and a reservation has none. */
#include "transports/socket.h"

#include <stdio.h>
#include <string.h>

int hp__socket_resolve(const char *host, uint16_t port, struct sockaddr_storage *addresses,
                       int max) {
  struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV}, *list;
  char service[8];
  int count = 0;
  snprintf(service, sizeof service, "%u", (unsigned)port);
  int code = getaddrinfo(host, service, &hints, &list);
  int failure = code == 0 ? 0 : hp__socket_resolver_code(code);
  if (code != 0 && failure == 0) /* what was missing is there now */
    failure = getaddrinfo(host, service, &hints, &list) == 0 ? 0 : UV_EAI_FAIL;
  if (failure != 0)
    return failure;
  for (struct addrinfo *item = list; item && count < max; item = item->ai_next) {
    memset(&addresses[count], 0, sizeof *addresses);
    memcpy(&addresses[count++], item->ai_addr, item->ai_addrlen);
  }
  freeaddrinfo(list);
  return count;
}
