/* SPDX-License-Identifier: MIT */
/*
 * A directory of ours, or one that the user named, held by a lock. Against a sweep at the same
 * moment: ours is made and opened in one step, so that nobody else can remove it, with attributes
 * that say "not yet marked"; then it is locked and marked; those attributes go last. See
 * sweep_windows.c for the other side. Nothing runs as another user here, so `user` is ourselves.
 */
#include "platform/directory_windows.h"

#include "core/alloc.h"
#include "platform/paths.h"

#include <stdio.h>
#include <string.h>

enum {
  ATTEMPTS = 100,
  LOOK = FILE_LIST_DIRECTORY | FILE_TRAVERSE | FILE_READ_ATTRIBUTES | READ_CONTROL,
  SHARE = FILE_SHARE_READ | FILE_SHARE_WRITE
};

static const struct hp_locate_rules *const rules = &hp__locate_rules_windows;

static int fail(hp_error *error, DWORD code, const char *what, const char *name) {
  return hp__explain_windows(error, HP_PHASE_RESERVE, code, what, name);
}

static hp_directory *make(void) {
  hp_directory *directory = hp__alloc(sizeof *directory);
  if (directory)
    directory->handle = directory->lock = INVALID_HANDLE_VALUE;
  return directory;
}

static void release(hp_directory *directory) {
  hp__close_handle(&directory->lock);
  hp__close_handle(&directory->handle);
  hp__free(directory);
}

/* ---- One of ours ---- */

static bool choose_name(char name[HP_DIRECTORY_NAME + 1]) {
  static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
  unsigned char random[8];
  int result = uv_random(NULL, NULL, random, sizeof random, 0, NULL);
  memcpy(name, "hp-", 3);
  for (size_t i = 0; i < sizeof random; i++)
    name[3 + i] = letters[random[i] % (sizeof letters - 1)];
  name[HP_DIRECTORY_NAME] = '\0';
  return result == 0;
}

static DWORD mark(hp_directory *new) {
  DWORD code = hp__lock_open(new->handle, HP_LOCK_NAME, HP_LOCK_NEW, &new->lock);
  if (code == 0)
    code = hp__lock_write(new->lock, new->handle, 0 /* it is locked: nobody reads who holds it */);
  if (code == 0)
    code = hp__set_attributes(new->handle, FILE_ATTRIBUTE_NORMAL);
  return code;
}

static DWORD make_at(hp_directory *new, HANDLE base, const char *name) {
  struct hp_opening opening = {.access = LOOK | FILE_WRITE_ATTRIBUTES,
                               .share = SHARE,
                               .kind = HP_OPEN_DIRECTORY,
                               .create = true,
                               .attributes = HP_UNMARKED};
  wchar_t *wide = hp__wide(name);
  DWORD code = wide ? hp__open_below(base, wide, &opening, &new->handle) : ERROR_NOT_ENOUGH_MEMORY;
  hp__free(wide);
  if (code != 0)
    return code;
  new->made = true;
  return mark(new);
}

static DWORD make_in(hp_directory *new, HANDLE base, const char *base_path) {
  size_t length = strlen(base_path);
  bool ends = length > 0 && hp__path_is_separator(rules, base_path[length - 1]);
  DWORD code = ERROR_ALREADY_EXISTS;
  for (int i = 0; code == ERROR_ALREADY_EXISTS && i < ATTEMPTS; i++) {
    char name[HP_DIRECTORY_NAME + 1];
    if (!choose_name(name))
      return ERROR_GEN_FAILURE;
    snprintf(new->path, sizeof new->path, "%s%s%s", base_path, ends ? "" : "\\", name);
    code = make_at(new, base, name);
  }
  return code;
}

