/* SPDX-License-Identifier: MIT */
/* Directories on Windows: what the conformance suite, which knows no system, cannot look at. */
#include "platform/directory_windows.h"

#include "core/alloc.h"
#include "core/error.h"
#include "platform/platform.h"
#include "tests/support/os.h"

#include <aclapi.h>
#include <sddl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct hp_platform_ops *const platform = &hp__platform_windows;
static const struct hp_user ourselves = {.id = -1};

enum { SHARE_ALL = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE };

/* As the system itself would write it. */
static const char *home(void) {
  static char path[1024];
  snprintf(path, sizeof path, "%s", hp_test_directory());
  for (char *c = path; *c; c++)
    *c = *c == '/' ? '\\' : *c;
  return path;
}

static const char *below(const char *folder, const char *name) {
  static char paths[8][2048];
  static int next;
  char joined[2048], *path = paths[next++ % 8];
  snprintf(joined, sizeof joined, "%s\\%s", folder, name);
  return strcpy(path, joined);
}

static DWORD attributes_of(const char *path) {
  wchar_t *wide = hp__wide_path(path);
  DWORD attributes = GetFileAttributesW(wide);
  hp__free(wide);
  return attributes;
}

static bool exists(const char *path) {
  return attributes_of(path) != INVALID_FILE_ATTRIBUTES;
}

static void set_attributes(const char *path, DWORD attributes) {
  wchar_t *wide = hp__wide_path(path);
  CHECK(SetFileAttributesW(wide, attributes));
  hp__free(wide);
}

static HANDLE open_file(const char *path, DWORD access, DWORD share, DWORD how) {
  wchar_t *wide = hp__wide_path(path);
  HANDLE file = CreateFileW(wide, access, share, NULL, how, FILE_FLAG_BACKUP_SEMANTICS, NULL);
  hp__free(wide);
  return file;
}

static void put(const char *path, const char *text) {
  DWORD written = 0;
  HANDLE file = open_file(path, GENERIC_WRITE, 0, CREATE_ALWAYS);
  CHECK(WriteFile(file, text, (DWORD)strlen(text), &written, NULL));
  CloseHandle(file);
}

static void make_folder(const char *path) {
  wchar_t *wide = hp__wide_path(path);
  CHECK(CreateDirectoryW(wide, NULL));
  hp__free(wide);
}

static hp_directory *make(const char *base) {
  hp_directory *directory = NULL;
  struct hp_error error = {0};
  platform->directory_new(&directory, base, &ourselves, &error);
  CHECK_TEXT(hp_error_message(&error), "done");
  hp__error_fini(&error);
  return directory;
}

static hp_directory *open_named(const char *path) {
  hp_directory *directory = NULL;
  struct hp_error error = {0};
  platform->directory_open(&directory, path, &ourselves, &error);
  CHECK_TEXT(hp_error_message(&error), "done");
  hp__error_fini(&error);
  return directory;
}

/* ---- Making and removing ---- */

HP_TEST(a_directory_comes_and_goes_without_a_trace) {
  const char *base = home();
  for (int round = 0; round < 2; round++) { /* what the first one loads stays */
    long handles = hp_os_count_handles();
    hp_directory *directory = make(base);
    REQUIRE(directory);
    char path[HP_PATH_SIZE];
    snprintf(path, sizeof path, "%s", platform->directory_path(directory));
    CHECK_INT(strlen(path), strlen(base) + 1 + HP_DIRECTORY_NAME);
    CHECK_INT(attributes_of(path) & HP_UNMARKED, 0);
    make_folder(below(path, "a"));
    make_folder(below(path, "a\\b"));
    put(below(path, "a\\b\\file"), "x");
    put(below(path, "a\\read-only"), "x");
    set_attributes(below(path, "a\\read-only"), FILE_ATTRIBUTE_READONLY);
    set_attributes(below(path, "a\\b"), FILE_ATTRIBUTE_READONLY | FILE_ATTRIBUTE_HIDDEN);
    platform->directory_free(directory);
    CHECK(!exists(path));
    if (round)
      CHECK_INT(hp_os_count_handles(), handles);
  }
}

