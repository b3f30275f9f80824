/* SPDX-License-Identifier: MIT */
/* What a server does: listen, say that it is ready, answer, stop; one order at a time. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "orders.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { BACKLOG = 64 };

static int listener = -1, tether = -1;

static void fail(const char *what) {
  dprintf(2, "hp-child: %s: %s\n", what, strerror(errno));
  _exit(1);
}

static struct sockaddr_un unix_address(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  size_t length = strlen(path);
  memcpy(address.sun_path, path, length < sizeof address.sun_path ? length : 0);
  return address;
}

static void listen_on(struct sockaddr *address, socklen_t size, int reuse) {
  listener = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (reuse)
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &reuse, sizeof reuse);
  if (bind(listener, address, size) < 0 || listen(listener, BACKLOG) < 0)
    fail("listen");
}

static void listen_unix(const char *path) {
  struct sockaddr_un address = unix_address(path);
  listen_on((struct sockaddr *)&address, sizeof address, 0);
}

static void listen_tcp(const char *port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port))};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  listen_on((struct sockaddr *)&address, sizeof address, 1);
}

/* Writes "<text><port>" and the end of the line. */
static void say_port(const char *text) {
  struct sockaddr_in address;
  socklen_t size = sizeof address;
  if (getsockname(listener, (struct sockaddr *)&address, &size) < 0)
    fail("port");
  dprintf(1, "%s%d\n", text, ntohs(address.sin_port));
}

/* "PATH TEXT": connects and sends the text behind its length; the connection stays. */
static void call_back(const char *argument) {
  char path[256], message[256];
  const char *text = strchr(argument, ' ');
  if (!text ||
      (size_t)snprintf(path, sizeof path, "%.*s", (int)(text - argument), argument) >= sizeof path)
    fail("callback");
  struct sockaddr_un address = unix_address(path);
  size_t length = strlen(++text);
  message[0] = (char)length;
  memcpy(message + 1, text, length);
  tether = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connect(tether, (struct sockaddr *)&address, sizeof address) < 0 ||
      write(tether, message, length + 1) != (ssize_t)length + 1)
    fail("callback");
}

static void hold_tether(const char *argument) {
  char byte;
  (void)argument;
  while (read(tether, &byte, 1) > 0)
    ;
}

static void answer(int client) {
  char bytes[4096];
  for (ssize_t length; (length = read(client, bytes, sizeof bytes)) > 0;)
    if (write(client, bytes, (size_t)length) < 0)
      break;
  close(client);
}

/* Until the tether ends, where there is one. */
static void serve(const char *argument) {
  (void)argument;
  for (;;) {
    struct pollfd polls[2] = {{.fd = listener, .events = POLLIN}, {.fd = tether, .events = POLLIN}};
    if (poll(polls, 2, -1) < 0)
      continue;
    if (polls[1].revents)
      return;
    int client = accept(listener, NULL, NULL);
    if (client >= 0)
      answer(client);
  }
}

static void close_output(const char *argument) {
  (void)argument;
  close(1);
  close(2);
}

/* A test decides when it goes on: by making a file. */
static void await_file(const char *path) {
  const struct timespec moment = {.tv_nsec = 500 * 1000};
  while (access(path, F_OK) < 0)
    nanosleep(&moment, NULL);
}

/* One more line in a file, with our pid: that we came so far, and how often. */
static void mark(const char *path) {
  char line[32];
  int file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  int length = snprintf(line, sizeof line, "%d\n", getpid());
  if (file < 0 || write(file, line, (size_t)length) != length)
    fail(path);
  close(file);
}

static void write_part(const char *text) {
  if (write(1, text, strlen(text)) < 0)
    fail("stdout");
}

static void flood(const char *megabytes) {
  static char block[1 << 16];
  memset(block, 'x', sizeof block);
  for (size_t i = 63; i < sizeof block; i += 64)
    block[i] = '\n';
  for (long left = atol(megabytes) * 16; left > 0; left--)
    for (size_t done = 0; done < sizeof block;) {
      ssize_t length = write(1, block + done, sizeof block - done);
      if (length < 0)
        fail("stdout");
      done += (size_t)length;
    }
}

static void write_long(const char *count) {
  for (long left = atol(count); left > 0; left--)
    write_part("x");
}

static void block_signal(const char *number) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, atoi(number));
  sigprocmask(SIG_BLOCK, &set, NULL);
}

/* One that was blocked before. */
static void await_signal(const char *number) {
  sigset_t set;
  int caught;
  sigemptyset(&set);
  sigaddset(&set, atoi(number));
  sigwait(&set, &caught);
}

const struct order server_orders[] = {{"listen-unix", listen_unix},
                                      {"listen-tcp", listen_tcp},
                                      {"say-port", say_port},
                                      {"callback", call_back},
                                      {"tether", hold_tether},
                                      {"serve", serve},
                                      {"close-output", close_output},
                                      {"await", await_file},
                                      {"mark", mark},
                                      {"part", write_part},
                                      {"flood", flood},
                                      {"long-line", write_long},
                                      {"block", block_signal},
                                      {"await-signal", await_signal},
                                      {NULL, NULL}};
