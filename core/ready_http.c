/* SPDX-License-Identifier: MIT */
/* Readiness by an answer over HTTP: GET, a status in a range, and a text in the body if asked. */
#include "core/dial.h"
#include "core/http_head.h"
#include "core/status.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ANSWER_MAX = 65536 }; /* of head and body: what comes behind it is not read */

struct http {
  struct hp_dial dial;
  uv_write_t write;
  const char *path, *port; /* filled in; NULL: not yet */
  char request[2048];
  size_t length;
  char answer[ANSWER_MAX + 1]; /* and a NUL */
};

static struct http *http_of(void *dial) {
  return dial;
}

/* ---- the answer ---- */

static void finish(struct http *http) {
  hp__dial_close(&http->dial);
}

static void pass(struct http *http) {
  hp__probe_pass(&http->dial.probe, &http->dial.peer, http->dial.ours);
  finish(http);
}

/* Whether all of the body that there will be is there; it ends in a NUL then. */
static bool has_body(struct http *http, const struct hp_http_head *head, bool ended) {
  char *body = http->answer + head->size;
  size_t length = http->length - head->size;
  bool whole = ended || http->length == ANSWER_MAX;
  if (head->chunked && !whole) { /* joined once: it is done in place */
    static const char last[] = "\r\n0\r\n";
    whole = length >= sizeof last && memcmp(body + length - 7, last, sizeof last - 1) == 0;
  }
  if (head->length >= 0 && (int64_t)length >= head->length) {
    length = (size_t)head->length;
    whole = true;
  }
  if (whole && head->chunked)
    hp__http_join(body, length, &length);
  body[length] = '\0';
  return whole;
}

static void judge_body(struct http *http, const struct hp_http_head *head, bool ended) {
  const char *wanted = http->dial.probe.base.owner.ready->body;
  if (wanted && !has_body(http, head, ended))
    return;
  if (!wanted || strstr(http->answer + head->size, wanted)) {
    pass(http);
    return;
  }
  hp__probe_miss(&http->dial.probe, "the answer to GET %s does not say '%s'", http->path, wanted);
  finish(http);
}

static void digest(struct http *http, bool ended) {
  const struct hp_ready *ready = http->dial.probe.base.owner.ready;
  int first = ready->status[0] ? ready->status[0] : 200;
  int last = ready->status[0] ? ready->status[1] : 299;
  struct hp_http_head head;
  int result = hp__http_head(http->answer, http->length, &head);
  if (result == HP_HTTP_DONE && head.status >= first && head.status <= last) {
    judge_body(http, &head, ended);
    return;
  }
  if (result == HP_HTTP_MORE && !ended && http->length < ANSWER_MAX)
    return;
  if (result == HP_HTTP_DONE)
    hp__probe_miss(&http->dial.probe, "GET %s was answered with status %d", http->path,
                   head.status);
  else
    hp__probe_miss(&http->dial.probe, "GET %s was not answered by HTTP", http->path);
  finish(http);
}

static void give_room(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer) {
  struct http *http =
      http_of(((hp_connect_request *)((char *)handle - offsetof(hp_connect_request, as)))->data);
  (void)suggested;
  *buffer = uv_buf_init(http->answer + http->length, (unsigned)(ANSWER_MAX - http->length));
}

static void read_answer(uv_stream_t *stream, ssize_t length, const uv_buf_t *buffer) {
  struct http *http =
      http_of(((hp_connect_request *)((char *)stream - offsetof(hp_connect_request, as)))->data);
  (void)buffer;
  if (length == 0 || uv_is_closing((uv_handle_t *)stream))
    return;
  http->length += length > 0 ? (size_t)length : 0;
  digest(http, length < 0);
  if (length < 0)
    finish(http);
}

/* ---- the request ---- */

static void written(uv_write_t *write, int status) {
  struct http *http = write->data;
  if (status >= 0 || status == UV_ECANCELED)
    return;
  hp__probe_miss(&http->dial.probe, "%s", hp__status_text(status).text);
  finish(http);
}

