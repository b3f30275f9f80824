/* SPDX-License-Identifier: MIT */
/*
 * Readiness by callback: we listen, the server connects, sends one length byte and so many bytes of
 * text, and keeps the connection open; its end is the server's word to stop. hyperd's text is its
 * descriptor (with a NUL that the length counts); our own form is "<nonce> <endpoint>".
 */
#include "core/readiness_kinds.h"

#include "core/alloc.h"
#include "core/messages.h"

#include <string.h>

struct client {
  struct client *next;
  struct callback *owner;
  uv_stream_t *stream;
  unsigned char message[HP_CALLBACK_SIZE]; /* the length byte and the text */
  size_t length;
  struct hp_peer peer;
  int ours;
};

struct callback {
  struct hp_readiness base;
  hp_listener listener;
  bool listening;
  struct client *clients; /* connected, not (yet) the one */
  struct client *tether;
  struct client *room; /* of the first one, made while an error could still be told */
  bool cut;            /* a stop came before the tether: it is cut as soon as it comes */
};

static void client_closed(uv_handle_t *handle) {
  struct client *client = handle->data;
  struct callback *callback = client->owner;
  hp_free(client->stream);
  hp__free(client);
  hp__readiness_release(&callback->base);
}

static void close_client(struct client *client) {
  uv_close((uv_handle_t *)client->stream, client_closed);
}

static void unlist(struct client *client) {
  for (struct client **slot = &client->owner->clients; *slot; slot = &(*slot)->next)
    if (*slot == client) {
      *slot = client->next;
      return;
    }
}

static void drop(struct client *client) {
  struct callback *callback = client->owner;
  unlist(client);
  if (callback->tether == client)
    callback->tether = NULL;
  close_client(client);
}

static bool cut_tether(hp_readiness *readiness) {
  struct callback *callback = (struct callback *)readiness;
  callback->cut = true;
  if (!callback->tether)
    return false;
  readiness->owner.platform->stream_cut(callback->tether->stream);
  drop(callback->tether);
  return true;
}

static void adopt(struct client *client, const char *descriptor) {
  struct callback *callback = client->owner;
  unlist(client);
  callback->tether = client;
  if (callback->cut) {
    cut_tether(&callback->base);
    return;
  }
  hp__readiness_report(&callback->base, HP_REPORT_ENDPOINT, descriptor);
  hp__readiness_answered(&callback->base, &client->peer, client->ours);
}

static void digest(struct client *client) {
  struct hp_readiness_owner *owner = &client->owner->base.owner;
  char text[HP_CALLBACK_SIZE];
  if (!hp__callback_text(client->message, client->length, text))
    return;
  const char *nonce = owner->ready->nonce ? owner->launch->nonce : NULL;
  const char *descriptor = hp__callback_after_nonce(text, nonce);
  if (descriptor && hp__launch_read_report(owner->launch, descriptor)) {
    adopt(client, descriptor);
    return;
  }
  hp__readiness_report(&client->owner->base, HP_REPORT_STATUS,
                       "a callback that does not say where the server listens was refused");
  drop(client);
}

static void give_room(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer) {
  (void)suggested;
  static const size_t full = sizeof((struct client *)0)->message;
  struct client *client = handle->data;
  if (client->length == full) /* bytes after the message mean nothing; only the end does */
    client->length = full - 1;
  *buffer =
      uv_buf_init((char *)client->message + client->length, (unsigned)(full - client->length));
}

static void read_client(uv_stream_t *stream, ssize_t length, const uv_buf_t *buffer) {
  struct client *client = stream->data;
  (void)buffer;
  if (length < 0) {
    drop(client);
    return;
  }
  client->length += (size_t)length;
  if (client->owner->tether != client && length > 0)
    digest(client);
}

static void free_stream(uv_handle_t *stream) {
  hp_free(stream);
}

static struct client *take_room(struct callback *callback) {
  struct client *room = callback->room;
  callback->room = NULL;
  return room ? room : hp__alloc(sizeof *room);
}

static void accept_client(hp_listener *listener, uv_stream_t *stream) {
  struct callback *callback = listener->data;
  struct client *client = take_room(callback);
  if (!client) {
    uv_close((uv_handle_t *)stream, free_stream);
    return;
  }
  *client = (struct client){.next = callback->clients, .owner = callback, .stream = stream};
  callback->base.owner.platform->stream_peer(stream, &client->peer);
  client->ours = hp__readiness_is_ours(&callback->base, &client->peer);
  stream->data = client;
  callback->base.open++;
  callback->clients = client;
  if (client->ours == 0)
    hp__readiness_refuse(&callback->base, &client->peer);
  if (client->ours == 0 || callback->tether || callback->base.closing ||
      uv_read_start(stream, give_room, read_client) != 0)
    drop(client);
  else if (client->ours == 1)
    hp__readiness_report(&callback->base, HP_REPORT_NEAR, NULL);
}

static int open_listener(hp_readiness *readiness, hp_error *error) {
  struct callback *callback = (struct callback *)readiness;
  struct hp_launch *launch = readiness->owner.launch;
  const struct hp_plan *plan = launch->plan;
  struct hp_transport_spec spec = {.directory = launch->runtime_dir, .name = HP_CALLBACK_NAME};
  int result = hp__random_hex(launch->nonce, sizeof launch->nonce, error);
  if (result < 0)
    return result;
  callback->room = hp__alloc(sizeof *callback->room);
  if (!callback->room)
    return hp_error_set(error, HP_ENOMEM, HP_PHASE_RESERVE, "no memory for the callback");
  callback->listener = (hp_listener){.data = callback, .callback = accept_client};
  result = plan->callback->listen(readiness->owner.loop, &callback->listener, &spec, plan->user.id,
                                  error);
  if (result < 0)
    return result;
  callback->listening = true;
  readiness->open++;
  launch->callback = callback->listener.endpoint;
  return 0;
}

static void listener_closed(uv_handle_t *handle) {
  struct callback *callback =
      (struct callback *)((char *)handle - offsetof(struct callback, listener.as));
  hp__readiness_release(&callback->base);
}

/* One connection is all that a server makes: nobody else gets in. */
static void stop_listening(hp_readiness *readiness) {
  struct callback *callback = (struct callback *)readiness;
  if (!callback->listening)
    return;
  callback->listening = false;
  hp_listener_close(&callback->listener, listener_closed);
  while (callback->clients)
    drop(callback->clients);
}

static void close_callback(hp_readiness *readiness) {
  struct callback *callback = (struct callback *)readiness;
  hp__free(callback->room);
  callback->room = NULL;
  stop_listening(readiness);
  cut_tether(readiness);
}

const struct hp_ready_ops hp__ready_callback = {
    .kind = HP_READY_CALLBACK,
    .text = "its callback",
    .size = sizeof(struct callback),
    .open = open_listener,
    .settle = stop_listening,
    .cut_tether = cut_tether,
    .close = close_callback,
};