/* Which no program of the old kind could reach, and in letters of many kinds. */
HP_TEST(long_paths_and_all_letters) {
  char path[HP_PATH_SIZE], again[HP_PATH_SIZE];
  size_t length = (size_t)snprintf(path, sizeof path, "%s", home());
  while (length < 400)
    length += (size_t)snprintf(path + length, sizeof path - length, "\\Größe 大きさ размер");
  hp_directory *data = open_named(path);
  REQUIRE(data);
  CHECK_TEXT(platform->directory_path(data), path);
  hp_directory *made = make(path);
  REQUIRE(made);
  snprintf(again, sizeof again, "%s", platform->directory_path(made));
  char text[8] = "";
  size_t size;
  CHECK_INT(platform->directory_write(made, "настройки", "ja", 2, NULL), 0);
  CHECK_INT(platform->directory_read(made, "настройки", text, 7, &size, NULL), 0);
  CHECK_TEXT(text, "ja");
  CHECK_INT(platform->directory_make(made, "neu", NULL), 0);
  CHECK_INT(platform->directory_rename(made, "neu", "alt", NULL), 0);
  put(below(again, "alt\\Datei"), "x");
  platform->directory_free(made);
  CHECK(!exists(again));
  CHECK_INT(platform->sweep(path), 0);
  platform->directory_free(data);
  length = strlen(home());
  path[strcspn(path + length + 1, "\\") + length + 1] = '\0'; /* the test's own hands are short */
  hp_directory *whole = open_named(home());
  CHECK_INT(platform->directory_clear(whole, path + length + 1, NULL), 0);
  platform->directory_free(whole);
  CHECK(!exists(path));
}

HP_TEST(a_relative_path_and_one_that_ends_in_separators) {
  char before[1024], path[1024];
  size_t size = sizeof before;
  CHECK_INT(uv_cwd(before, &size), 0);
  CHECK_INT(uv_chdir(home()), 0);
  hp_directory *directory = open_named("x/y\\\\");
  CHECK_INT(uv_chdir(before), 0);
  REQUIRE(directory);
  snprintf(path, sizeof path, "%s", below(home(), "x\\y"));
  CHECK_TEXT(platform->directory_path(directory), path);
  CHECK(exists(path));
  platform->directory_free(directory);
}

HP_TEST(what_is_too_long_or_below_a_file_is_told) {
  char path[2 * HP_PATH_SIZE];
  struct hp_error error = {0};
  hp_directory *directory;
  snprintf(path, sizeof path, "%s", below(hp_test_file("file", "x"), "sub"));
  CHECK(platform->directory_open(&directory, path, &ourselves, &error) < 0);
  CHECK_HAS(hp_error_message(&error), path);
  hp__error_fini(&error);
  memset(path, 'x', sizeof path - 1);
  memcpy(path, "C:\\", 3);
  path[HP_PATH_SIZE] = '\0';
  CHECK_INT(platform->directory_open(&directory, path, &ourselves, &error), HP_ETOOLONG);
  hp__error_fini(&error);
  CHECK_INT(platform->directory_new(&directory, path, &ourselves, &error), HP_ETOOLONG);
  CHECK(directory == NULL);
  hp__error_fini(&error);
}

/* ---- Privacy ---- */

/* The access list of a thing, as text. */
static char *list_of(const char *path) {
  PSECURITY_DESCRIPTOR descriptor = NULL;
  wchar_t *text = NULL;
  HANDLE file = open_file(path, READ_CONTROL, SHARE_ALL, OPEN_EXISTING);
  DWORD parts = OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION;
  CHECK_INT(GetSecurityInfo(file, SE_FILE_OBJECT, parts, NULL, NULL, NULL, NULL, &descriptor), 0);
  CHECK(ConvertSecurityDescriptorToStringSecurityDescriptorW(descriptor, SDDL_REVISION_1, parts,
                                                             &text, NULL));
  char *narrow = hp__narrow(text ? text : L"");
  LocalFree(text);
  LocalFree(descriptor);
  CloseHandle(file);
  return narrow;
}

