/* SPDX-License-Identifier: MIT */
/* What a server does: listen, say that it is ready, answer, stop; one order at a time. */
#include "orders.h"

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

enum { BACKLOG = 64, PATH = 512, PIECE = 1 << 16 };

union stream {
  uv_handle_t handle;
  uv_stream_t stream;
  uv_pipe_t pipe;
  uv_tcp_t tcp;
};

struct address {
  char path[PATH]; /* of a socket or a pipe; "": it is one of TCP */
  struct sockaddr_storage socket;
};

static union stream listener;
static uv_stream_t *tether;    /* NULL: never tied */
static const char *reply_file; /* NULL: clients hear what they said */
static bool is_served, is_tied, is_told;

static void fail(const char *what, int status) {
  say(2, "hp-child: %s: %s\n", what, uv_strerror(status));
  end_with(1);
}

static void must(const char *what, int status) {
  if (status < 0)
    fail(what, status);
}

/* ---- Addresses ---- */

static void copy_path(char path[PATH], const char *prefix, const char *text) {
  size_t length = (size_t)snprintf(path, PATH, "%s", prefix);
  for (unsigned byte; *text && length < PATH - 1; text++) {
    path[length++] = *text;
    if (*text == '%' && sscanf(text + 1, "%2x", &byte) == 1) {
      path[length - 1] = (char)byte;
      text += 2;
    }
  }
  path[length] = '\0';
}

/* unix:///path, npipe://./pipe/name, tcp://127.0.0.1:port; what has no scheme is a path. */
static struct address read_address(const char *url) {
  struct address address = {.path = ""};
  const char *colon = strrchr(url, ':');
  if (strncmp(url, "npipe://./pipe/", 15) == 0)
    copy_path(address.path, "\\\\.\\pipe\\", url + 15);
  else if (strncmp(url, "unix://", 7) == 0)
    copy_path(address.path, "", url + 7);
  else if (strncmp(url, "tcp://", 6) == 0)
    must(url, uv_ip4_addr("127.0.0.1", colon ? atoi(colon + 1) : 0,
                          (struct sockaddr_in *)&address.socket));
  else
    snprintf(address.path, PATH, "%s", url);
  return address;
}

static void init(union stream *stream, const struct address *address) {
  must("stream", address->path[0] ? uv_pipe_init(uv_default_loop(), &stream->pipe, 0)
                                  : uv_tcp_init(uv_default_loop(), &stream->tcp));
}

/* ---- Clients ---- */

struct client {
  union stream stream;
  uv_write_t write;
  struct client *next; /* that came early, too */
  char bytes[4096];
};

static struct client *early; /* those who came before they are served */

static void free_client(uv_handle_t *handle) {
  free(handle);
}

static void lend(uv_handle_t *handle, size_t size, uv_buf_t *buffer) {
  struct client *client = (struct client *)handle;
  (void)size;
  *buffer = uv_buf_init(client->bytes, sizeof client->bytes);
}

static void answer(uv_stream_t *stream, ssize_t length, const uv_buf_t *buffer);

static void answered(uv_write_t *write, int status) {
  if (status < 0 || reply_file || uv_read_start(write->handle, lend, answer) < 0)
    uv_close((uv_handle_t *)write->handle, free_client);
}

/* What the file holds at this moment; nothing: there is none. */
static uv_buf_t read_reply(struct client *client) {
  FILE *file = fopen(reply_file, "rb");
  size_t length = file ? fread(client->bytes, 1, sizeof client->bytes, file) : 0;
  if (file)
    fclose(file);
  return uv_buf_init(client->bytes, (unsigned)length);
}

static void answer(uv_stream_t *stream, ssize_t length, const uv_buf_t *buffer) {
  struct client *client = (struct client *)stream;
  uv_buf_t text = uv_buf_init(buffer->base, length > 0 ? (unsigned)length : 0);
  if (length == 0)
    return;
  uv_read_stop(stream);
  if (length > 0 && reply_file)
    text = read_reply(client);
  if (text.len == 0)
    length = UV_EOF;
  if (length < 0 || uv_write(&client->write, stream, &text, 1, answered) < 0)
    uv_close((uv_handle_t *)stream, free_client);
}

