/* SPDX-License-Identifier: MIT */
/*
 * A sample server: it says back what it is told. It shows what a server can do for the host that
 * starts it: pick its own port, say where it listens and when it is ready, and stop gracefully when
 * it is asked to, by a signal or by the end of the host's connection. It listens before it tells
 * anyone, and looks up no names, so that it is ready at once.
 */
#include "address.h"
#include "host.h"
#include "local.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BACKLOG = 128, CLIENT_BUFFER = 16384, URL_SIZE = 512 };

static const char usage[] =
    "usage: hyperprocess-echod --listen URL [--greeting TEXT] [--print-endpoint]\n"
    "\n"
    "Says back what it is told.\n"
    "\n"
    "  --listen URL       unix:///path/of/socket, on Windows npipe://./pipe/NAME;\n"
    "                     or tcp://127.0.0.1:PORT; port 0 picks one\n"
    "  --greeting TEXT    a line sent to every client that connects\n"
    "  --print-endpoint   prints \"listening on URL\" when it listens\n"
    "  --help             prints this\n"
    "\n"
    "Tells its endpoint to the listener that ECHOD_CALLBACK (a URL) names, preceded by "
    "ECHOD_NONCE,\n"
    "and stops when that connection ends. Speaks the sd_notify protocol over NOTIFY_SOCKET.\n"
    "Stops gracefully on SIGTERM and SIGINT, on Windows on CTRL_C and CTRL_BREAK.\n";

struct options {
  const char *listen, *greeting;
  bool print_endpoint, help;
};

struct client { /* reads only when all that it was sent is written, so one buffer is enough */
  union stream stream;
  uv_write_t write;
  char buffer[CLIENT_BUFFER];
};

static struct {
  uv_loop_t loop;
  union stream listener;
  uv_signal_t signals[2];
  struct address address;
  char url[URL_SIZE], greeting[1024];
  int exit_status;
  bool stopping;
} server;

static int complain(const char *what, const char *why) {
  fprintf(stderr, "hyperprocess-echod: %s: %s\n", what, why);
  return EXIT_FAILURE;
}

/* ---- Clients --------------------------------------------------------------------------------- */

static void free_client(uv_handle_t *handle) {
  free(handle->data);
}

static void close_client(struct client *client) {
  if (!uv_is_closing(&client->stream.handle))
    uv_close(&client->stream.handle, free_client);
}

static void allocate(uv_handle_t *handle, size_t size, uv_buf_t *buffer) {
  struct client *client = handle->data;
  (void)size;
  *buffer = uv_buf_init(client->buffer, sizeof client->buffer);
}

static void on_read(uv_stream_t *stream, ssize_t length, const uv_buf_t *buffer);

static void on_written(uv_write_t *request, int status) {
  struct client *client = request->handle->data;
  if (status || uv_read_start(request->handle, allocate, on_read))
    close_client(client);
}

static void say(struct client *client, const char *text, size_t length) {
  uv_buf_t buffer = uv_buf_init((char *)text, (unsigned)length);
  if (uv_write(&client->write, &client->stream.stream, &buffer, 1, on_written))
    close_client(client);
}

static void on_read(uv_stream_t *stream, ssize_t length, const uv_buf_t *buffer) {
  struct client *client = stream->data;
  if (length < 0) {
    close_client(client);
  } else if (length > 0) {
    uv_read_stop(stream);
    say(client, buffer->base, (size_t)length);
  }
}

static void on_client(uv_stream_t *listener, int status) {
  struct client *client = status ? NULL : malloc(sizeof *client);
  if (!client)
    return;
  if (stream_init(&client->stream, &server.loop, &server.address)) {
    free(client);
    return;
  }
  client->stream.handle.data = client;
  if (uv_accept(listener, &client->stream.stream))
    close_client(client);
  else if (server.greeting[0])
    say(client, server.greeting, strlen(server.greeting));
  else if (uv_read_start(&client->stream.stream, allocate, on_read))
    close_client(client);
}

/* ---- The end --------------------------------------------------------------------------------- */

static void close_handle(uv_handle_t *handle, void *unused) {
  (void)unused;
  if (!uv_is_closing(handle)) /* of all handles, only those of clients have data: themselves */
    uv_close(handle, free_client);
}