/* Its owner, and two entries: we and the system. */
static void expect_private(const char *path) {
  char own[256], system[64], *list = list_of(path);
  wchar_t *sid = NULL;
  struct hp_sid user;
  CHECK_INT(hp__own_sid(&user), 0);
  CHECK(ConvertSidToStringSidW(user.as.user.User.Sid, &sid));
  snprintf(own, sizeof own, "O:%ls", sid);
  CHECK(strncmp(list, own, strlen(own)) == 0 || strncmp(list, "O:LA", 4) == 0);
  snprintf(own, sizeof own, ";FA;;;%ls)", sid);
  snprintf(system, sizeof system, ";FA;;;SY)");
  CHECK(strstr(list, own) || strstr(list, ";FA;;;LA)"));
  CHECK_HAS(list, system);
  int entries = 0;
  for (const char *c = list; *c; c++)
    entries += *c == '(';
  CHECK_INT(entries, 2);
  LocalFree(sid);
  hp__free(list);
}

HP_TEST(nobody_else_may_look) {
  hp_directory *made = make(home());
  hp_directory *data = open_named(below(home(), "a\\data"));
  REQUIRE(made && data);
  expect_private(platform->directory_path(made));
  expect_private(below(platform->directory_path(made), ".lock"));
  expect_private(below(home(), "a"));
  expect_private(platform->directory_path(data));
  CHECK_INT(platform->directory_write(data, "secret", "x", 1, NULL), 0);
  CHECK_INT(platform->directory_make(data, "below", NULL), 0);
  expect_private(below(platform->directory_path(data), "secret"));
  expect_private(below(platform->directory_path(data), "below"));
  platform->directory_free(data);
  platform->directory_free(made);
}

HP_TEST(nothing_is_inherited_from_above) {
  if (hp_os_is_wine())
    SKIP("Wine does not keep that an access list is protected");
  hp_directory *made = make(home());
  REQUIRE(made);
  char *list = list_of(platform->directory_path(made));
  CHECK_HAS(list, "D:P");
  hp__free(list);
  platform->directory_free(made);
}

/* ---- Files ---- */

static int read_in(hp_directory *directory, const char *name, char text[16],
                   struct hp_error *error) {
  size_t length;
  int code = platform->directory_read(directory, name, text, 15, &length, error);
  text[length] = '\0';
  return code;
}

HP_TEST(only_a_plain_file_of_ours_is_read) {
  static const char *const others[] = {
      "hard",    ".lock:stream", ".lock::$DATA", "..",   "..\\file",
      "../file", "C:file",       "own.",         "own ", "*"};
  hp_directory *directory = make(home());
  REQUIRE(directory);
  char text[16];
  wchar_t *old = hp__wide_path(hp_test_file("file", "gold"));
  wchar_t *new = hp__wide_path(below(platform->directory_path(directory), "hard"));
  CHECK(CreateHardLinkW(new, old, NULL));
  CHECK_INT(platform->directory_write(directory, "own", "word", 4, NULL), 0);
  CHECK_INT(read_in(directory, "own", text, NULL), 0);
  CHECK_TEXT(text, "word");
  for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
    struct hp_error error = {0};
    CHECK(read_in(directory, others[i], text, &error) < 0);
    CHECK_TEXT(text, "");
    CHECK_HAS(hp_error_message(&error), others[i]);
    hp__error_fini(&error);
  }
  platform->directory_free(directory);
  CHECK(exists(below(home(), "file")));
  hp__free(old);
  hp__free(new);
}

/* Nothing is tried again: who has it open is the one who has to let it go. */
HP_TEST(what_somebody_has_open_is_told) {
  hp_directory *directory = make(home());
  REQUIRE(directory);
  struct hp_error error = {0};
  const char *path = platform->directory_path(directory);
  char left[HP_PATH_SIZE];
  snprintf(left, sizeof left, "%s", path);
  make_folder(below(path, "tree"));
  put(below(path, "tree\\kept"), "x");
  put(below(path, "tree\\other"), "x");
  HANDLE held = open_file(below(path, "tree\\kept"), GENERIC_READ, FILE_SHARE_READ, OPEN_EXISTING);
  CHECK_INT(platform->directory_clear(directory, "tree", &error), HP_EIO);
  CHECK_INT(hp_error_os_code(&error), ERROR_SHARING_VIOLATION);
  CHECK_HAS(hp_error_message(&error), "tree");
  CHECK(exists(below(path, "tree\\kept")) && !exists(below(path, "tree\\other")));
  hp__error_fini(&error);
  platform->directory_free(directory);
  CHECK(exists(below(left, "tree\\kept"))); /* it goes with a later sweep */
  CHECK_INT(platform->sweep(home()), 0);
  CloseHandle(held);
  CHECK_INT(platform->sweep(home()), 1);
  CHECK(!exists(left));
}

