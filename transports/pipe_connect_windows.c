/* SPDX-License-Identifier: MIT */
/*
 * A connection to a named pipe. The name alone proves nothing: whoever came first could have made
 * it. The server may learn who we are, but not act as us, and a pipe that belongs to another user
 * is left at once.
 */
#include "transports/pipe_windows.h"
#include "transports/stream.h"

#include "core/alloc.h"

enum {
  SLICE_MS = 50, /* of the wait for a busy pipe: the longest that a closed handle is not noticed */
  PATIENCE_S = 5 /* a server that takes nobody for that long is stuck */
};

struct attempt {
  uv_work_t work;
  hp_connect_request *request;
  hp_pipe_path path;
  HANDLE end;
  DWORD code;        /* of the system's; 0: connected */
  uint64_t deadline; /* as uv_hrtime() has it; a slice may be longer or shorter than it should */
};

/* ---- Whose it is ---- */

bool hp__pipe_is_of(PSID owner, PSID user, PSID default_owner) {
  return owner && (EqualSid(owner, user) || EqualSid(owner, default_owner));
}

/* Windows gives every pipe an owner; Wine none to one that was made without a descriptor. */
static bool may_lack_owner(void) {
  HMODULE native = GetModuleHandleW(L"ntdll.dll");
  return native && GetProcAddress(native, "wine_get_version");
}

static bool is_ours(HANDLE end) {
  struct hp_pipe_user user;
  union {
    SECURITY_DESCRIPTOR descriptor;
    BYTE bytes[sizeof(SECURITY_DESCRIPTOR) + SECURITY_MAX_SID_SIZE];
  } security;
  DWORD length;
  PSID owner;
  BOOL implied;
  return GetKernelObjectSecurity(end, OWNER_SECURITY_INFORMATION, &security, sizeof security,
                                 &length) &&
         GetSecurityDescriptorOwner(&security, &owner, &implied) && hp__pipe_user_get(&user) == 0 &&
         (hp__pipe_is_of(owner, user.as.user.User.Sid, user.owner.owner.Owner) ||
          (!owner && may_lack_owner()));
}

static DWORD open_end(const wchar_t *path, HANDLE *end) {
  *end = CreateFileW(path, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING,
                     FILE_FLAG_OVERLAPPED | SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION, NULL);
  if (*end == INVALID_HANDLE_VALUE)
    return GetLastError();
  if (is_ours(*end))
    return 0;
  CloseHandle(*end);
  *end = INVALID_HANDLE_VALUE;
  return ERROR_ACCESS_DENIED;
}

/* ---- Busy ---- */

/* On a thread of libuv's. */
static void wait_a_slice(uv_work_t *work) {
  struct attempt *attempt = work->data;
  if (WaitNamedPipeW(attempt->path, SLICE_MS))
    attempt->code = open_end(attempt->path, &attempt->end);
  else
    attempt->code = GetLastError();
}

static bool is_busy(DWORD code) {
  return code == ERROR_PIPE_BUSY || code == ERROR_SEM_TIMEOUT;
}

static void report(struct attempt *attempt, int status) {
  hp_connect_request *request = attempt->request;
  if (attempt->end != INVALID_HANDLE_VALUE)
    CloseHandle(attempt->end);
  hp__free(attempt);
  request->callback(request, status);
}

static int adopt(struct attempt *attempt) {
  HANDLE end = attempt->end;
  attempt->end = INVALID_HANDLE_VALUE;
  return hp__pipe_adopt(&attempt->request->as.pipe, end);
}

static void end_slice(uv_work_t *work, int status) {
  struct attempt *attempt = work->data;
  if (uv_is_closing(&attempt->request->as.handle))
    report(attempt, UV_ECANCELED);
  else if (status != 0)
    report(attempt, status);
  else if (attempt->code == 0)
    report(attempt, adopt(attempt));
  else if (!is_busy(attempt->code))
    report(attempt, uv_translate_sys_error((int)attempt->code));
  else if (uv_hrtime() >= attempt->deadline)
    report(attempt, UV_EAGAIN); /* as a Unix socket whose backlog is full */
  else if (uv_queue_work(work->loop, work, wait_a_slice, end_slice) != 0)
    report(attempt, UV_EAGAIN);
}

/* ---- The whole ---- */

/* Most connections are made or refused at once. */
int hp__pipe_connect(uv_loop_t *loop, hp_connect_request *request,
                     const struct hp_endpoint *endpoint) {
  struct attempt *attempt = hp__alloc(sizeof *attempt);
  if (!attempt)
    return UV_ENOMEM;
  attempt->request = request;
  attempt->work.data = attempt;
  if (endpoint->kind != HP_ENDPOINT_PIPE || !hp__pipe_path(attempt->path, endpoint->path)) {
    hp__free(attempt);
    return UV_EINVAL;
  }
  uv_pipe_init(loop, &request->as.pipe, 0); /* without a pipe: this cannot fail */
  attempt->deadline = uv_hrtime() + PATIENCE_S * UINT64_C(1000000000);
  attempt->code = open_end(attempt->path, &attempt->end);
  if (is_busy(attempt->code) && uv_queue_work(loop, &attempt->work, wait_a_slice, end_slice) == 0)
    return 0;
  hp__stream_tell_later(loop, request,
                        attempt->code == 0 ? adopt(attempt)
                                           : uv_translate_sys_error((int)attempt->code));
  hp__free(attempt);
  return 0;
}