static void hear_client(struct client *client) {
  if (uv_read_start(&client->stream.stream, lend, answer) < 0)
    uv_close(&client->stream.handle, free_client);
}

static void welcome(uv_stream_t *server, int status) {
  struct client *client = status == 0 ? calloc(1, sizeof *client) : NULL;
  if (!client)
    return;
  if (server->type == UV_TCP)
    uv_tcp_init(server->loop, &client->stream.tcp);
  else
    uv_pipe_init(server->loop, &client->stream.pipe, 0);
  if (uv_accept(server, &client->stream.stream) < 0)
    uv_close(&client->stream.handle, free_client);
  else if (is_served)
    hear_client(client);
  else {
    client->next = early;
    early = client;
  }
}

/* ---- Listening ---- */

static void listen_on(const char *url) {
  struct address address = read_address(url);
  init(&listener, &address);
  must("bind", address.path[0] ? uv_pipe_bind(&listener.pipe, address.path)
                               : uv_tcp_bind(&listener.tcp, (struct sockaddr *)&address.socket, 0));
  must("listen", uv_listen(&listener.stream, BACKLOG, welcome));
}

static void listen_tcp(const char *port) {
  char url[64];
  snprintf(url, sizeof url, "tcp://127.0.0.1:%s", port);
  listen_on(url);
}

/* As sd_listen_fds(3) has it: what we are given listens already. Says under which name. */
static void inherit(const char *url) {
  struct address address = read_address(url);
  const char *count = getenv("LISTEN_FDS"), *pid = getenv("LISTEN_PID");
  const char *name = getenv("LISTEN_FDNAMES");
  if (!count || atoi(count) != 1 || !pid || atoi(pid) != (int)uv_os_getpid() || !name)
    fail("inherit", UV_ESRCH);
  say(1, "inherited as %s\n", name);
  init(&listener, &address);
  must("inherit",
       address.path[0] ? uv_pipe_open(&listener.pipe, 3) : uv_tcp_open(&listener.tcp, 3));
  must("listen", uv_listen(&listener.stream, BACKLOG, welcome));
}

/* Writes "<text><port>" and the end of the line. */
static void say_port(const char *text) {
  struct sockaddr_in address;
  int size = sizeof address;
  must("port", uv_tcp_getsockname(&listener.tcp, (struct sockaddr *)&address, &size));
  say(1, "%s%d\n", text, ntohs(address.sin_port));
}

/* Every client is sent what that file holds, and let go. */
static void reply_with(const char *path) {
  reply_file = path;
}

/* Until the tether ends, where there is one. */
static void serve(const char *argument) {
  (void)argument;
  is_served = true;
  for (; early; early = early->next)
    hear_client(early);
  if (!tether || is_tied)
    uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}

/* ---- The callback ---- */

static void hear(uv_stream_t *stream, ssize_t length, const uv_buf_t *buffer) {
  (void)buffer;
  if (length >= 0)
    return;
  uv_read_stop(stream);
  if (stream != tether)
    return;
  is_tied = false;
  uv_stop(stream->loop);
}

static void lend_little(uv_handle_t *handle, size_t size, uv_buf_t *buffer) {
  static char bytes[16];
  (void)handle;
  (void)size;
  *buffer = uv_buf_init(bytes, sizeof bytes);
}

static void told(uv_write_t *write, int status) {
  (void)write;
  must("callback", status);
  is_told = true;
  uv_stop(uv_default_loop());
}

static void tied(uv_connect_t *request, int status) {
  static uv_write_t write;
  uv_buf_t *message = request->data;
  must("callback", status);
  must("callback", uv_write(&write, request->handle, message, 1, told));
}

static void connect_to(union stream *stream, const struct address *address, uv_connect_t *request) {
  init(stream, address);
  if (address->path[0])
    uv_pipe_connect(request, &stream->pipe, address->path, tied);
  else
    must("callback",
         uv_tcp_connect(request, &stream->tcp, (const struct sockaddr *)&address->socket, tied));
}

