/* SPDX-License-Identifier: MIT */
/* What the files of the pipe's transport share. */
#ifndef HP_TRANSPORTS_PIPE_WINDOWS_H
#define HP_TRANSPORTS_PIPE_WINDOWS_H

#include "transports/pipe_name.h"

#include <windows.h>

typedef wchar_t hp_pipe_path[HP_PIPE_NAME_MAX + 1];

/* The whole path of a pipe for the wide API; false when the name can be none. */
bool hp__pipe_path(hp_pipe_path path, const char *name);

/* Us, as the system's access checks know us. */
struct hp_pipe_user {
  union {
    TOKEN_USER user;
    TOKEN_OWNER owner;
    BYTE bytes[sizeof(TOKEN_USER) + SECURITY_MAX_SID_SIZE];
  } as, owner; /* the user, and whom this process makes the owner of things: with an elevated
                  administrator the whole group */
};
/* 0, or a code of the system's. */
DWORD hp__pipe_user_get(struct hp_pipe_user *user);

/* Whether a pipe of that owner is one of ours. NULL: it has none, and nobody vouches for it. */
bool hp__pipe_is_of(PSID owner, PSID user, PSID default_owner);

int hp__pipe_listen(uv_loop_t *loop, hp_listener *listener, const struct hp_endpoint *endpoint,
                    hp_error *error);
int hp__pipe_connect(uv_loop_t *loop, hp_connect_request *request,
                     const struct hp_endpoint *endpoint);

/* Makes `pipe` the owner of a connected end; the end is closed when it cannot be. */
int hp__pipe_adopt(uv_pipe_t *pipe, HANDLE end);

#endif
