/* SPDX-License-Identifier: MIT */
/* Who is at the other end: a unix socket's peer by its credentials, a TCP port's owner by /proc. */
#include "platform/linux.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

void hp__stream_peer_linux(uv_stream_t *stream, struct hp_peer *peer) {
  struct ucred credentials;
  socklen_t size = sizeof credentials;
  uv_os_fd_t fd;
  *peer = (struct hp_peer){.pid = -1, .user = -1};
  if (stream->type != UV_NAMED_PIPE || uv_fileno((uv_handle_t *)stream, &fd) != 0 ||
      getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &size) < 0)
    return;
  if (credentials.uid != (uid_t)-1)
    peer->user = credentials.uid;
  if (credentials.pid <= 0)
    return;
  peer->pid = credentials.pid;
}

struct listener { /* a row of /proc/net/tcp or tcp6 */
  unsigned port, user;
  unsigned long long inode;
  uint32_t words[4]; /* of the address, as they lie in memory */
  int word_count;
};

static bool parse_row(const char *row, struct listener *listener) {
  char address[40];
  unsigned state;
  if (sscanf(row, " %*d: %39[0-9A-F]:%x %*[0-9A-F]:%*x %x %*x:%*x %*x:%*x %*x %u %*d %llu", address,
             &listener->port, &state, &listener->user, &listener->inode) != 5)
    return false;
  listener->word_count = (int)(strlen(address) / 8);
  for (int i = 0; i < listener->word_count && i < 4; i++) {
    char word[9] = "";
    memcpy(word, address + (size_t)i * 8, 8);
    listener->words[i] = (uint32_t)strtoul(word, NULL, 16);
  }
  return state == 0x0A; /* TCP_LISTEN */
}

static bool find_listener(const char *table, const struct hp_endpoint *endpoint,
                          struct listener *listener) {
  char row[512];
  bool found = false;
  FILE *file = fopen(table, "re");
  if (!file)
    return false;
  while (!found && fgets(row, sizeof row, file))
    found = parse_row(row, listener) && listener->port == endpoint->port &&
            hp__address_overlaps(listener->words, listener->word_count, endpoint->host);
  fclose(file);
  return found;
}

static bool holds(const char *pid, const char *socket) {
  char path[300], link[64];
  snprintf(path, sizeof path, "/proc/%s/fd", pid);
  DIR *list = opendir(path);
  bool found = false;
  if (!list)
    return false;
  for (struct dirent *entry; !found && (entry = readdir(list));) {
    ssize_t length = readlinkat(dirfd(list), entry->d_name, link, sizeof link - 1);
    link[length > 0 ? length : 0] = '\0';
    found = strcmp(link, socket) == 0;
  }
  closedir(list);
  return found;
}

static int64_t find_holder(unsigned long long inode) {
  char socket[64];
  int64_t pid = -1;
  DIR *list = opendir("/proc");
  snprintf(socket, sizeof socket, "socket:[%llu]", inode);
  if (!list)
    return -1;
  for (struct dirent *entry; pid < 0 && (entry = readdir(list));)
    if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9' && holds(entry->d_name, socket))
      pid = strtoll(entry->d_name, NULL, 10);
  closedir(list);
  return pid;
}

void hp__port_owner_linux(const struct hp_endpoint *endpoint, struct hp_peer *peer) {
  struct listener listener;
  *peer = (struct hp_peer){.pid = -1, .user = -1};
  if (!find_listener("/proc/net/tcp", endpoint, &listener) &&
      !find_listener("/proc/net/tcp6", endpoint, &listener))
    return;
  peer->user = listener.user;
  peer->pid = find_holder(listener.inode);
  if (peer->pid > 0)
    hp__process_command(peer->pid, peer->command);
}
