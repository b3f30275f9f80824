/* SPDX-License-Identifier: MIT */
/*
 * Windows' named pipes. A name is a name for the whole machine and cannot be held for a server that
 * makes the pipe itself: ours is one that nobody can guess, and whoever connects looks at the owner
 * of what was found there. What we listen on ourselves is for our user alone, from its first
 * moment.
 */
#include "transports/pipe_windows.h"
#include "transports/stream.h"
#include "transports/transports.h"

#include <string.h>

/* ---- What the files of this transport share ---- */

bool hp__pipe_path(hp_pipe_path path, const char *name) {
  static const wchar_t prefix[] = L"\\\\.\\pipe\\";
  enum { LENGTH = sizeof prefix / sizeof *prefix - 1 };
  memcpy(path, prefix, sizeof prefix);
  return hp__pipe_name_check(name, NULL) == 0 &&
         MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, name, -1, path + LENGTH,
                             HP_PIPE_NAME_MAX + 1 - LENGTH) > 0;
}

DWORD hp__pipe_user_get(struct hp_pipe_user *user) {
  HANDLE token;
  DWORD length;
  if (!OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token))
    return GetLastError();
  bool known = GetTokenInformation(token, TokenUser, &user->as, sizeof user->as, &length) &&
               GetTokenInformation(token, TokenOwner, &user->owner, sizeof user->owner, &length);
  DWORD code = known ? 0 : GetLastError();
  CloseHandle(token);
  return code;
}

int hp__pipe_adopt(uv_pipe_t *pipe, HANDLE end) {
  uv_file file = uv_open_osfhandle(end);
  if (file < 0) {
    CloseHandle(end);
    return UV_EMFILE;
  }
  int code = uv_pipe_open(pipe, file);
  if (code != 0) {
    uv_fs_t request;
    uv_fs_close(NULL, &request, file, NULL);
    uv_fs_req_cleanup(&request);
  }
  return code;
}

/* ---- The address ---- */

static int check_pipe(const struct hp_transport_spec *spec, hp_error *error) {
  return spec->path ? hp__pipe_name_check(spec->path, error) : 0;
}

static int make_name(char *name, hp_error *error) {
  unsigned char bytes[HP_PIPE_RANDOM_SIZE];
  int status = uv_random(NULL, NULL, bytes, sizeof bytes, 0, NULL);
  if (status != 0)
    return hp__stream_error(error, HP_EIO, status, "no random name for a pipe");
  hp__pipe_name_make(name, bytes);
  return 0;
}

static int compose(const struct hp_transport_spec *spec, struct hp_endpoint *endpoint,
                   hp_error *error) {
  int code = check_pipe(spec, error);
  if (code != 0)
    return code;
  memset(endpoint, 0, sizeof *endpoint);
  endpoint->kind = HP_ENDPOINT_PIPE;
  strcpy(endpoint->host, ".");
  if (!spec->path)
    return make_name(endpoint->path, error);
  strcpy(endpoint->path, spec->path); /* the check has seen to the length */
  return 0;
}

/* Asking whether one could connect takes no connection from anybody. */
static int check_unused(const char *name, hp_error *error) {
  hp_pipe_path path;
  if (!hp__pipe_path(path, name))
    return hp_error_set(error, HP_ECONFIG, HP_PHASE_RESERVE,
                        "name of the pipe is not valid UTF-8: \"%s\"", name);
  if (!WaitNamedPipeW(path, 1) && GetLastError() == ERROR_FILE_NOT_FOUND)
    return 0;
  int code = hp_error_set(error, HP_EADDRINUSE, HP_PHASE_RESERVE,
                          "pipe " HP_PIPE_PREFIX "%s is in use, a server has made it", name);
  hp_error_set_hint(error, "stop that server, or choose another name");
  return code;
}

static int reserve_pipe(void *self, const struct hp_transport_spec *spec,
                        struct hp_endpoint *endpoint, hp_error *error) {
  (void)self; /* there is nothing that could be held */
  int code = compose(spec, endpoint, error);
  return code == 0 && spec->path ? check_unused(endpoint->path, error) : code;
}

static void release_pipe(void *self) {
  (void)self; /* a pipe ends with its last handle */
}

static int listen_pipe(uv_loop_t *loop, hp_listener *listener, const struct hp_transport_spec *spec,
                       int64_t owner, hp_error *error) {
  struct hp_endpoint endpoint;
  (void)owner; /* users have no numbers here; a server runs as we do */
  int code = compose(spec, &endpoint, error);
  return code == 0 ? hp__pipe_listen(loop, listener, &endpoint, error) : code;
}

const struct hp_transport_ops hp__transport_pipe = {
    .version = HP_TRANSPORT_VERSION,
    .caps = HP_TRANSPORT_LISTENS,
    .name = "pipe",
    .kind = HP_ENDPOINT_PIPE,
    .check = check_pipe,
    .reserve = reserve_pipe,
    .listen = listen_pipe,
    .connect = hp__pipe_connect,
    .release = release_pipe,
};
