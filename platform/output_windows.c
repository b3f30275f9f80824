/* SPDX-License-Identifier: MIT */
/*
 * The pipe that a process writes to. Only named pipes can be read by the loop, so the name is one
 * that nobody guesses, the one instance is taken at once, and only the owner may open it.
 */
#include "platform/child_windows.h"

#include "core/status.h"
#include "platform/directory_windows.h"

#include <stdio.h>

enum { NAME_SIZE = 64, BUFFER_SIZE = 65536 };

static bool make_name(wchar_t name[NAME_SIZE]) {
  unsigned char random[16];
  if (uv_random(NULL, NULL, random, sizeof random, 0, NULL) != 0)
    return false;
  int length = swprintf(name, NAME_SIZE, L"\\\\.\\pipe\\hp-");
  for (size_t i = 0; i < sizeof random; i++)
    length += swprintf(name + length, NAME_SIZE - (size_t)length, L"%02x", random[i]);
  return true;
}

static HANDLE make_reader(const wchar_t *name) {
  SECURITY_ATTRIBUTES security = {.nLength = sizeof security};
  DWORD code = hp__private_descriptor(&security.lpSecurityDescriptor);
  if (code != 0) {
    SetLastError(code);
    return INVALID_HANDLE_VALUE;
  }
  HANDLE reader = CreateNamedPipeW(
      name, PIPE_ACCESS_INBOUND | FILE_FLAG_OVERLAPPED | FILE_FLAG_FIRST_PIPE_INSTANCE,
      PIPE_TYPE_BYTE | PIPE_READMODE_BYTE | PIPE_WAIT | PIPE_REJECT_REMOTE_CLIENTS, 1, 0,
      BUFFER_SIZE, 0, &security);
  code = GetLastError();
  LocalFree(security.lpSecurityDescriptor);
  SetLastError(code);
  return reader;
}

static HANDLE make_writer(const wchar_t *name) {
  return CreateFileW(name, GENERIC_WRITE | FILE_READ_ATTRIBUTES, 0, NULL, OPEN_EXISTING, 0, NULL);
}

/* libuv takes a descriptor of its own C runtime, which need not be ours. */
static int give_to_loop(uv_pipe_t *reader, HANDLE handle) {
  uv_fs_t request;
  int fd = uv_open_osfhandle(handle);
  if (fd < 0) {
    CloseHandle(handle);
    return UV_EMFILE;
  }
  int result = uv_pipe_open(reader, fd);
  if (result < 0) {
    uv_fs_close(NULL, &request, fd, NULL);
    uv_fs_req_cleanup(&request);
  }
  return result;
}

static int fail(hp_error *error, DWORD code, const char *program) {
  return hp__explain_windows(error, HP_PHASE_SPAWN, code, "make an output pipe for", program);
}

int hp__output_pipe(uv_pipe_t *reader, HANDLE *writer, const char *program, hp_error *error) {
  wchar_t name[NAME_SIZE];
  if (!make_name(name))
    return fail(error, ERROR_GEN_FAILURE, program);
  HANDLE ours = make_reader(name);
  if (ours == INVALID_HANDLE_VALUE)
    return fail(error, GetLastError(), program);
  *writer = make_writer(name);
  if (*writer == INVALID_HANDLE_VALUE) {
    DWORD code = GetLastError();
    CloseHandle(ours);
    return fail(error, code, program);
  }
  int result = give_to_loop(reader, ours);
  if (result < 0)
    return hp_error_set(error, HP_ESPAWN, HP_PHASE_SPAWN, "cannot open an output pipe for %s: %s",
                        program, hp__status_text(result).text);
  return 0;
}
