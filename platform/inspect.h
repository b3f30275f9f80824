/* SPDX-License-Identifier: MIT */
#ifndef HP_PLATFORM_INSPECT_H
#define HP_PLATFORM_INSPECT_H

#include <hyperprocess/plugin.h>

#include <sys/types.h>

/* What would become of an attempt to execute `path`; *note, from hp__alloc(), may say more. `fit`
 * as in a search; may be NULL. */
enum hp_verdict hp__inspect_posix(const char *path, struct hp_fit_file *fit, char **note);

/* Each system's own: its times are in fields of other names. No byte of it is left open. */
struct stat;
struct hp_fit_file hp__identify_file(const struct stat *info);

/* Holds what linkers put first: header, segments, the loader's name. */
enum { HP_INSPECT_HEAD = 1024 };

struct hp_inspected {
  const char *path;
  int descriptor;
  unsigned char head[HP_INSPECT_HEAD];
  size_t length; /* of what could be read into head */
  char **note;
};

/* Each system's own: a file that is neither empty nor a script. */
enum hp_verdict hp__inspect_format(const struct hp_inspected *file);

/* Bytes of the file; fewer than `size` at its end only. */
ssize_t hp__inspect_read(const struct hp_inspected *file, void *to, size_t size, uint64_t offset);
enum hp_verdict hp__inspect_tell(char **note, enum hp_verdict verdict, const char *format, ...)
    HP_PRINTF(3, 4);

#endif
