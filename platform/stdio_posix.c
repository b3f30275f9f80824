/* SPDX-License-Identifier: MIT */
/* A host may have closed its stdin, stdout or stderr; then the next descriptors get those numbers.
 */
#include "platform/posix.h"

#include <fcntl.h>
#include <unistd.h>

unsigned hp__stdio_hold_posix(void) {
  unsigned held = 0;
  int fd;
  while ((fd = open("/dev/null", O_RDWR | O_CLOEXEC)) >= 0 && fd <= 2)
    held |= 1U << fd;
  if (fd > 2)
    close(fd);
  return held;
}

void hp__stdio_release_posix(unsigned held) {
  for (int fd = 0; fd <= 2; fd++)
    if (held & 1U << fd)
      close(fd);
}
