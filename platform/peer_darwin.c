/* SPDX-License-Identifier: MIT */
/* Who is at the other end: a unix socket's peer by its credentials, a TCP port's owner by what
 * libproc shows of processes, which are all of them for root alone. */
#include "platform/darwin.h"

#include "core/alloc.h"

#include <arpa/inet.h>
#include <libproc.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

void hp__stream_peer_darwin(uv_stream_t *stream, struct hp_peer *peer) {
  uv_os_fd_t fd;
  uid_t user;
  gid_t group;
  pid_t pid;
  socklen_t size = sizeof pid;
  *peer = (struct hp_peer){.pid = -1, .user = -1};
  if (stream->type != UV_NAMED_PIPE || uv_fileno((uv_handle_t *)stream, &fd) != 0)
    return;
  if (getpeereid(fd, &user, &group) == 0)
    peer->user = user;
  if (getsockopt(fd, SOL_LOCAL, LOCAL_PEERPID, &pid, &size) == 0 && pid > 0)
    peer->pid = pid;
}

struct search {
  const struct hp_endpoint *endpoint;
  struct hp_peer *peer;
};

static bool listens(const struct search *search, const struct socket_fdinfo *info) {
  const struct tcp_sockinfo *tcp = &info->psi.soi_proto.pri_tcp;
  const struct in_sockinfo *local = &tcp->tcpsi_ini;
  uint32_t words[4];
  bool narrow = (local->insi_vflag & INI_IPV6) == 0;
  if (info->psi.soi_kind != SOCKINFO_TCP || tcp->tcpsi_state != TSI_S_LISTEN ||
      ntohs((uint16_t)local->insi_lport) != search->endpoint->port)
    return false;
  if (narrow)
    memcpy(words, &local->insi_laddr.ina_46.i46a_addr4, sizeof *words);
  else
    memcpy(words, &local->insi_laddr.ina_6, sizeof words);
  return hp__address_overlaps(words, narrow ? 1 : 4, search->endpoint->host);
}

static bool has_listener(const struct search *search, int pid, const struct proc_fdinfo *list,
                         size_t count) {
  struct socket_fdinfo info;
  for (size_t i = 0; i < count; i++)
    if (list[i].proc_fdtype == PROX_FDTYPE_SOCKET &&
        proc_pidfdinfo(pid, list[i].proc_fd, PROC_PIDFDSOCKETINFO, &info, sizeof info) ==
            (int)sizeof info &&
        listens(search, &info))
      return true;
  return false;
}

static void fill(struct hp_peer *peer, int64_t pid) {
  struct proc_bsdinfo info;
  peer->pid = pid;
  if (proc_pidinfo((int)pid, PROC_PIDTBSDINFO, 0, &info, sizeof info) == (int)sizeof info)
    peer->user = info.pbi_uid;
  hp__process_command(pid, peer->command);
}

static void look_at(void *data, int64_t pid) {
  struct search *search = data;
  int size = search->peer->pid < 0 ? proc_pidinfo((int)pid, PROC_PIDLISTFDS, 0, NULL, 0) : 0;
  struct proc_fdinfo *list = size > 0 ? hp__alloc((size_t)size) : NULL;
  if (!list)
    return;
  size = proc_pidinfo((int)pid, PROC_PIDLISTFDS, 0, list, size);
  if (size > 0 && has_listener(search, (int)pid, list, (size_t)size / sizeof *list))
    fill(search->peer, pid);
  hp__free(list);
}

void hp__port_owner_darwin(const struct hp_endpoint *endpoint, struct hp_peer *peer) {
  struct search search = {endpoint, peer};
  *peer = (struct hp_peer){.pid = -1, .user = -1};
  hp__process_walk(look_at, &search);
}