HP_TEST(a_link_goes_and_not_what_it_leads_to) {
  hp_directory *directory = make(home());
  REQUIRE(directory);
  char path[HP_PATH_SIZE];
  uv_fs_t request;
  snprintf(path, sizeof path, "%s", platform->directory_path(directory));
  make_folder(below(home(), "outside"));
  put(below(home(), "outside\\kept"), "x");
  int code = uv_fs_symlink(NULL, &request, below(home(), "outside"), below(path, "link"),
                           UV_FS_SYMLINK_JUNCTION, NULL);
  uv_fs_req_cleanup(&request);
  bool made = code == 0 && attributes_of(below(path, "link")) & FILE_ATTRIBUTE_REPARSE_POINT;
  platform->directory_free(directory);
  CHECK(exists(below(home(), "outside\\kept")));
  if (!made)
    SKIP("this system makes no junctions: Wine does not");
  CHECK(!exists(path));
}

/* ---- Locks, and what a killed host leaves ---- */

/* Hosts to kill are this program once more, in a role. */
static void play(const char *base) {
  char event[64];
  size_t size = sizeof event;
  hp_directory *data = open_named(below(base, "data")), *made = make(base);
  if (!data || !made || uv_os_getenv("HP_DIRS_EVENT", event, &size) != 0)
    exit(EXIT_FAILURE);
  put(below(platform->directory_path(made), "file"), "x");
  HANDLE ready = OpenEventA(EVENT_MODIFY_STATE, FALSE, event);
  SetEvent(ready);
  Sleep(60000); /* to be killed long before */
  exit(EXIT_FAILURE);
}

/* By itself it does nothing. */
HP_TEST(a_host_that_other_cases_start) {
  char base[1024];
  size_t size = sizeof base;
  if (uv_os_getenv("HP_DIRS_BASE", base, &size) == 0)
    play(base);
}

static HANDLE start_host(const char *base, DWORD *pid) {
  char event[64];
  wchar_t program[1024], line[] = L"host a_host_that_other_cases_start";
  STARTUPINFOW start = {.cb = sizeof start};
  PROCESS_INFORMATION process = {0};
  snprintf(event, sizeof event, "hp-dirs-%lu-%llu", GetCurrentProcessId(),
           (unsigned long long)uv_hrtime());
  HANDLE ready = CreateEventA(NULL, TRUE, FALSE, event);
  uv_os_setenv("HP_DIRS_EVENT", event);
  uv_os_setenv("HP_DIRS_BASE", base);
  GetModuleFileNameW(NULL, program, sizeof program / sizeof *program);
  CHECK(CreateProcessW(program, line, NULL, NULL, FALSE, CREATE_NO_WINDOW, NULL, NULL, &start,
                       &process));
  uv_os_unsetenv("HP_DIRS_BASE");
  HANDLE either[] = {ready, process.hProcess};
  CHECK_INT(WaitForMultipleObjects(2, either, FALSE, 30000), WAIT_OBJECT_0);
  CloseHandle(process.hThread);
  CloseHandle(ready);
  *pid = process.dwProcessId;
  return process.hProcess;
}

static void kill_host(HANDLE host) {
  TerminateProcess(host, 9);
  CHECK_INT(WaitForSingleObject(host, 30000), WAIT_OBJECT_0);
  CloseHandle(host);
}

static int open_code(const char *path, struct hp_error *error) {
  hp_directory *directory;
  int code = platform->directory_open(&directory, path, &ourselves, error);
  platform->directory_free(directory);
  return code;
}

/* Whoever comes second, we ourselves as well, and from the moment of its making. */
HP_TEST(a_lock_is_held_once) {
  const char *data = below(home(), "data");
  char owner[64];
  struct hp_error error = {0};
  hp_directory *directory = open_named(data);
  REQUIRE(directory);
  CHECK_INT(open_code(data, &error), HP_EINUSE);
  snprintf(owner, sizeof owner, "in use by process %lu (test_platform_w", GetCurrentProcessId());
  CHECK_HAS(hp_error_message(&error), owner);
  CHECK(hp_error_hint(&error) && hp_error_detail(&error, HP_DETAIL_OWNER));
  hp__error_fini(&error);
  platform->directory_free(directory);
  CHECK_INT(open_code(data, NULL), 0);
}