/* "URL TEXT": connects and sends the text behind its length; the connection stays. A former one
 * too, and nobody listens to it. */
static void call_back(const char *argument) {
  char url[PATH], bytes[256];
  const char *text = strchr(argument, ' ');
  if (!text ||
      (size_t)snprintf(url, sizeof url, "%.*s", (int)(text - argument), argument) >= sizeof url)
    fail("callback", UV_EINVAL);
  size_t length = strlen(++text);
  bytes[0] = (char)length;
  memcpy(bytes + 1, text, length);
  uv_buf_t message = uv_buf_init(bytes, (unsigned)length + 1);
  uv_connect_t request = {.data = &message};
  union stream *stream = calloc(1, sizeof *stream);
  struct address address = read_address(url);
  connect_to(stream, &address, &request);
  for (is_told = false; !is_told;)
    uv_run(uv_default_loop(), UV_RUN_DEFAULT);
  tether = &stream->stream;
  is_tied = true;
  must("callback", uv_read_start(&stream->stream, lend_little, hear));
}

static void hold_tether(const char *argument) {
  (void)argument;
  while (is_tied)
    uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}

/* ---- Output ---- */

static void close_output(const char *argument) {
  (void)argument;
  own_silence();
}

static void write_part(const char *text) {
  say_bytes(1, text, (unsigned long)strlen(text));
}

static void flood(const char *megabytes) {
  static char block[PIECE];
  memset(block, 'x', sizeof block);
  for (size_t i = 63; i < sizeof block; i += 64)
    block[i] = '\n';
  for (long left = atol(megabytes) * ((1 << 20) / PIECE); left > 0; left--)
    say_bytes(1, block, sizeof block);
}

static void write_long(const char *count) {
  char piece[100];
  memset(piece, 'x', sizeof piece);
  for (long left = atol(count); left > 0; left -= (long)sizeof piece)
    say_bytes(1, piece, left < (long)sizeof piece ? (unsigned long)left : sizeof piece);
}

/* ---- The test's word, and ours to it ---- */

/* A test decides when it goes on: by making a file. */
static void await_file(const char *path) {
  for (uv_fs_t request;; uv_sleep(1)) {
    int status = uv_fs_stat(NULL, &request, path, NULL);
    uv_fs_req_cleanup(&request);
    if (status == 0)
      return;
  }
}

/* One more line in a file, with our pid: that we came so far, and how often. */
static void mark(const char *path) {
  FILE *file = fopen(path, "ab");
  if (!file || fprintf(file, "%d\n", (int)uv_os_getpid()) < 0 || fclose(file) != 0)
    fail(path, UV_EIO);
}

/* Ends badly where there is no such file. */
static void demand(const char *path) {
  FILE *file = fopen(path, "rb");
  if (!file) {
    say(2, "hp-child: there is no %s yet\n", path);
    end_with(3);
  }
  fclose(file);
}

static void caught(uv_signal_t *handle, int number) {
  (void)number;
  uv_signal_stop(handle);
}

static uv_signal_t awaited;

/* From now on it is for await-signal. */
static void block_signal(const char *number) {
  uv_signal_init(uv_default_loop(), &awaited);
  must("signal", uv_signal_start(&awaited, caught, own_signal(atoi(number))));
}

static void await_signal(const char *number) {
  (void)number;
  while (uv_is_active((uv_handle_t *)&awaited))
    uv_run(uv_default_loop(), UV_RUN_ONCE);
}

const struct order server_orders[] = {{"listen", listen_on},
                                      {"listen-tcp", listen_tcp},
                                      {"inherit", inherit},
                                      {"say-port", say_port},
                                      {"callback", call_back},
                                      {"tether", hold_tether},
                                      {"reply", reply_with},
                                      {"serve", serve},
                                      {"close-output", close_output},
                                      {"await", await_file},
                                      {"demand", demand},
                                      {"mark", mark},
                                      {"part", write_part},
                                      {"flood", flood},
                                      {"long-line", write_long},
                                      {"block", block_signal},
                                      {"await-signal", await_signal},
                                      {NULL, NULL}};
