/* SPDX-License-Identifier: MIT */
/*
 * Who is at the other end: a pipe's by the system's word, a TCP connection's and a port's by the
 * table of connections. Users have no numbers here, so `user` stays -1: a process is told by its
 * own number alone.
 */
#include "platform/windows.h"

#include "core/alloc.h"

#include <iphlpapi.h>
#include <stdio.h>
#include <string.h>

/* ---- Pipes ---- */

static bool is_server_end(HANDLE pipe) {
  DWORD flags;
  return GetNamedPipeInfo(pipe, &flags, NULL, NULL, NULL) && (flags & PIPE_SERVER_END);
}

static int64_t pipe_peer(HANDLE pipe) {
  ULONG pid = 0;
  BOOL known = is_server_end(pipe) ? GetNamedPipeClientProcessId(pipe, &pid)
                                   : GetNamedPipeServerProcessId(pipe, &pid);
  return known && pid > 0 ? (int64_t)pid : -1;
}

/* ---- The table of TCP ---- */

struct row { /* of either family, as 16 bytes each */
  uint8_t local[16], remote[16];
  uint16_t local_port, remote_port;
  DWORD pid;
};

static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

static void map_address(uint8_t bytes[16], DWORD four) {
  memcpy(bytes, mapped, sizeof mapped);
  memcpy(bytes + sizeof mapped, &four, sizeof four);
}

/* Asked again where the table has grown meanwhile. NULL when it cannot be had. */
static void *read_table(ULONG family, TCP_TABLE_CLASS class) {
  DWORD size = 16384;
  for (int i = 0; i < 4; i++) {
    void *table = hp__alloc(size);
    DWORD code = table ? GetExtendedTcpTable(table, &size, FALSE, family, class, 0)
                       : ERROR_NOT_ENOUGH_MEMORY;
    if (code == NO_ERROR)
      return table;
    hp__free(table);
    if (code != ERROR_INSUFFICIENT_BUFFER)
      return NULL;
  }
  return NULL;
}

static uint16_t port_of(DWORD port) {
  return ntohs((u_short)port);
}

static struct row read_four(const MIB_TCPROW_OWNER_PID *entry) {
  struct row row = {.local_port = port_of(entry->dwLocalPort),
                    .remote_port = port_of(entry->dwRemotePort),
                    .pid = entry->dwOwningPid};
  map_address(row.local, entry->dwLocalAddr);
  map_address(row.remote, entry->dwRemoteAddr);
  return row;
}

static struct row read_six(const MIB_TCP6ROW_OWNER_PID *entry) {
  struct row row = {.local_port = port_of(entry->dwLocalPort),
                    .remote_port = port_of(entry->dwRemotePort),
                    .pid = entry->dwOwningPid};
  memcpy(row.local, entry->ucLocalAddr, sizeof row.local);
  memcpy(row.remote, entry->ucRemoteAddr, sizeof row.remote);
  return row;
}

typedef bool (*row_test)(const struct row *row, const struct row *wanted);

/* The process of the first row that the test takes; -1 when there is none. */
static int64_t find_row(TCP_TABLE_CLASS class, row_test test, const struct row *wanted) {
  MIB_TCPTABLE_OWNER_PID *four = read_table(AF_INET, class);
  MIB_TCP6TABLE_OWNER_PID *six = read_table(AF_INET6, class);
  int64_t pid = -1;
  for (DWORD i = 0; four && pid < 0 && i < four->dwNumEntries; i++) {
    struct row row = read_four(&four->table[i]);
    pid = test(&row, wanted) ? (int64_t)row.pid : -1;
  }
  for (DWORD i = 0; six && pid < 0 && i < six->dwNumEntries; i++) {
    struct row row = read_six(&six->table[i]);
    pid = test(&row, wanted) ? (int64_t)row.pid : -1;
  }
  hp__free(four);
  hp__free(six);
  return pid > 0 ? pid : -1;
}

/* ---- The other end of a connection ---- */

static uint16_t read_address(const struct sockaddr_storage *address, uint8_t bytes[16]) {
  const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)address;
  const struct sockaddr_in *four = (const struct sockaddr_in *)address;
  if (address->ss_family == AF_INET6)
    memcpy(bytes, &six->sin6_addr, 16);
  else
    map_address(bytes, four->sin_addr.s_addr);
  return ntohs(address->ss_family == AF_INET6 ? six->sin6_port : four->sin_port);
}

