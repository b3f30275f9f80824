/* SPDX-License-Identifier: MIT */
/*
 * What the files about directories share. Things are reached by the handle of the directory that
 * they are in, as the Linux files do it by descriptor: no name is followed twice, and the length of
 * a path does not matter. Functions that return a DWORD return 0 or a code of GetLastError()'s.
 */
#ifndef HP_PLATFORM_DIRECTORY_WINDOWS_H
#define HP_PLATFORM_DIRECTORY_WINDOWS_H

#include "platform/windows.h"

struct hp_directory {
  char path[HP_PATH_SIZE];
  /* Nobody can rename or remove it, nor anything above it, while this is open. */
  HANDLE handle, lock;
  bool made;
};

/* ---- Opening, open_windows.c ----------------------------------------------------------------- */

enum hp_opening_kind { HP_OPEN_ANY, HP_OPEN_FILE, HP_OPEN_DIRECTORY };

struct hp_opening {
  ACCESS_MASK access;
  ULONG share; /* what others may do to it meanwhile */
  enum hp_opening_kind kind;
  bool create;      /* it must be missing; it is private then */
  ULONG attributes; /* of a new one */
};

/* `name` is one part of a path. A link is opened itself, never what it leads to. */
DWORD hp__open_below(HANDLE directory, const wchar_t *name, const struct hp_opening *opening,
                     HANDLE *opened);
/* One that the user named, over links too. ERROR_DIRECTORY: it is a file. */
DWORD hp__open_directory(const char *path, ACCESS_MASK access, ULONG share, HANDLE *opened);
void hp__close_handle(HANDLE *handle); /* an invalid one is allowed, and left behind */

struct hp_file_id {
  uint64_t volume, index;
  DWORD attributes, links;
};
DWORD hp__file_id(HANDLE file, struct hp_file_id *id);
bool hp__is_same_file(const struct hp_file_id *a, const struct hp_file_id *b);
DWORD hp__set_attributes(HANDLE file, DWORD attributes);

/* ---- Whose, private_windows.c ---------------------------------------------------------------- */

struct hp_sid {
  union {
    TOKEN_USER user;
    unsigned char room[sizeof(TOKEN_USER) + SECURITY_MAX_SID_SIZE];
  } as;
};
DWORD hp__own_sid(struct hp_sid *sid);
/* For a new thing: ours alone, and nothing is inherited from above. LocalFree(). */
DWORD hp__private_descriptor(PSECURITY_DESCRIPTOR *descriptor);
/* It belongs to us, or to those who may do everything anyway. Needs READ_CONTROL. */
bool hp__is_ours(HANDLE file);

/* ---- Lock and mark, lock_windows.c ----------------------------------------------------------- */

/* What is written in a lock file: whose it is, so that nothing else is ever removed. */
struct hp_mark {
  uint64_t volume, index; /* of the directory that it lies in */
  int64_t pid;
  uint64_t start;
  char command[20];
};

enum hp_lock_mode {
  HP_LOCK_NEW,   /* of a directory that is being made */
  HP_LOCK_THERE, /* of one that somebody has left */
  HP_LOCK_EITHER /* of one that the user named; it stays there */
};
/* ERROR_SHARING_VIOLATION: another one holds it. */
DWORD hp__lock_open(HANDLE directory, const wchar_t *name, enum hp_lock_mode mode, HANDLE *lock);
DWORD hp__lock_write(HANDLE lock, HANDLE directory, int64_t pid);
/* 1: it is whole, 0: it is empty, -1: it is not ours. */
int hp__lock_read(HANDLE lock, struct hp_mark *mark);
bool hp__mark_is_of(const struct hp_mark *mark, const struct hp_file_id *directory);
/* The process in it lives, or might. */
bool hp__mark_is_used(const struct hp_mark *mark);

#define HP_LOCK_NAME L".lock"
#define HP_DATA_LOCK_NAME L".hyperprocess.lock"

/* ---- Trees, tree_windows.c ------------------------------------------------------------------- */

struct hp_names; /* of what is in a directory, in any order, without "." and ".." */
struct hp_names *hp__names_new(HANDLE directory); /* NULL: no memory */
const wchar_t *hp__names_next(struct hp_names *names);
void hp__names_free(struct hp_names *names);

DWORD hp__delete(HANDLE file); /* when it is closed; needs DELETE and FILE_WRITE_ATTRIBUTES */
DWORD hp__tree_empty(HANDLE directory, const wchar_t *except);
DWORD hp__tree_remove(HANDLE directory, const wchar_t *name);

/* The attributes of a directory of ours that is not marked yet, or no more. */
#define HP_UNMARKED (FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_SYSTEM)
/* Takes the mark and the lock off one that was emptied, in such an order that a sweep can always go
 * on with it. Closes the lock. */
DWORD hp__directory_strip(HANDLE directory, HANDLE *lock);

#endif
