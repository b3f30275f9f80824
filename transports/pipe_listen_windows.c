/* SPDX-License-Identifier: MIT */
/*
 * Our own end of a named pipe. libuv makes its pipes readable for everybody and cannot listen on
 * one that was made otherwise: so one instance waits for a client here, beside the loop, and an
 * async handle tells the loop. The next instance is there before this one is handed on: a client
 * may find the pipe busy for a moment, but never missing.
 */
#include "transports/pipe_windows.h"
#include "transports/stream.h"

#include "core/alloc.h"

#include <string.h>

enum {
  BUFFER = 4096,
  FAILURES_MAX = 8 /* one after the other: the next one will not do better */
};

struct server {
  hp_listener *listener;
  hp_pipe_path path;
  HANDLE instance; /* that waits for a client */
  HANDLE event, wait;
  OVERLAPPED overlapped;
  int failures;            /* of instances, since the last client */
  bool pending, connected; /* the system holds `overlapped`; or it had a client at once */
};

/* ---- Making instances ---- */

/* For our user and nobody else, not even to read; inherits nothing. */
struct security {
  struct hp_pipe_user user;
  SECURITY_DESCRIPTOR descriptor;
  SECURITY_ATTRIBUTES attributes;
  union {
    ACL acl;
    BYTE bytes[sizeof(ACL) + sizeof(ACCESS_ALLOWED_ACE) + SECURITY_MAX_SID_SIZE];
  } list;
};

static DWORD make_security(struct security *security) {
  DWORD code = hp__pipe_user_get(&security->user);
  if (code != 0)
    return code;
  PSID user = security->user.as.user.User.Sid;
  PSECURITY_DESCRIPTOR descriptor = &security->descriptor;
  security->attributes = (SECURITY_ATTRIBUTES){sizeof security->attributes, descriptor, FALSE};
  bool made = InitializeAcl(&security->list.acl, sizeof security->list, ACL_REVISION) &&
              AddAccessAllowedAce(&security->list.acl, ACL_REVISION, FILE_ALL_ACCESS, user) &&
              InitializeSecurityDescriptor(descriptor, SECURITY_DESCRIPTOR_REVISION) &&
              SetSecurityDescriptorOwner(descriptor, user, FALSE) &&
              SetSecurityDescriptorDacl(descriptor, TRUE, &security->list.acl, FALSE) &&
              SetSecurityDescriptorControl(descriptor, SE_DACL_PROTECTED, SE_DACL_PROTECTED);
  return made ? 0 : GetLastError();
}

/* The first one fails where the name exists already: nobody has laid it ready for us. */
static DWORD make_instance(const struct server *server, bool first, HANDLE *instance) {
  struct security security;
  DWORD access = PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED;
  DWORD code = make_security(&security);
  *instance = INVALID_HANDLE_VALUE;
  if (code != 0)
    return code;
  *instance =
      CreateNamedPipeW(server->path, access | (first ? FILE_FLAG_FIRST_PIPE_INSTANCE : 0),
                       PIPE_TYPE_BYTE | PIPE_READMODE_BYTE | PIPE_WAIT | PIPE_REJECT_REMOTE_CLIENTS,
                       PIPE_UNLIMITED_INSTANCES, BUFFER, BUFFER, 0, &security.attributes);
  return *instance == INVALID_HANDLE_VALUE ? GetLastError() : 0;
}

/* ---- Waiting for a client ---- */

/* On a thread of the system's. */
static void CALLBACK wake(void *data, BOOLEAN timed_out) {
  struct server *server = data;
  (void)timed_out;
  uv_async_send(&server->listener->as.async);
}

/* A client that has come and gone already leaves the instance to be emptied first. */
static void await_client(struct server *server) {
  DWORD code = ERROR_NO_DATA;
  for (int i = 0; code == ERROR_NO_DATA && i < 16; i++) {
    if (i > 0)
      DisconnectNamedPipe(server->instance);
    memset(&server->overlapped, 0, sizeof server->overlapped);
    server->overlapped.hEvent = server->event;
    code = ConnectNamedPipe(server->instance, &server->overlapped) ? ERROR_PIPE_CONNECTED
                                                                   : GetLastError();
  }
  server->pending = code == ERROR_IO_PENDING;
  server->connected = code == ERROR_PIPE_CONNECTED;
  if (!server->pending)
    uv_async_send(&server->listener->as.async);
}