HP_TEST(a_killed_host_releases_its_locks_and_leaves_what_is_swept) {
  const char *base = home(), *data = below(base, "data");
  struct hp_error error = {0};
  char owner[64];
  DWORD pid = 0;
  HANDLE host = start_host(base, &pid);
  CHECK_INT(platform->sweep(base), 0);
  CHECK_INT(open_code(data, &error), HP_EINUSE);
  snprintf(owner, sizeof owner, "in use by process %lu (test_platform_w", pid);
  CHECK_HAS(hp_error_message(&error), owner);
  hp__error_fini(&error);
  kill_host(host);
  CHECK_INT(platform->sweep(base), 1);
  CHECK_INT(platform->sweep(base), 0);
  CHECK_INT(open_code(data, NULL), 0);
}

/* Leaves a directory as a killed host does: marked with `pid` of a process, its lock free. */
static void leave_behind(const char *base, char path[HP_PATH_SIZE], int64_t pid) {
  hp_directory *directory = make(base);
  if (!CHECK(directory != NULL))
    return;
  if (pid)
    platform->directory_use(directory, pid);
  snprintf(path, HP_PATH_SIZE, "%s", platform->directory_path(directory));
  put(below(path, "file"), "x");
  directory->made = false;
  hp__close_handle(&directory->lock);
  platform->directory_free(directory);
}

HP_TEST(a_sweep_leaves_what_a_living_process_uses) {
  const char *base = home();
  char used[HP_PATH_SIZE], text[32];
  hp_directory *held = make(base);
  leave_behind(base, used, GetCurrentProcessId());
  CHECK_INT(platform->sweep(base), 0);
  CHECK(exists(platform->directory_path(held)) && exists(below(used, "file")));
  HANDLE lock = open_file(below(used, ".lock"), GENERIC_READ | GENERIC_WRITE, 0, OPEN_EXISTING);
  struct hp_mark mark;
  CHECK_INT(hp__lock_read(lock, &mark), 1);
  CHECK_INT(mark.pid, GetCurrentProcessId());
  CHECK(mark.start != 0);
  CHECK_TEXT(mark.command, "test_platform_w");
  OVERLAPPED at = {.Offset = (DWORD)(strlen("hyperprocess 1\n") + 34 + 21)};
  DWORD written;
  snprintf(text, sizeof text, "%20llu", (unsigned long long)mark.start + 1);
  CHECK(WriteFile(lock, text, 20, &written, &at)); /* its pid was used again */
  CloseHandle(lock);
  CHECK_INT(platform->sweep(base), 1);
  CHECK(!exists(used));
  platform->directory_free(held);
}

HP_TEST(a_sweep_leaves_a_users_own) {
  const char *base = home();
  char left[HP_PATH_SIZE], mark[256] = "";
  const char *mine = below(base, "hp-abcdefgh");
  make_folder(mine);
  CHECK_INT(platform->sweep(base), 0); /* empty, without a lock */
  put(below(mine, ".lock"), "");
  CHECK_INT(platform->sweep(base), 0); /* with one that says nothing */
  put(below(mine, "thesis"), "x");
  CHECK_INT(platform->sweep(base), 0); /* an empty lock file */
  put(below(mine, ".lock"), "123\n");
  CHECK_INT(platform->sweep(base), 0); /* somebody else's */
  leave_behind(base, left, 0);
  DWORD length;
  HANDLE lock = open_file(below(left, ".lock"), GENERIC_READ, SHARE_ALL, OPEN_EXISTING);
  CHECK(ReadFile(lock, mark, sizeof mark - 1, &length, NULL));
  CloseHandle(lock);
  put(below(mine, ".lock"), mark);
  CHECK_INT(platform->sweep(base), 1); /* the mark names another directory */
  CHECK(!exists(left) && exists(below(mine, "thesis")));
  make_folder(below(base, "hp-toolongname"));
  make_folder(below(base, "hp-ABCDEFGH2"));
  set_attributes(below(base, "hp-toolongname"), HP_UNMARKED);
  set_attributes(below(base, "hp-ABCDEFGH2"), HP_UNMARKED);
  CHECK_INT(platform->sweep(base), 0);
}