int hp__directory_new_windows(hp_directory **directory, const char *base,
                              const struct hp_user *user, hp_error *error) {
  (void)user;
  *directory = NULL;
  if (strlen(base) + 1 + HP_DIRECTORY_NAME >= HP_PATH_SIZE)
    return fail(error, ERROR_FILENAME_EXCED_RANGE, "make a directory in", base);
  hp_directory *new = make();
  if (!new)
    return hp_error_set(error, HP_ENOMEM, HP_PHASE_RESERVE, "no memory for a directory in %s",
                        base);
  HANDLE base_handle;
  DWORD code = hp__open_directory(base, FILE_TRAVERSE, SHARE | FILE_SHARE_DELETE, &base_handle);
  if (code == 0)
    code = make_in(new, base_handle, base);
  hp__close_handle(&base_handle);
  if (code != 0) {
    hp__directory_free_windows(new);
    return fail(error, code, "make a directory in", base);
  }
  *directory = new;
  return 0;
}

/* ---- One that the user named ---- */

static DWORD make_absolute(char path[HP_PATH_SIZE], const char *given) {
  char current[HP_PATH_SIZE];
  size_t size = sizeof current;
  bool absolute = hp__path_is_absolute(rules, given);
  if (!absolute && uv_cwd(current, &size) != 0)
    return ERROR_FILENAME_EXCED_RANGE;
  char *whole = hp__path_make_absolute(rules, absolute ? "" : current, given);
  if (!whole)
    return ERROR_NOT_ENOUGH_MEMORY;
  size_t length = strlen(whole);
  while (length > 3 && hp__path_is_separator(rules, whole[length - 1])) /* "C:\" */
    whole[--length] = '\0';
  if (length < HP_PATH_SIZE)
    memcpy(path, whole, length + 1);
  hp__free(whole);
  return length < HP_PATH_SIZE ? 0 : ERROR_FILENAME_EXCED_RANGE;
}

static DWORD make_one(const wchar_t *path, SECURITY_ATTRIBUTES *attributes) {
  if (CreateDirectoryW(path, attributes))
    return 0;
  DWORD code = GetLastError();
  return code == ERROR_ALREADY_EXISTS ? 0 : code;
}

/* What was missing is ours: below the root of a drive others may write to all that says nothing. */
static DWORD make_missing(wchar_t *path, SECURITY_ATTRIBUTES *attributes) {
  DWORD code = make_one(path, attributes);
  wchar_t *end = wcsrchr(path, L'\\');
  if (code != ERROR_PATH_NOT_FOUND || !end || end == path)
    return code;
  *end = L'\0';
  DWORD above = make_missing(path, attributes);
  *end = L'\\';
  return above == 0 ? make_one(path, attributes) : code;
}

static DWORD make_path(const char *path) {
  SECURITY_ATTRIBUTES attributes = {.nLength = sizeof attributes};
  wchar_t *wide = hp__wide_path(path);
  DWORD code =
      wide ? hp__private_descriptor(&attributes.lpSecurityDescriptor) : ERROR_NOT_ENOUGH_MEMORY;
  if (code == 0)
    code = make_missing(wide, &attributes);
  LocalFree(attributes.lpSecurityDescriptor);
  hp__free(wide);
  return code;
}

static DWORD open_path(hp_directory *new) {
  DWORD code = hp__open_directory(new->path, LOOK, SHARE, &new->handle);
  if (code != ERROR_FILE_NOT_FOUND && code != ERROR_PATH_NOT_FOUND)
    return code;
  code = make_path(new->path);
  return code == 0 ? hp__open_directory(new->path, LOOK, SHARE, &new->handle) : code;
}

static int say_in_use(const hp_directory *directory, const struct hp_mark *mark, hp_error *error) {
  char owner[64] = "another process";
  if (mark->pid > 0)
    snprintf(owner, sizeof owner, "process %lld (%s)", (long long)mark->pid,
             mark->command[0] ? mark->command : "not visible");
  hp_error_set(error, HP_EINUSE, HP_PHASE_PREPARE, "directory %s is in use by %s", directory->path,
               owner);
  hp_error_set_detail(error, HP_DETAIL_OWNER, owner);
  hp_error_set_cause(error, "two servers on the same data would destroy it");
  hp_error_set_hint(error, "stop that one first, or name another directory");
  return HP_EINUSE;
}

