/* SPDX-License-Identifier: MIT */
/* A connection that leaves its loop, and the loop's completion port with it. */
#include "platform/windows.h"

#include <winternl.h>

enum { FILE_REPLACE_COMPLETION = 61 }; /* FileReplaceCompletionInformation, since Windows 8.1 */

/* Whose operations would else be queued on a port that nobody reads. Where it cannot be done, as
 * under Wine, an operation that sets the lowest bit of its event is not queued either. */
static void leave_port(HANDLE handle) {
  typedef NTSTATUS(NTAPI * set_information)(HANDLE, IO_STATUS_BLOCK *, void *, ULONG, int);
  struct {
    HANDLE port;
    void *key;
  } none = {NULL, NULL};
  IO_STATUS_BLOCK result;
  HMODULE native = GetModuleHandleW(L"ntdll.dll");
  FARPROC function = native ? GetProcAddress(native, "NtSetInformationFile") : NULL;
  if (function)
    ((set_information)(void (*)(void))function)(handle, &result, &none, sizeof none,
                                                FILE_REPLACE_COMPLETION);
}

static int take_pipe(HANDLE pipe, hp_handle *handle) {
  HANDLE self = GetCurrentProcess(), copy;
  if (!DuplicateHandle(self, pipe, self, &copy, 0, FALSE, DUPLICATE_SAME_ACCESS))
    return uv_translate_sys_error((int)GetLastError());
  leave_port(copy);
  *handle = (hp_handle)copy;
  return 0;
}

static int take_socket(SOCKET socket, hp_handle *handle) {
  WSAPROTOCOL_INFOW info;
  u_long off = 0;
  if (WSADuplicateSocketW(socket, GetCurrentProcessId(), &info) != 0)
    return uv_translate_sys_error(WSAGetLastError());
  SOCKET copy = WSASocketW(FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, &info, 0,
                           WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT);
  if (copy == INVALID_SOCKET)
    return uv_translate_sys_error(WSAGetLastError());
  ioctlsocket(copy, FIONBIO, &off);
  leave_port((HANDLE)copy);
  *handle = (hp_handle)copy;
  return 0;
}

int hp__stream_take_windows(uv_stream_t *stream, hp_handle *handle) {
  uv_os_fd_t ours;
  int status = uv_fileno((uv_handle_t *)stream, &ours);
  if (status < 0)
    return status;
  return stream->type == UV_TCP ? take_socket((SOCKET)ours, handle) : take_pipe(ours, handle);
}