HP_TEST(what_was_begun_and_never_marked_goes_when_empty) {
  static const char *const names[] = {"hp-00000000", "hp-00000001", "hp-00000002", "hp-00000003"};
  const char *base = home();
  for (int i = 0; i < 4; i++) {
    make_folder(below(base, names[i]));
    set_attributes(below(base, names[i]), HP_UNMARKED);
  }
  put(below(base, "hp-00000001\\.lock"), "");
  put(below(base, "hp-00000002\\.lock"), "");
  put(below(base, "hp-00000002\\other"), "x");
  put(below(base, "hp-00000003\\other"), "x");
  CHECK_INT(platform->sweep(base), 2);
  CHECK(exists(below(base, "hp-00000002\\other")));
  CHECK(exists(below(base, "hp-00000003\\other"))); /* without a lock */
}

/* A server that works in it outlives its host, with nobody to tell. */
HP_TEST(a_directory_that_is_worked_in_stays) {
  char before[1024], left[HP_PATH_SIZE];
  size_t size = sizeof before;
  leave_behind(home(), left, 0);
  CHECK_INT(uv_cwd(before, &size), 0);
  CHECK_INT(uv_chdir(left), 0);
  CHECK_INT(platform->sweep(home()), 0);
  CHECK(exists(below(left, "file")));
  CHECK_INT(uv_chdir(before), 0);
  CHECK_INT(platform->sweep(home()), 1);
}

static atomic_bool sweeping;

static void sweep_all_the_time(void *base) {
  while (sweeping)
    platform->sweep(base);
}

HP_TEST(a_sweep_never_takes_one_that_is_being_made) {
  char base[1024];
  uv_thread_t sweeper;
  int rounds = getenv("HP_TEST_FULL") ? 400 : 40;
  snprintf(base, sizeof base, "%s", home());
  sweeping = true;
  CHECK_INT(uv_thread_create(&sweeper, sweep_all_the_time, base), 0);
  for (int i = 0; i < rounds; i++) {
    hp_directory *directory = make(base);
    if (!directory)
      break;
    CHECK(exists(platform->directory_path(directory)));
    CHECK_INT(platform->directory_write(directory, "f", "x", 1, NULL), 0);
    platform->directory_free(directory);
  }
  sweeping = false;
  uv_thread_join(&sweeper);
  platform->sweep(base);
  wchar_t *wide = hp__wide_path(base);
  CHECK(RemoveDirectoryW(wide)); /* nothing was left */
  hp__free(wide);
}

/* ---- Places and users ---- */

HP_TEST(places) {
  char path[HP_PATH_SIZE], before[1024], *environment;
  size_t size = sizeof before;
  CHECK_INT(uv_os_getenv("TMP", before, &size), 0);
  CHECK_INT(platform->place(HP_PLACE_CONFIG, path), 0);
  environment = getenv("LOCALAPPDATA");
  CHECK_TEXT(path, below(environment ? environment : "", "hyperprocess"));
  CHECK_INT(platform->place(HP_PLACE_SYSTEM_CONFIG, path), 0);
  environment = getenv("ProgramData");
  CHECK_TEXT(path, below(environment ? environment : "", "hyperprocess"));
  for (int place = HP_PLACE_RUNTIME; place <= HP_PLACE_TEMPORARY; place++) {
    CHECK_INT(platform->place((enum hp_place)place, path), 0);
    CHECK(exists(path) && path[strlen(path) - 1] != '\\');
  }
  uv_os_setenv("TMP", home());
  CHECK_INT(platform->place(HP_PLACE_TEMPORARY, path), 0);
  CHECK_TEXT(path, home());
  uv_os_setenv("TMP", before);
}

HP_TEST(another_user_is_refused) {
  static const char *const names[] = {"Guest", "Administrator"};
  struct hp_user user;
  struct hp_error error = {0};
  int code = HP_ENOTFOUND;
  for (int i = 0; i < 2 && code != HP_EUNSUPPORTED; i++) {
    hp__error_fini(&error);
    code = platform->find_user(names[i], &user, &error);
  }
  CHECK(!platform->is_privileged());
  if (code == HP_EUNSUPPORTED) {
    CHECK_HAS(hp_error_message(&error), "as user '");
    CHECK_HAS(hp_error_cause(&error), "password");
  }
  hp__error_fini(&error);
  if (code != HP_EUNSUPPORTED)
    SKIP("there is no other user on this machine");
}
