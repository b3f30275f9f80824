/* SPDX-License-Identifier: MIT */
/*
 * What hosts that were killed have left. A name proves nothing: a directory is removed when it is
 * ours, its lock is free, the mark in it names that very directory, and the process in the mark is
 * gone. One whose maker was killed before the mark was written still has the attributes of its
 * making, one whose remover was killed has them again: those go only if they are empty.
 */
#include "platform/directory_windows.h"

enum {
  LOOK = FILE_LIST_DIRECTORY | FILE_READ_ATTRIBUTES | READ_CONTROL,
  TAKE = LOOK | DELETE | FILE_WRITE_ATTRIBUTES
};

static bool looks_like_ours(const wchar_t *name) {
  if (wcslen(name) != HP_DIRECTORY_NAME || wcsncmp(name, L"hp-", 3) != 0)
    return false;
  for (const wchar_t *c = name + 3; *c; c++)
    if (!(*c >= L'a' && *c <= L'z') && !(*c >= L'0' && *c <= L'9'))
      return false;
  return true;
}

static bool holds_only_lock(HANDLE directory) {
  struct hp_names *names = hp__names_new(directory);
  bool only = names != NULL;
  for (const wchar_t *name; only && (name = hp__names_next(names)) != NULL;)
    only = wcscmp(name, HP_LOCK_NAME) == 0;
  hp__names_free(names);
  return only;
}

/* With the lock held, where there is one. */
static bool may_go(HANDLE directory, HANDLE *lock) {
  struct hp_mark mark;
  struct hp_file_id id;
  *lock = INVALID_HANDLE_VALUE;
  if (hp__file_id(directory, &id) != 0 || id.attributes & FILE_ATTRIBUTE_REPARSE_POINT ||
      !hp__is_ours(directory))
    return false;
  bool unmarked = (id.attributes & HP_UNMARKED) == HP_UNMARKED;
  DWORD code = hp__lock_open(directory, HP_LOCK_NAME, HP_LOCK_THERE, lock);
  if (code == ERROR_FILE_NOT_FOUND)
    return unmarked && holds_only_lock(directory);
  switch (code == 0 && hp__is_ours(*lock) ? hp__lock_read(*lock, &mark) : -1) {
  case 0:
    return unmarked && holds_only_lock(directory);
  case 1:
    return hp__mark_is_of(&mark, &id) && !hp__mark_is_used(&mark);
  default:
    return false;
  }
}

/* Nobody else can open it so while we have it, nor we while its maker has it. */
static bool take(HANDLE base, const wchar_t *name) {
  static const struct hp_opening opening = {
      .access = TAKE, .share = FILE_SHARE_READ | FILE_SHARE_WRITE, .kind = HP_OPEN_DIRECTORY};
  HANDLE directory, lock;
  if (hp__open_below(base, name, &opening, &directory) != 0)
    return false;
  bool gone = may_go(directory, &lock) && hp__tree_empty(directory, HP_LOCK_NAME) == 0 &&
              hp__directory_strip(directory, &lock) == 0 && hp__delete(directory) == 0;
  hp__close_handle(&lock);
  CloseHandle(directory);
  return gone;
}

/* First a look that disturbs nobody: a server may be starting there. */
static bool sweep_named(HANDLE base, const wchar_t *name) {
  static const struct hp_opening opening = {.access = LOOK,
                                            .share = FILE_SHARE_READ | FILE_SHARE_WRITE |
                                                     FILE_SHARE_DELETE,
                                            .kind = HP_OPEN_DIRECTORY};
  HANDLE directory, lock;
  if (hp__open_below(base, name, &opening, &directory) != 0)
    return false;
  bool may = may_go(directory, &lock);
  hp__close_handle(&lock);
  CloseHandle(directory);
  return may && take(base, name);
}

int hp__sweep_windows(const char *base) {
  HANDLE directory;
  int count = 0;
  if (hp__open_directory(base, FILE_LIST_DIRECTORY,
                         FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, &directory) != 0)
    return 0;
  struct hp_names *names = hp__names_new(directory);
  for (const wchar_t *name; names && (name = hp__names_next(names)) != NULL;)
    if (looks_like_ours(name))
      count += sweep_named(directory, name);
  hp__names_free(names);
  CloseHandle(directory);
  return count;
}
