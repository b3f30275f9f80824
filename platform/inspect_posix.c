/* SPDX-License-Identifier: MIT */
/*
 * Whether the kernel would execute a file, and if not, why: what execve() tells by ENOENT, EACCES
 * and ENOEXEC alone is told apart before anything is started.
 */
#include "platform/inspect.h"

#include "platform/posix.h"

#include "core/text.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SCRIPT_LINE = 256 }; /* what the kernel reads of a script */

enum hp_verdict hp__inspect_tell(char **note, enum hp_verdict verdict, const char *format, ...) {
  struct hp_text text = {0};
  va_list list;
  va_start(list, format);
  hp__text_format_list(&text, format, list);
  va_end(list);
  *note = hp__text_take(&text);
  return verdict;
}

/* Bytes of the file; fewer than `size` at its end only. */
ssize_t hp__inspect_read(const struct hp_inspected *file, void *to, size_t size, uint64_t offset) {
  if (offset > file->length || size > file->length - offset)
    return pread(file->descriptor, to, size, (off_t)offset);
  memcpy(to, file->head + offset, size);
  return (ssize_t)size;
}

/* ---- Scripts and the rest ---- */

static enum hp_verdict inspect_script(const struct hp_inspected *file) {
  char line[SCRIPT_LINE + 1];
  size_t length = (file->length < SCRIPT_LINE ? file->length : SCRIPT_LINE) - 2;
  memcpy(line, file->head + 2, length);
  line[length] = '\0';
  char *interpreter = line + strspn(line, " \t");
  interpreter[strcspn(interpreter, " \t\n")] = '\0';
  if (!*interpreter)
    return hp__inspect_tell(file->note, HP_VERDICT_NOT_EXECUTABLE,
                            "a script that names no interpreter");
  if (access(interpreter, F_OK) == 0)
    return HP_VERDICT_OK;
  size_t end = strlen(interpreter);
  bool windows = interpreter[end - 1] == '\r';
  interpreter[end - windows] = '\0';
  return hp__inspect_tell(file->note, HP_VERDICT_LOADER, "a script that needs %s%s", interpreter,
                          windows ? " followed by a carriage return" : "");
}

static enum hp_verdict inspect_content(const struct hp_inspected *file) {
  if (file->length == 0)
    return hp__inspect_tell(file->note, HP_VERDICT_NOT_EXECUTABLE, "an empty file");
  if (file->length >= 2 && memcmp(file->head, "#!", 2) == 0)
    return inspect_script(file);
  return hp__inspect_format(file);
}

/* A program may be executable and not readable: then exec has the word. */
static enum hp_verdict inspect_readable(const char *path, char **note) {
  struct hp_inspected file = {.path = path, .note = note};
  file.descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  ssize_t length =
      file.descriptor >= 0 ? pread(file.descriptor, file.head, sizeof file.head, 0) : -1;
  file.length = length > 0 ? (size_t)length : 0;
  enum hp_verdict verdict = length < 0 ? HP_VERDICT_OK : inspect_content(&file);
  if (file.descriptor >= 0)
    close(file.descriptor);
  return verdict;
}

/* ---- The place ---- */

static enum hp_verdict inspect_absence(const char *path, int code, char **note) {
  char target[PATH_MAX];
  ssize_t length = readlink(path, target, sizeof target - 1);
  if (code == EACCES)
    return HP_VERDICT_DENIED;
  if (length < 0)
    return HP_VERDICT_MISSING;
  target[length] = '\0';
  return hp__inspect_tell(note, HP_VERDICT_MISSING, "a link to %s", target);
}

/* Reading it costs more than all the rest, and a program is started more often than installed. */
static enum hp_verdict inspect_once(const char *path, const struct stat *info,
                                    struct hp_fit_file *fit, char **note) {
  struct hp_fit_file file = hp__identify_file(info);
  if (fit && fit->changed != 0 && memcmp(fit, &file, sizeof file) == 0)
    return HP_VERDICT_OK;
  enum hp_verdict verdict = inspect_readable(path, note);
  if (fit && verdict == HP_VERDICT_OK)
    *fit = file;
  return verdict;
}

enum hp_verdict hp__inspect_posix(const char *path, struct hp_fit_file *fit, char **note) {
  struct stat info;
  *note = NULL;
  if (stat(path, &info) != 0)
    return inspect_absence(path, errno, note);
  if (S_ISDIR(info.st_mode))
    return HP_VERDICT_DIRECTORY;
  if (!S_ISREG(info.st_mode))
    return hp__inspect_tell(note, HP_VERDICT_NOT_EXECUTABLE, "no regular file");
  if (!(info.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH)))
    return HP_VERDICT_NOT_EXECUTABLE;
  if (faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) == 0) /* says no on such a mount, too */
    return inspect_once(path, &info, fit, note);
  if (hp__is_noexec(path))
    return HP_VERDICT_NOEXEC;
  return hp__inspect_tell(note, HP_VERDICT_NOT_EXECUTABLE, "for this user");
}