static int write_request(struct http *http) {
  const struct hp_endpoint *endpoint = &http->dial.endpoint;
  bool brackets = strchr(endpoint->host, ':') != NULL;
  char host[HP_HOST_SIZE + 16] = "localhost";
  if (endpoint->kind == HP_ENDPOINT_TCP)
    snprintf(host, sizeof host, brackets ? "[%s]:%u" : "%s:%u", endpoint->host,
             (unsigned)endpoint->port);
  int length = snprintf(http->request, sizeof http->request,
                        "GET %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: hyperprocess/%s\r\n"
                        "Accept: */*\r\nConnection: close\r\n\r\n",
                        http->path, host, hp_version());
  if (length < 0 || (size_t)length >= sizeof http->request)
    return UV_E2BIG;
  uv_buf_t buffer = uv_buf_init(http->request, (unsigned)length);
  http->write.data = http;
  return uv_write(&http->write, &http->dial.request.as.stream, &buffer, 1, written);
}

static void converse(struct hp_dial *dial) {
  struct http *http = http_of(dial);
  http->length = 0;
  int status = uv_read_start(&dial->request.as.stream, give_room, read_answer);
  if (status == 0)
    status = write_request(http);
  if (status == 0)
    return;
  hp__probe_miss(&dial->probe, "%s", hp__status_text(status).text);
  finish(http);
}

/* ---- the attempt ---- */

/* Once: the launch's arena is not to grow with each attempt. */
static int fill_in(struct http *http) {
  const struct hp_readiness_owner *owner = &http->dial.probe.base.owner;
  const char *path = "/", *port = "";
  int result = 0;
  if (http->path)
    return 0;
  if (owner->ready->path.count > 0)
    result = hp__launch_text(owner->launch, &owner->ready->path, &path, NULL);
  if (result == 0 && owner->ready->port.count > 0)
    result = hp__launch_text(owner->launch, &owner->ready->port, &port, NULL);
  if (result < 0)
    return result;
  http->path = path;
  http->port = port;
  return 0;
}

static bool choose_address(struct http *http, struct hp_endpoint *endpoint) {
  const struct hp_launch *launch = http->dial.probe.base.owner.launch;
  *endpoint = launch->endpoint;
  if (!http->port[0])
    return true;
  unsigned long port = strtoul(http->port, NULL, 10);
  if (port == 0 || port > UINT16_MAX || http->port[strspn(http->port, "0123456789")])
    return false;
  if (endpoint->kind != HP_ENDPOINT_TCP)
    *endpoint = (struct hp_endpoint){.kind = HP_ENDPOINT_TCP, .host = "127.0.0.1"};
  endpoint->port = (uint16_t)port;
  return true;
}

static void ask(struct hp_probe *probe) {
  struct http *http = http_of(probe);
  const struct hp_plan *plan = probe->base.owner.launch->plan;
  struct hp_endpoint endpoint;
  if (fill_in(http) < 0) {
    hp__probe_miss(probe, "its address is not known yet");
    hp__probe_end(probe);
  } else if (!choose_address(http, &endpoint)) {
    hp__probe_miss(probe, "'%s' is not a port", http->port);
    hp__probe_end(probe);
  } else {
    hp__dial_connect(&http->dial, http->port[0] ? plan->tcp : plan->transport, &endpoint);
  }
}

static void give_up(struct hp_probe *probe) {
  finish(http_of(probe));
}

static const struct hp_probe_rule rule = {
    .first = 200 * 1000,
    .longest = 250 * 1000 * 1000,
    .share = 16,
    .timeout = 10000,
    .ask = ask,
    .give_up = give_up,
};

static int open_http(hp_readiness *readiness, hp_error *error) {
  struct http *http = (struct http *)readiness;
  http->dial.connected = converse;
  return hp__probe_open(&http->dial.probe, &rule, error);
}

static void begin(hp_readiness *readiness) {
  hp__probe_begin((struct hp_probe *)readiness);
}

static void stop_asking(hp_readiness *readiness) {
  hp__probe_quit((struct hp_probe *)readiness);
}

const struct hp_ready_ops hp__ready_http = {
    .kind = HP_READY_HTTP,
    .text = "an answer over HTTP",
    .size = sizeof(struct http),
    .open = open_http,
    .begin = begin,
    .settle = stop_asking,
    .rest = stop_asking,
    .close = stop_asking,
};
