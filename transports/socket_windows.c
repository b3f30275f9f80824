/* SPDX-License-Identifier: MIT */
/* Sockets of Winsock, each with its address to itself: SO_REUSEADDR would let anybody in. */
#include "transports/socket.h"

#include "core/alloc.h"

#include <iphlpapi.h>
#include <stdio.h>
#include <string.h>

enum { BACKLOG = 16 };

const struct hp_socket_rules hp__socket_rules = {
    .holds_ports = false,
    .denied_cause = "the port lies in a range that Windows keeps for others, as Hyper-V and its "
                    "containers",
    .denied_hint = "`netsh interface ipv4 show excludedportrange protocol=tcp` lists these ranges; "
                   "choose a port outside of them, or \"auto\"",
};

static int last_error(void) {
  return uv_translate_sys_error(WSAGetLastError());
}

/* Before the first loop nobody has started Winsock. It counts, and ends with the process. */
static bool start_winsock(int os_code) {
  WSADATA data;
  return os_code == WSANOTINITIALISED && WSAStartup(MAKEWORD(2, 2), &data) == 0;
}

static SOCKET make_socket(int family) {
  return WSASocketW(family, SOCK_STREAM, IPPROTO_TCP, NULL, 0,
                    WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT);
}

int hp__socket_open(int family, uv_os_sock_t *made) {
  u_long on = 1;
  *made = make_socket(family);
  if (*made == INVALID_SOCKET && start_winsock(WSAGetLastError()))
    *made = make_socket(family);
  if (*made == INVALID_SOCKET)
    return last_error();
  if (ioctlsocket(*made, FIONBIO, &on) == 0)
    return 0;
  int code = last_error();
  closesocket(*made);
  return code;
}

void hp__socket_close(uv_os_sock_t descriptor) {
  closesocket(descriptor);
}

/* ---- Binding ---- */

static int address_size(const struct sockaddr_storage *address) {
  return address->ss_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
}

/* The table of those who listen; NULL when it cannot be had. */
static void *read_table(ULONG family) {
  DWORD size = 16384;
  for (int i = 0; i < 4; i++) { /* it may grow meanwhile */
    void *table = hp__alloc(size);
    DWORD code =
        table ? GetExtendedTcpTable(table, &size, FALSE, family, TCP_TABLE_OWNER_PID_LISTENER, 0)
              : ERROR_NOT_ENOUGH_MEMORY;
    if (code == NO_ERROR)
      return table;
    hp__free(table);
    if (code != ERROR_INSUFFICIENT_BUFFER)
      return NULL;
  }
  return NULL;
}

static bool is_listened_on(u_short port) {
  MIB_TCPTABLE_OWNER_PID *four = read_table(AF_INET);
  MIB_TCP6TABLE_OWNER_PID *six = read_table(AF_INET6);
  bool found = false;
  for (DWORD i = 0; four && i < four->dwNumEntries; i++)
    found |= (u_short)four->table[i].dwLocalPort == port;
  for (DWORD i = 0; six && i < six->dwNumEntries; i++)
    found |= (u_short)six->table[i].dwLocalPort == port;
  hp__free(four);
  hp__free(six);
  return found;
}

/* WSAEACCES is said of a reserved range, and of a port that another user has to himself. */
static int explain_denied(const struct sockaddr_storage *address, int code) {
  u_short port = address->ss_family == AF_INET6 ? ((const struct sockaddr_in6 *)address)->sin6_port
                                                : ((const struct sockaddr_in *)address)->sin_port;
  return code == UV_EACCES && port != 0 && is_listened_on(port) ? UV_EADDRINUSE : code;
}

int hp__socket_bind(struct sockaddr_storage *address, bool shared, uv_os_sock_t *made) {
  BOOL on = TRUE;
  int size = address_size(address);
  int code = hp__socket_open(address->ss_family, made);
  (void)shared;
  if (code != 0)
    return code;
  if (setsockopt(*made, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, (const char *)&on, sizeof on) == 0 &&
      bind(*made, (struct sockaddr *)address, size) == 0 &&
      getsockname(*made, (struct sockaddr *)address, &size) == 0)
    return 0;
  code = explain_denied(address, last_error());
  closesocket(*made);
  return code;
}

int hp__socket_listen(uv_os_sock_t descriptor) {
  return listen(descriptor, BACKLOG) == 0 ? 0 : last_error();
}

/* No process inherits a listener here: the plan refuses it. */
int hp__socket_hand_down(uv_os_sock_t descriptor) {
  (void)descriptor;
  return UV_ENOTSUP;
}

/* ---- Connecting ---- */

/* 127.0.0.1 as ::ffff:127.0.0.1, for a socket of both families. */
static void map_address(struct sockaddr_storage *address) {
  struct sockaddr_in four;
  struct sockaddr_in6 *six = (struct sockaddr_in6 *)address;
  if (address->ss_family != AF_INET)
    return;
  memcpy(&four, address, sizeof four);
  memset(address, 0, sizeof *address);
  six->sin6_family = AF_INET6;
  six->sin6_port = four.sin_port;
  six->sin6_addr.s6_addr[10] = six->sin6_addr.s6_addr[11] = 0xff;
  memcpy(&six->sin6_addr.s6_addr[12], &four.sin_addr, sizeof four.sin_addr);
}

/* ConnectEx can be called again on a socket that was refused. The socket of a name is one of both
 * families, as libuv makes of each of IPv6 when it binds it. */
int hp__socket_prepare(uv_tcp_t *tcp, bool several, struct sockaddr_storage *address) {
  uv_os_fd_t old;
  uv_os_sock_t descriptor;
  if (several)
    map_address(address);
  if (uv_fileno((uv_handle_t *)tcp, &old) == 0)
    return 0;
  int code = hp__socket_open(address->ss_family, &descriptor);
  if (code != 0)
    return code;
  code = uv_tcp_open(tcp, descriptor);
  if (code != 0)
    closesocket(descriptor);
  return code;
}

/* ---- Names ---- */

int hp__socket_resolver_code(int code) {
  static const struct {
    int native, uv;
  } codes[] = {{WSATRY_AGAIN, UV_EAI_AGAIN},
               {WSANO_RECOVERY, UV_EAI_FAIL},
               {WSA_NOT_ENOUGH_MEMORY, UV_EAI_MEMORY},
               {WSAHOST_NOT_FOUND, UV_EAI_NONAME},
               {WSANO_DATA, UV_EAI_NODATA},
               {WSAEAFNOSUPPORT, UV_EAI_FAMILY},
               {WSATYPE_NOT_FOUND, UV_EAI_SERVICE},
               {WSAESOCKTNOSUPPORT, UV_EAI_SOCKTYPE}};
  if (start_winsock(code))
    return 0;
  for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
    if (codes[i].native == code)
      return codes[i].uv;
  return UV_EAI_FAIL;
}
