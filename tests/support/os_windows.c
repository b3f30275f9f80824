/* SPDX-License-Identifier: MIT */
#include "tests/support/os.h"

#include "core/registry.h"

#include <fcntl.h>
#include <io.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include <tlhelp32.h>

bool hp_os_is_wine(void) {
  HMODULE native = GetModuleHandleW(L"ntdll.dll");
  return native && GetProcAddress(native, "wine_get_version");
}

const char *hp_os_lacks(enum hp_os_thing thing) {
  static const char *const reasons[] = {
      [HP_OS_UNIX_SOCKETS] = "Windows: `pipe` is the local transport",
      [HP_OS_NOTIFY] = "Windows has no sd_notify sockets",
      [HP_OS_SIGNALS] = "Windows has no signals between processes",
      [HP_OS_ROOTED_PATHS] = "Windows: paths begin with a drive",
      [HP_OS_VARIABLES_WITHOUT_CASE] = NULL,
      [HP_OS_BATCH_FILES] = NULL,
      [HP_OS_SHARED_PORTS] = "Windows: a port that is bound is taken",
      [HP_OS_FULL_QUEUES] = "Windows refuses a caller when the queue is full",
      [HP_OS_MODES] = "Windows has no modes of files",
      [HP_OS_LINKS] = "Windows lets not every user make links, and has no FIFOs",
      [HP_OS_PRIVILEGED_PORTS] = "Windows lets every user bind every port",
      [HP_OS_OWN_HOSTS] = "Windows has one table of hosts for all processes",
      [HP_OS_CRASH_LESS] = "Windows: `tree+crash` is what is always had",
  };
  if (thing == HP_OS_PORT_OWNERS)
    return hp_os_is_wine() ? "Wine does not tell whose a port is" : NULL;
  return reasons[thing];
}

/* ---- Names ---- */

const char *hp_test_program(const char *name) {
  static _Thread_local char path[1024];
  const char *folder = getenv("HP_TEST_BIN");
  snprintf(path, sizeof path, "%s/%s.exe", folder ? folder : "bin", name);
  for (char *c = path; *c; c++)
    *c = *c == '/' ? '\\' : *c;
  return path;
}

static int place_of_test(enum hp_place place, char path[HP_PATH_SIZE]) {
  static const char *const variables[] = {[HP_PLACE_RUNTIME] = "XDG_RUNTIME_DIR",
                                          [HP_PLACE_SHORT] = "TMPDIR",
                                          [HP_PLACE_TEMPORARY] = "TMPDIR",
                                          [HP_PLACE_CONFIG] = "XDG_CONFIG_HOME"};
  size_t size = HP_PATH_SIZE;
  if (place == HP_PLACE_SYSTEM_CONFIG)
    return HP_ENOTFOUND;
  return uv_os_getenv(variables[place], path, &size) == 0 ? 0 : HP_ENOTFOUND;
}

/* The known folders are the user's, whatever the environment says. */
const struct hp_platform_ops *hp_test_platform(void) {
  static struct hp_platform_ops ops;
  struct hp_registry registry = {0};
  hp__registry_init(&registry, NULL);
  ops = *registry.platform;
  ops.place = place_of_test;
  return &ops;
}

static const struct {
  const char *from, *to;
} words[] = {{"local: ", "pipe: "}, {"signal: TERM", "signal: CTRL_C"}};

static size_t find_word(const char *line) {
  size_t i = 0;
  while (i < sizeof words / sizeof *words &&
         strncmp(line, words[i].from, strlen(words[i].from)) != 0)
    i++;
  return i;
}

void hp_os_translate(const char *line, char *text, size_t size) {
  size_t length = 0;
  while (*line && length + 32 < size) {
    size_t word = find_word(line);
    if (word == sizeof words / sizeof *words) {
      text[length++] = *line++;
      continue;
    }
    length += (size_t)snprintf(text + length, size - length, "%s", words[word].to);
    line += strlen(words[word].from);
  }
  text[length] = '\0';
}

bool hp_os_same_path(const char *a, const char *b) {
  while (*a && (*a == *b || (strchr("/\\", *a) && *b && strchr("/\\", *b))))
    a++, b++;
  return *a == *b;
}