/* Whether a client has come; `failed`: the instance is of no use any more. */
static bool has_client(struct server *server, bool *failed) {
  DWORD length;
  *failed = false;
  if (server->pending) {
    if (!HasOverlappedIoCompleted(&server->overlapped))
      return false;
    server->connected =
        GetOverlappedResult(server->instance, &server->overlapped, &length, FALSE) != 0;
    server->pending = false;
  }
  *failed = !server->connected;
  return server->connected;
}

/* ---- Handing on ---- */

static void free_client(uv_handle_t *handle) {
  hp_free(handle);
}

static uv_stream_t *open_client(uv_loop_t *loop, HANDLE instance) {
  uv_pipe_t *client = hp_alloc(sizeof *client);
  if (!client || uv_pipe_init(loop, client, 0) != 0) {
    CloseHandle(instance);
    hp_free(client);
    return NULL;
  }
  if (hp__pipe_adopt(client, instance) == 0)
    return (uv_stream_t *)client;
  uv_close((uv_handle_t *)client, free_client);
  return NULL;
}

/* Without a next instance the client stays unanswered on this one, and the deadline of the start
 * tells; so it is too when one instance after the other was of no use, for the loop must not turn
 * for that alone. The callback comes last: it may end the listener. */
static void accept_client(uv_async_t *async) {
  hp_listener *listener = (hp_listener *)((char *)async - offsetof(hp_listener, as));
  struct server *server = listener->own;
  HANDLE instance = server->instance;
  bool failed, come = has_client(server, &failed);
  if (!come && !failed)
    return;
  HANDLE next;
  server->failures = failed ? server->failures + 1 : 0;
  if (server->failures >= FAILURES_MAX || make_instance(server, false, &next) != 0)
    return;
  server->instance = next;
  server->connected = false;
  await_client(server);
  if (failed) {
    CloseHandle(instance);
    return;
  }
  uv_stream_t *client = open_client(async->loop, instance);
  if (client)
    listener->callback(listener, client);
}

/* ---- Beginning and end ---- */

static void free_server(struct server *server) {
  if (server->event)
    CloseHandle(server->event);
  if (server->instance != INVALID_HANDLE_VALUE)
    CloseHandle(server->instance);
  hp__free(server);
}

/* Nobody wakes the loop any more when the wait is gone; then the system lets go of `overlapped`. */
static void end_server(hp_listener *listener) {
  struct server *server = listener->own;
  DWORD length;
  UnregisterWaitEx(server->wait, INVALID_HANDLE_VALUE);
  if (server->pending) {
    CancelIoEx(server->instance, &server->overlapped);
    GetOverlappedResult(server->instance, &server->overlapped, &length, TRUE);
  }
  free_server(server);
  listener->own = NULL;
}

static DWORD begin_server(struct server *server) {
  DWORD code = make_instance(server, true, &server->instance);
  if (code != 0)
    return code;
  server->event = CreateEventW(NULL, FALSE, FALSE, NULL);
  if (!server->event || !RegisterWaitForSingleObject(&server->wait, server->event, wake, server,
                                                     INFINITE, WT_EXECUTEINWAITTHREAD))
    return GetLastError();
  return 0;
}

/* ERROR_ACCESS_DENIED is how a name that exists already is refused to a first instance. */
static int refuse(const char *name, DWORD os_code, hp_error *error) {
  bool taken = os_code == ERROR_ACCESS_DENIED || os_code == ERROR_PIPE_BUSY;
  return hp__stream_error(error, taken ? HP_EADDRINUSE : HP_EIO,
                          uv_translate_sys_error((int)os_code),
                          "cannot listen on our own pipe " HP_PIPE_PREFIX "%s", name);
}

int hp__pipe_listen(uv_loop_t *loop, hp_listener *listener, const struct hp_endpoint *endpoint,
                    hp_error *error) {
  struct server *server = hp__alloc(sizeof *server);
  if (!server)
    return hp_error_set(error, HP_ENOMEM, HP_PHASE_RESERVE, "no memory for our own pipe");
  server->listener = listener;
  server->instance = INVALID_HANDLE_VALUE;
  DWORD os_code =
      hp__pipe_path(server->path, endpoint->path) ? begin_server(server) : ERROR_INVALID_NAME;
  int status = os_code == 0 ? uv_async_init(loop, &listener->as.async, accept_client) : 0;
  if (os_code == 0 && status == 0) {
    listener->endpoint = *endpoint;
    listener->end = end_server;
    listener->own = server;
    await_client(server);
    return 0;
  }
  if (server->wait)
    UnregisterWaitEx(server->wait, INVALID_HANDLE_VALUE);
  free_server(server);
  return os_code ? refuse(endpoint->path, os_code, error)
                 : hp__stream_error(error, HP_EIO, status, "cannot listen in the event loop");
}