/* Closing the listener also removes its socket. The loop ends when everything is closed. */
static void stop(void) {
  if (server.stopping)
    return;
  server.stopping = true;
  host_notify("STOPPING=1\nSTATUS=closing all connections");
  uv_walk(&server.loop, close_handle, NULL);
}

static void on_signal(uv_signal_t *handle, int number) {
  (void)handle, (void)number;
  stop();
}

static void on_host_ended(int status) {
  if (status)
    server.exit_status = complain("callback connection", uv_strerror(status));
  stop();
}

/* ---- The beginning --------------------------------------------------------------------------- */

static int start_listening(const char *url) {
  int status = stream_init(&server.listener, &server.loop, &server.address);
  if (!status)
    status = stream_bind(&server.listener, &server.address);
  if (!status)
    status = uv_listen(&server.listener.stream, BACKLOG, on_client);
  if (!status && server.address.kind == ADDRESS_TCP)
    status = stream_url(&server.listener, server.url, sizeof server.url);
  else
    snprintf(server.url, sizeof server.url, "%s", url);
  return status;
}

static void watch_signals(void) {
  for (int i = 0; i < 2; i++) {
    uv_signal_init(&server.loop, &server.signals[i]);
    uv_signal_start(&server.signals[i], on_signal, local.signals[i]);
  }
}

static void announce(const struct options *options) {
  char message[3 * URL_SIZE];
  const char *wrong = host_call(&server.loop, server.url, on_host_ended);
  if (wrong) {
    server.exit_status = complain("ECHOD_CALLBACK", wrong);
    stop();
    return;
  }
  snprintf(message, sizeof message, "READY=1\nENDPOINT=%s\nSTATUS=listening on %s", server.url,
           server.url);
  host_notify(message);
  if (options->print_endpoint) {
    printf("listening on %s\n", server.url);
    fflush(stdout);
  }
}

static int serve(const struct options *options) {
  const char *wrong = address_parse(&server.address, options->listen);
  if (wrong)
    return complain(options->listen, wrong);
  if (options->greeting)
    snprintf(server.greeting, sizeof server.greeting, "%s\n", options->greeting);
  int status = uv_loop_init(&server.loop);
  if (status)
    return complain("event loop", uv_strerror(status));
  local_begin();
  watch_signals();
  status = start_listening(options->listen);
  if (status) {
    server.exit_status = complain(options->listen, uv_strerror(status));
    stop();
  } else {
    announce(options);
  }
  uv_run(&server.loop, UV_RUN_DEFAULT);
  uv_loop_close(&server.loop);
  return server.exit_status;
}

/* ---- Options --------------------------------------------------------------------------------- */

/* The value of `--name VALUE` or `--name=VALUE`; NULL where argv[*i] is not this option. */
static const char *read_value(char **argv, int *i, const char *name) {
  size_t length = strlen(name);
  if (strncmp(argv[*i], name, length) != 0)
    return NULL;
  if (argv[*i][length] == '=')
    return argv[*i] + length + 1;
  return argv[*i][length] == '\0' && argv[*i + 1] ? argv[++*i] : NULL;
}

static bool read_options(struct options *options, char **argv) {
  for (int i = 1; argv[i]; i++) {
    const char *value;
    if ((value = read_value(argv, &i, "--listen")))
      options->listen = value;
    else if ((value = read_value(argv, &i, "--greeting")))
      options->greeting = value;
    else if (strcmp(argv[i], "--print-endpoint") == 0)
      options->print_endpoint = true;
    else if (strcmp(argv[i], "--help") == 0)
      options->help = true;
    else {
      complain(argv[i], "not an option, or its value is missing");
      return false;
    }
  }
  if (!options->help && !options->listen)
    complain("--listen", "is missing");
  return options->help || options->listen;
}

int main(int argc, char **argv) {
  struct options options = {0};
  (void)argc;
  if (!read_options(&options, argv)) {
    fputs(usage, stderr);
    return 2;
  }
  if (options.help)
    return fputs(usage, stdout) < 0;
  return serve(&options);
}