bool hp_os_adds_variable(const char *variable) {
  return _strnicmp(variable, "SYSTEMROOT=", 11) == 0 ||
         (hp_os_is_wine() &&
          (strncmp(variable, "WINE", 4) == 0 || strncmp(variable, "SystemDrive=", 12) == 0));
}

int hp_os_slowness(void) {
  return hp_os_is_wine() ? 8 : 2;
}

bool hp_os_has_pool(void) {
  return true;
}

const char *hp_os_two_folders(void) {
  return "PATH=C:\\one\\folder-a;C:\\folder-b";
}

const char *hp_os_polite_rung(void) {
  return "signal CTRL_C";
}

/* ---- Processes ---- */

bool hp_os_is_running(int64_t pid) {
  return pid > 0 && uv_kill((int)pid, 0) == 0;
}

/* When a process began, in the system's ticks; 0: it cannot be told. */
static uint64_t beginning(int64_t pid) {
  FILETIME begun = {0}, others[3];
  HANDLE process = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, (DWORD)pid);
  if (process)
    GetProcessTimes(process, &begun, &others[0], &others[1], &others[2]);
  CloseHandle(process);
  return (uint64_t)begun.dwHighDateTime << 32 | begun.dwLowDateTime;
}

/* The host of a console is a child of who has the console, and no affair of ours. A number is given
 * again: what is older than its parent is the child of one who had the number before. */
int64_t hp_os_child_of(int64_t pid) {
  HANDLE list = CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0);
  PROCESSENTRY32W entry = {.dwSize = sizeof entry};
  uint64_t begun = beginning(pid);
  int64_t child = -1;
  for (BOOL more = Process32FirstW(list, &entry); more && child < 0;
       more = Process32NextW(list, &entry))
    if (entry.th32ParentProcessID == (DWORD)pid && _wcsicmp(entry.szExeFile, L"conhost.exe") != 0 &&
        hp_os_is_running(entry.th32ProcessID) && beginning(entry.th32ProcessID) >= begun)
      child = entry.th32ProcessID;
  CloseHandle(list);
  return child;
}

bool hp_os_has_children(void) {
  return hp_os_child_of(GetCurrentProcessId()) > 0;
}

void hp_os_kill(int64_t pid) {
  HANDLE process = OpenProcess(PROCESS_TERMINATE, FALSE, (DWORD)pid);
  TerminateProcess(process, 1);
  CloseHandle(process);
}

bool hp_os_ended_by(const struct hp_exit *exit, const char *name) {
  bool by_ctrl_c = exit->kind == HP_EXIT_CODE && (DWORD)exit->value == 0xC000013A;
  return strcmp(name, "KILL") == 0 ? exit->kind != HP_EXIT_NONE && !by_ctrl_c : by_ctrl_c;
}

static void note_exit(uv_process_t *process, int64_t status, int signal) {
  *(int64_t *)process->data = signal ? -1 : status;
  uv_close((uv_handle_t *)process, NULL);
}

bool hp_os_interrupt(int64_t pid) {
  char number[32], program[1024];
  char word[] = "CTRL_C", *arguments[] = {program, number, word, NULL};
  int64_t status = -1;
  uv_loop_t loop;
  uv_process_t process = {.data = &status};
  uv_process_options_t options = {
      .file = program, .args = arguments, .exit_cb = note_exit, .flags = UV_PROCESS_WINDOWS_HIDE};
  snprintf(number, sizeof number, "%lld", (long long)pid);
  snprintf(program, sizeof program, "%s", hp_test_program("hyperprocess-console"));
  uv_loop_init(&loop);
  if (uv_spawn(&loop, &process, &options) != 0)
    uv_close((uv_handle_t *)&process, NULL);
  uv_run(&loop, UV_RUN_DEFAULT);
  uv_loop_close(&loop);
  return status == 0;
}

/* ---- Files ---- */

bool hp_os_make_directory(const char *path) {
  uv_fs_t request;
  int code = uv_fs_mkdir(NULL, &request, path, 0700, NULL);
  uv_fs_req_cleanup(&request);
  return code == 0;
}

bool hp_os_make_link(const char *target, const char *path) {
  (void)target;
  (void)path;
  return false;
}