static void find_holder(const hp_directory *directory, struct hp_mark *mark) {
  struct hp_opening opening = {
      .access = FILE_GENERIC_READ, .share = SHARE | FILE_SHARE_DELETE, .kind = HP_OPEN_FILE};
  HANDLE lock;
  memset(mark, 0, sizeof *mark);
  if (hp__open_below(directory->handle, HP_DATA_LOCK_NAME, &opening, &lock) == 0)
    hp__lock_read(lock, mark);
  hp__close_handle(&lock);
}

/* The lock is free when its host was killed; the server may live on. */
static int lock_path(hp_directory *new, hp_error *error) {
  struct hp_mark mark;
  DWORD code = hp__lock_open(new->handle, HP_DATA_LOCK_NAME, HP_LOCK_EITHER, &new->lock);
  if (code == ERROR_SHARING_VIOLATION) {
    find_holder(new, &mark);
    return say_in_use(new, &mark, error);
  }
  if (code != 0)
    return fail(error, code, "lock directory", new->path);
  if (hp__lock_read(new->lock, &mark) == 1 && mark.pid != GetCurrentProcessId() &&
      hp__mark_is_used(&mark))
    return say_in_use(new, &mark, error);
  code = hp__lock_write(new->lock, new->handle, GetCurrentProcessId());
  return code == 0 ? 0 : fail(error, code, "write the lock file of", new->path);
}

int hp__directory_open_windows(hp_directory **directory, const char *path,
                               const struct hp_user *user, hp_error *error) {
  (void)user;
  *directory = NULL;
  hp_directory *new = make();
  if (!new)
    return hp_error_set(error, HP_ENOMEM, HP_PHASE_PREPARE, "no memory for directory %s", path);
  DWORD code = make_absolute(new->path, path);
  if (code == 0)
    code = open_path(new);
  int result = code == 0 ? lock_path(new, error) : fail(error, code, "open directory", path);
  if (result < 0)
    release(new);
  else
    *directory = new;
  return result;
}

/* ---- Either ---- */

const char *hp__directory_path_windows(const hp_directory *directory) {
  return directory->path;
}

void hp__directory_use_windows(hp_directory *directory, int64_t pid) {
  hp__lock_write(directory->lock, directory->handle, pid > 0 ? pid : GetCurrentProcessId());
}

DWORD hp__directory_strip(HANDLE directory, HANDLE *lock) {
  DWORD code = hp__set_attributes(directory, HP_UNMARKED);
  if (code == 0 && *lock != INVALID_HANDLE_VALUE)
    code = hp__delete(*lock);
  hp__close_handle(lock);
  return code;
}

/* Our handle lets nobody remove it, ourselves included. From its closing on a sweep may be faster,
 * which removes it as well. */
static void remove_made(hp_directory *directory) {
  struct hp_file_id id, by_path;
  HANDLE handle;
  if (hp__file_id(directory->handle, &id) != 0 ||
      hp__tree_empty(directory->handle, HP_LOCK_NAME) != 0 ||
      hp__directory_strip(directory->handle, &directory->lock) != 0)
    return;
  hp__close_handle(&directory->handle);
  if (hp__open_directory(directory->path, DELETE | FILE_WRITE_ATTRIBUTES, SHARE, &handle) == 0 &&
      hp__file_id(handle, &by_path) == 0 && hp__is_same_file(&id, &by_path))
    hp__delete(handle);
  hp__close_handle(&handle);
}

void hp__directory_free_windows(hp_directory *directory) {
  if (!directory)
    return;
  if (directory->made)
    remove_made(directory);
  else if (SetFilePointer(directory->lock, 0, NULL, FILE_BEGIN) == 0)
    SetEndOfFile(directory->lock); /* used by nobody */
  release(directory);
}
