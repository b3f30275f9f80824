/* SPDX-License-Identifier: MIT */
/* An address as a URL and as libuv takes it: unix:///path/of/socket, on Windows
 * npipe://./pipe/NAME; tcp://127.0.0.1:0. */
#ifndef ECHOD_ADDRESS_H
#define ECHOD_ADDRESS_H

#include <uv.h>

struct address {
  enum { ADDRESS_LOCAL, ADDRESS_TCP } kind;
  char path[512];
  struct sockaddr_storage socket;
};

/* One of both: a stream of the kind that its address asks for. */
union stream {
  uv_handle_t handle;
  uv_stream_t stream;
  uv_pipe_t pipe;
  uv_tcp_t tcp;
};

/* Returns NULL, or what is wrong with the URL. Names are not resolved: that takes its time. */
const char *address_parse(struct address *address, const char *url);

/* These return 0 or an error of libuv. */
int stream_init(union stream *stream, uv_loop_t *loop, const struct address *address);
int stream_bind(union stream *stream, const struct address *address);
int stream_connect(union stream *stream, uv_connect_t *request, const struct address *address,
                   uv_connect_cb connected);
/* Where a bound TCP stream listens, with the port that it has got. */
int stream_url(const union stream *stream, char *url, size_t size);

#endif
