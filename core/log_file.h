/* SPDX-License-Identifier: MIT */
/*
 * What a server writes, in files. Without a limit it is one file, NAME.log, that is appended to.
 * With a limit each file has the time at which it began in its name and no more bytes than the
 * limit; a line is cut only when it is longer than that. Nothing is renamed, so nothing can be left
 * half renamed. The files of an instance are its own: it removes none that another one has made.
 * Everything here blocks.
 */
#ifndef HP_CORE_LOG_FILE_H
#define HP_CORE_LOG_FILE_H

#include <hyperprocess/plugin.h>

struct hp_log_rules {
  const char *folder, *name; /* folder NULL: no log */
  uint64_t size_limit;       /* bytes; 0: none */
  uint64_t max_count;        /* of files of one instance; 0: any number */
};

struct hp_log_file {
  struct hp_log_rules rules;
  uv_file file; /* -1: none is open */
  uint64_t size, line_start;
  uint64_t began; /* microseconds since 1970: two files of one instance never have the same */
  char *path;     /* of the one that is written */
  char **older;   /* of this instance, oldest first */
  size_t older_count;
};

/* Each: 0 or a libuv code. The folder is made where it is missing, 0700, the files 0600. */
int hp__log_file_open(struct hp_log_file *file, const struct hp_log_rules *rules);
/* *written says how many bytes have got in, after a failure too. */
int hp__log_file_write(struct hp_log_file *file, const char *bytes, size_t length, size_t *written);
void hp__log_file_close(struct hp_log_file *file); /* safe on one that could not be opened */

/* How many of the bytes go into a file that has `room`: all, or whole lines; 0: not one line. */
size_t hp__log_fit(uint64_t room, const char *bytes, size_t length);

enum { HP_LOG_TIME_SIZE = 32 };
/* "20261123T001530.123456Z" */
void hp__log_time(uint64_t microseconds, char text[HP_LOG_TIME_SIZE]);
/* "2026-11-23T00:15:30.123Z", as RFC 3339 has it. */
void hp__log_stamp(uint64_t microseconds, char text[HP_LOG_TIME_SIZE]);
uint64_t hp__log_now(void); /* microseconds since 1970 */

/* With the folders above it, 0700: 0, also where it is there already, or a libuv code. */
int hp__log_make_folders(const char *path);

#endif