bool hp_os_make_fifo(const char *path) {
  (void)path;
  return false;
}

/* ---- This process ---- */

void hp_os_begin_output(void) {
  _setmode(_fileno(stdout), _O_BINARY);
  setvbuf(stdout, NULL, _IOFBF, BUFSIZ); /* without a buffer it goes out byte by byte */
}

void hp_os_survive_broken_pipes(void) {
}

bool hp_os_be_ordinary(bool ordinary) {
  (void)ordinary;
  return false;
}

int hp_os_run_with_hosts(const char *table, int (*run)(void)) {
  (void)table;
  (void)run;
  return -1;
}

/* One by one: Wine's GetProcessHandleCount() is always 0. The lowest number that is free is given
 * next, so behind a gap so wide there is nothing. */
long hp_os_count_handles(void) {
  enum { STEP = 4, GAP = 1024 };
  DWORD flags;
  long count = 0;
  for (uintptr_t handle = STEP, last = 0; handle < last + GAP * STEP; handle += STEP)
    if (GetHandleInformation((HANDLE)handle, &flags)) {
      count++;
      last = handle;
    }
  return count;
}

long hp_os_count_threads(void) {
  HANDLE list = CreateToolhelp32Snapshot(TH32CS_SNAPTHREAD, 0);
  THREADENTRY32 entry = {.dwSize = sizeof entry};
  long count = 0;
  for (BOOL more = Thread32First(list, &entry); more; more = Thread32Next(list, &entry))
    count += entry.th32OwnerProcessID == GetCurrentProcessId();
  CloseHandle(list);
  return count;
}

size_t hp_os_allocated(void *memory) {
  return memory ? _msize(memory) : 0;
}

/* ---- Connected descriptors ---- */

static bool is_socket(hp_handle handle) {
  int type, size = sizeof type;
  return getsockopt((SOCKET)handle, SOL_SOCKET, SO_TYPE, (char *)&type, &size) == 0;
}

typedef BOOL transfer(HANDLE handle, void *data, DWORD size, OVERLAPPED *overlapped);

static BOOL read_pipe(HANDLE handle, void *data, DWORD size, OVERLAPPED *overlapped) {
  return ReadFile(handle, data, size, NULL, overlapped);
}

static BOOL write_pipe(HANDLE handle, void *data, DWORD size, OVERLAPPED *overlapped) {
  return WriteFile(handle, data, size, NULL, overlapped);
}

static int move(hp_handle handle, transfer *move_bytes, void *data, size_t size) {
  HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL);
  OVERLAPPED overlapped = {.hEvent = (HANDLE)((uintptr_t)event | 1)};
  DWORD length = 0;
  if (move_bytes((HANDLE)handle, data, (DWORD)size, &overlapped) ||
      GetLastError() == ERROR_IO_PENDING)
    GetOverlappedResult((HANDLE)handle, &overlapped, &length, TRUE);
  CloseHandle(event);
  return (int)length;
}

bool hp_os_handle_say(hp_handle handle, const void *data, size_t size) {
  void *bytes = (void *)(uintptr_t)data;
  int length = is_socket(handle) ? send((SOCKET)handle, data, (int)size, 0)
                                 : move(handle, write_pipe, bytes, size);
  return length == (int)size;
}

int hp_os_handle_hear(hp_handle handle, void *data, size_t size) {
  size_t length = 0;
  for (int count = 1; length < size && count > 0; length += count > 0 ? (size_t)count : 0) {
    char *place = (char *)data + length;
    count = is_socket(handle) ? recv((SOCKET)handle, place, (int)(size - length), 0)
                              : move(handle, read_pipe, place, size - length);
  }
  return (int)length;
}

bool hp_os_handle_is_inherited(hp_handle handle) {
  DWORD flags = 0;
  return GetHandleInformation((HANDLE)handle, &flags) && (flags & HANDLE_FLAG_INHERIT);
}

void hp_os_handle_close(hp_handle handle) {
  if (is_socket(handle))
    closesocket((SOCKET)handle);
  else
    CloseHandle((HANDLE)handle);
}

bool hp_os_mount_small(const char *path, int bytes) {
  (void)path;
  (void)bytes;
  return false;
}

void hp_os_unmount(const char *path) {
  (void)path;
}
