/* SPDX-License-Identifier: MIT */
#include "address.h"

#include "local.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int digit(char c) {
  return isdigit((unsigned char)c) ? c - '0' : tolower((unsigned char)c) - 'a' + 10;
}

static bool is_escape(const char *text) {
  return text[0] == '%' && isxdigit((unsigned char)text[1]) && isxdigit((unsigned char)text[2]);
}

/* Behind the prefix that libuv wants. */
static const char *parse_path(struct address *address, const char *text) {
  size_t length = strlen(local.prefix);
  memcpy(address->path, local.prefix, length);
  for (; *text; text++) {
    if (length == local.size - 1 || length == sizeof address->path - 1)
      return "the name of the socket or pipe is too long";
    if (is_escape(text)) {
      address->path[length++] = (char)(digit(text[1]) * 16 + digit(text[2]));
      text += 2;
    } else {
      address->path[length++] = *text;
    }
  }
  address->path[length] = '\0';
  return NULL;
}

static const char *parse_host_and_port(struct address *address, const char *text) {
  char host[INET6_ADDRSTRLEN];
  const char *colon = strrchr(text, ':');
  bool brackets = text[0] == '[' && colon && colon[-1] == ']';
  if (!colon || !isdigit((unsigned char)colon[1]))
    return "the port is missing: tcp://127.0.0.1:0";
  char *end;
  unsigned long port = strtoul(colon + 1, &end, 10);
  if (*end || port > 65535)
    return "the port is not a number from 0 to 65535";
  int length = (int)(colon - text) - 2 * brackets;
  if (length < 0 || (size_t)length >= sizeof host)
    return "the host is too long to be an address";
  snprintf(host, sizeof host, "%.*s", length, text + brackets);
  int status = brackets ? uv_ip6_addr(host, (int)port, (struct sockaddr_in6 *)&address->socket)
                        : uv_ip4_addr(host, (int)port, (struct sockaddr_in *)&address->socket);
  return status ? "the host is not a literal address" : NULL;
}

const char *address_parse(struct address *address, const char *url) {
  memset(address, 0, sizeof *address);
  size_t length = strlen(local.scheme);
  if (strncmp(url, local.scheme, length) == 0) {
    address->kind = ADDRESS_LOCAL;
    return parse_path(address, url + length);
  }
  if (strncmp(url, "tcp://", 6) == 0) {
    address->kind = ADDRESS_TCP;
    return parse_host_and_port(address, url + 6);
  }
  static char wrong[128];
  snprintf(wrong, sizeof wrong, "the address must be of the form %s or tcp://127.0.0.1:0",
           local.form);
  return wrong;
}

int stream_init(union stream *stream, uv_loop_t *loop, const struct address *address) {
  return address->kind == ADDRESS_LOCAL ? uv_pipe_init(loop, &stream->pipe, 0)
                                        : uv_tcp_init(loop, &stream->tcp);
}

int stream_bind(union stream *stream, const struct address *address) {
  return address->kind == ADDRESS_LOCAL
             ? uv_pipe_bind(&stream->pipe, address->path)
             : uv_tcp_bind(&stream->tcp, (const struct sockaddr *)&address->socket, 0);
}

int stream_connect(union stream *stream, uv_connect_t *request, const struct address *address,
                   uv_connect_cb connected) {
  if (address->kind == ADDRESS_TCP)
    return uv_tcp_connect(request, &stream->tcp, (const struct sockaddr *)&address->socket,
                          connected);
  uv_pipe_connect(request, &stream->pipe, address->path, connected);
  return 0;
}

int stream_url(const union stream *stream, char *url, size_t size) {
  struct sockaddr_storage name;
  int length = sizeof name;
  char host[INET6_ADDRSTRLEN];
  int status = uv_tcp_getsockname(&stream->tcp, (struct sockaddr *)&name, &length);
  if (status)
    return status;
  bool v6 = name.ss_family == AF_INET6;
  int port = ntohs(v6 ? ((struct sockaddr_in6 *)&name)->sin6_port
                      : ((struct sockaddr_in *)&name)->sin_port);
  if (v6)
    uv_ip6_name((struct sockaddr_in6 *)&name, host, sizeof host);
  else
    uv_ip4_name((struct sockaddr_in *)&name, host, sizeof host);
  snprintf(url, size, v6 ? "tcp://[%s]:%d" : "tcp://%s:%d", host, port);
  return 0;
}
