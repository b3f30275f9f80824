/* SPDX-License-Identifier: MIT */
/* What every system knows of the other end. */
#include "platform/posix.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>

void hp__stream_cut_posix(uv_stream_t *stream) {
  uv_os_fd_t fd;
  if (uv_fileno((uv_handle_t *)stream, &fd) == 0)
    shutdown(fd, SHUT_RDWR);
}

static bool is_any(const uint32_t *words, int count) {
  while (count > 0 && words[count - 1] == 0)
    count--;
  return count == 0;
}

/* Any address, on either side, overlaps with all of its family, and that of IPv6 with IPv4's too.
 */
bool hp__address_overlaps(const uint32_t *words, int word_count, const char *host) {
  static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
  uint32_t wanted[4];
  int count = inet_pton(AF_INET, host, wanted) == 1    ? 1
              : inet_pton(AF_INET6, host, wanted) == 1 ? 4
                                                       : 0;
  if (count == 0) /* a name */
    return true;
  if (count == 1 && word_count == 4 && memcmp(words, mapped, sizeof mapped) == 0)
    return is_any(wanted, count) || words[3] == wanted[0];
  if (is_any(words, word_count))
    return count <= word_count;
  if (is_any(wanted, count))
    return count >= word_count;
  return count == word_count && memcmp(words, wanted, (size_t)count * sizeof *words) == 0;
}