/* Its own row: our remote end is its local one. */
static bool is_other_end(const struct row *row, const struct row *wanted) {
  return row->local_port == wanted->local_port && row->remote_port == wanted->remote_port &&
         memcmp(row->local, wanted->local, sizeof row->local) == 0 &&
         memcmp(row->remote, wanted->remote, sizeof row->remote) == 0;
}

static int64_t tcp_peer(const uv_tcp_t *tcp) {
  struct sockaddr_storage ours, theirs;
  struct row wanted = {0};
  int size = sizeof ours;
  if (uv_tcp_getsockname(tcp, (struct sockaddr *)&ours, &size) != 0)
    return -1;
  size = sizeof theirs;
  if (uv_tcp_getpeername(tcp, (struct sockaddr *)&theirs, &size) != 0)
    return -1;
  wanted.remote_port = read_address(&ours, wanted.remote);
  wanted.local_port = read_address(&theirs, wanted.local);
  return find_row(TCP_TABLE_OWNER_PID_CONNECTIONS, is_other_end, &wanted);
}

void hp__stream_peer_windows(uv_stream_t *stream, struct hp_peer *peer) {
  uv_os_fd_t handle;
  *peer = (struct hp_peer){.pid = -1, .user = -1};
  if (uv_fileno((uv_handle_t *)stream, &handle) != 0)
    return;
  if (stream->type == UV_NAMED_PIPE)
    peer->pid = pipe_peer(handle);
  else if (stream->type == UV_TCP)
    peer->pid = tcp_peer((uv_tcp_t *)stream);
}

/* No process holds a copy of a handle of ours unless it was given one. A pipe's client has no way
 * but to close its handle, which follows; the server can end all handles of the other side. Our own
 * read would else wait for the other side's answer to the shutdown. */
void hp__stream_cut_windows(uv_stream_t *stream) {
  uv_os_fd_t handle;
  if (uv_fileno((uv_handle_t *)stream, &handle) != 0)
    return;
  if (stream->type == UV_TCP) {
    shutdown((SOCKET)handle, SD_BOTH);
    CancelIoEx(handle, NULL);
  } else if (stream->type == UV_NAMED_PIPE && is_server_end(handle)) {
    DisconnectNamedPipe(handle);
  }
}

/* ---- Who listens on a port ---- */

static bool is_any(const uint8_t bytes[16]) {
  static const uint8_t zero[16];
  return memcmp(bytes, zero, sizeof zero) == 0 ||
         (memcmp(bytes, mapped, sizeof mapped) == 0 && memcmp(bytes + 12, zero, 4) == 0);
}

/* Any address, on either side, overlaps with all of its family, and that of IPv6 with IPv4's too.
 */
static bool is_listener(const struct row *row, const struct row *wanted) {
  return row->local_port == wanted->local_port &&
         (is_any(row->local) || is_any(wanted->local) ||
          memcmp(row->local, wanted->local, sizeof row->local) == 0);
}

static void read_host(const char *host, uint8_t bytes[16]) {
  struct in_addr four;
  memset(bytes, 0, 16); /* a name: any address */
  if (uv_inet_pton(AF_INET, host, &four) == 0)
    map_address(bytes, four.s_addr);
  else if (uv_inet_pton(AF_INET6, host, bytes) != 0)
    memset(bytes, 0, 16);
}

/* The program's path, its end where it is too long. */
static void read_command(int64_t pid, char command[256]) {
  wchar_t path[1024];
  DWORD length = sizeof path / sizeof *path;
  HANDLE process = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, (DWORD)pid);
  bool known = process && QueryFullProcessImageNameW(process, 0, path, &length);
  if (process)
    CloseHandle(process);
  char *text = known ? hp__narrow(path) : NULL;
  size_t size = text ? strlen(text) : 0, skip = size > 255 ? size - 255 : 0;
  while (skip > 0 && skip < size && ((unsigned char)text[skip] & 0xc0) == 0x80)
    skip++;
  snprintf(command, 256, "%s", text ? text + skip : "");
  hp__free(text);
}

void hp__port_owner_windows(const struct hp_endpoint *endpoint, struct hp_peer *peer) {
  struct row wanted = {.local_port = endpoint->port};
  *peer = (struct hp_peer){.pid = -1, .user = -1};
  read_host(endpoint->host, wanted.local);
  peer->pid = find_row(TCP_TABLE_OWNER_PID_LISTENER, is_listener, &wanted);
  if (peer->pid > 0)
    read_command(peer->pid, peer->command);
}
