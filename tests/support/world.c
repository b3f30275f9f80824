/* SPDX-License-Identifier: MIT */
#include "tests/support/world.h"

#include "tests/support/test.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PATH_SIZE = 600, PROCESSES_MAX = 256, LIST_SIZE = 8192 };

static bool begun, alone; /* alone: with a /tmp, a /dev/shm and an IPC namespace of our own */
static char base[PATH_SIZE], run_dir[PATH_SIZE + 8], temporary_dir[PATH_SIZE + 8];
static int child_events;

/* ---- the beginning ---- */

static void take_namespaces(void) {
  const char *programs = getenv("HP_TEST_BIN");
  if (unshare(CLONE_NEWNS | CLONE_NEWIPC) < 0)
    return;
  if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
      mount("none", "/dev/shm", "tmpfs", 0, "mode=1777") < 0)
    return;
  if (programs && strncmp(programs, "/tmp/", 5) == 0)
    return; /* they would vanish */
  alone = mount("none", "/tmp", "tmpfs", 0, "mode=1777") == 0;
}

static void make_directory(char *path, size_t size, const char *name, const char *variable) {
  snprintf(path, size, "%s/%s", base, name);
  if ((mkdir(path, 0711) < 0 && errno != EEXIST) || chmod(path, 0711) < 0)
    abort();
  setenv(variable, path, 1);
}

static void take_child_events(void) {
  sigset_t child;
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  sigprocmask(SIG_BLOCK, &child, NULL);
  child_events = signalfd(-1, &child, SFD_NONBLOCK | SFD_CLOEXEC);
}

void hp_world_begin(void) {
  if (!begun) {
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    take_namespaces();
    take_child_events();
  }
  begun = true;
  unsetenv("TMPDIR"); /* it may be that of the test before */
  snprintf(base, sizeof base, "%s", hp_test_directory());
  if (chmod(base, 0711) < 0)
    abort();
  make_directory(run_dir, sizeof run_dir, "run", "XDG_RUNTIME_DIR");
  make_directory(temporary_dir, sizeof temporary_dir, "tmp", "TMPDIR");
}

bool hp_world_is_alone(void) {
  return alone;
}

const char *hp_world_directory(void) {
  return base;
}

/* ---- processes ---- */

const char *hp_world_proc(pid_t pid, const char *file) {
  static char text[65536];
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/%s", pid, file);
  FILE *stream = fopen(path, "re");
  size_t length = stream ? fread(text, 1, sizeof text - 1, stream) : 0;
  if (stream)
    fclose(stream);
  for (size_t i = 0; i < length; i++)
    text[i] = text[i] ? text[i] : ' ';
  text[length] = '\0';
  return text;
}

long hp_world_user(pid_t pid) {
  const char *line = strstr(hp_world_proc(pid, "status"), "\nUid:");
  return line ? strtol(line + 5, NULL, 10) : -1;
}

struct process {
  pid_t pid, parent;
};

static size_t list_processes(struct process *list, size_t size) {
  DIR *proc = opendir("/proc");
  size_t count = 0;
  for (struct dirent *entry; proc && count < size && (entry = readdir(proc));) {
    pid_t pid = atoi(entry->d_name);
    const char *stat = pid > 0 ? strrchr(hp_world_proc(pid, "stat"), ')') : NULL;
    if (stat && strlen(stat) > 4 && stat[2] != 'Z' && stat[2] != 'X')
      list[count++] = (struct process){pid, atoi(stat + 4)};
  }
  closedir(proc);
  return count;
}

static bool is_among(const pid_t *pids, size_t count, pid_t pid) {
  for (size_t i = 0; i < count; i++)
    if (pids[i] == pid)
      return true;
  return false;
}

size_t hp_world_processes(pid_t *pids, size_t size) {
  static struct process all[32768];
  size_t total = list_processes(all, sizeof all / sizeof *all), count = 0;
  for (bool more = true; more;) {
    more = false;
    for (size_t i = 0; i < total && count < size; i++) {
      bool below = all[i].parent == getpid() || is_among(pids, count, all[i].parent);
      if (!below || is_among(pids, count, all[i].pid))
        continue;
      pids[count++] = all[i].pid;
      more = true;
    }
  }
  return count;
}

static int64_t now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* All that lose their parent become our children, so the last end is told to us. */
bool hp_world_is_empty_within(int milliseconds) {
  int64_t end = now_ms() + milliseconds;
  for (;;) {
    struct signalfd_siginfo info;
    struct pollfd event = {child_events, POLLIN, 0};
    while (read(child_events, &info, sizeof info) > 0)
      ;
    pid_t pid = waitpid(-1, NULL, WNOHANG);
    if (pid < 0 && errno == ECHILD)
      return true;
    if (pid > 0)
      continue;
    int64_t left = end - now_ms();
    if (left <= 0 || poll(&event, 1, (int)left) < 0)
      return false;
  }
}

void hp_world_clear(void) {
  pid_t pids[PROCESSES_MAX];
  for (int i = 0; i < 100 && !hp_world_is_empty_within(i ? 50 : 0); i++) {
    size_t count = hp_world_processes(pids, PROCESSES_MAX);
    for (size_t k = 0; k < count; k++)
      kill(pids[k], SIGKILL);
  }
}

/* ---- what is left ---- */

static void add(char *list, const char *what, const char *name) {
  size_t length = strlen(list);
  snprintf(list + length, LIST_SIZE - length, "%s %s\n", what, name);
}

static void add_entries(char *list, const char *path) {
  DIR *directory = opendir(path);
  for (struct dirent *entry; directory && (entry = readdir(directory));) {
    char full[PATH_SIZE];
    snprintf(full, sizeof full, "%s/%s", path, entry->d_name);
    if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
        strcmp(full, base) != 0)
      add(list, "entry", full);
  }
  if (directory)
    closedir(directory);
}

static void add_segments(char *list) {
  char line[512];
  FILE *segments = fopen("/proc/sysvipc/shm", "re");
  for (int i = 0; segments && fgets(line, sizeof line, segments); i++)
    if (i > 0)
      add(list, "segment", line);
  if (segments)
    fclose(segments);
}

static void add_behind(char *list) {
  add_entries(list, run_dir);
  add_entries(list, temporary_dir);
  if (!alone)
    return;
  add_entries(list, "/tmp");
  add_entries(list, "/dev/shm");
  add_segments(list);
}

void hp_world_remove_segments(void) {
  char line[512];
  int segment;
  FILE *segments = alone ? fopen("/proc/sysvipc/shm", "re") : NULL;
  while (segments && fgets(line, sizeof line, segments))
    if (sscanf(line, "%*d %d", &segment) == 1)
      shmctl(segment, IPC_RMID, NULL);
  if (segments)
    fclose(segments);
}

static bool remove_shared_files(void) {
  bool any = false;
  DIR *directory = alone ? opendir("/dev/shm") : NULL;
  for (struct dirent *entry; directory && (entry = readdir(directory));)
    if (strncmp(entry->d_name, "PostgreSQL.", 11) == 0)
      any = unlinkat(dirfd(directory), entry->d_name, 0) == 0 || any;
  if (directory)
    closedir(directory);
  return any;
}

bool hp_world_remove_shared_memory(void) {
  char list[LIST_SIZE] = "";
  if (alone)
    add_segments(list);
  hp_world_remove_segments();
  return remove_shared_files() || list[0];
}

const char *hp_world_left_behind(void) {
  static char list[LIST_SIZE];
  list[0] = '\0';
  add_behind(list);
  return list;
}

const char *hp_world_left(void) {
  static char list[LIST_SIZE];
  pid_t pids[PROCESSES_MAX];
  list[0] = '\0';
  size_t count = hp_world_processes(pids, PROCESSES_MAX);
  for (size_t i = 0; i < count; i++) {
    char text[300];
    const char *command = hp_world_proc(pids[i], "cmdline");
    if (!*command) /* killed: it has no memory any more and does nothing, whatever /proc still lists
                    */
      continue;
    snprintf(text, sizeof text, "%d %.250s", pids[i], command);
    add(list, "process", text);
  }
  add_behind(list);
  return list;
}

/* ---- programs ---- */

static void become(const char *const *argv, int input, int output) {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  if (input >= 0)
    dup2(input, 0);
  dup2(output, 1);
  if (input < 0)
    dup2(output, 2);
  execvp(argv[0], (char **)(uintptr_t)argv);
  _exit(127);
}

pid_t hp_world_start(const char *const *argv, int *input, int *output) {
  int in[2] = {-1, -1}, out[2];
  if (pipe2(out, O_CLOEXEC) < 0 || (input && pipe2(in, O_CLOEXEC) < 0))
    return -1;
  fflush(NULL);
  pid_t pid = fork();
  if (pid == 0)
    become(argv, in[0], out[1]);
  close(out[1]);
  if (input)
    close(in[0]);
  if (input)
    *input = in[1];
  *output = out[0];
  return pid;
}

/* false: the end, or too late. */
static bool read_more(int fd, char *text, size_t size, size_t *length, int64_t end) {
  struct pollfd event = {fd, POLLIN, 0};
  int64_t left = end - now_ms();
  if (left <= 0 || *length + 1 >= size || poll(&event, 1, (int)left) <= 0)
    return false;
  ssize_t count = read(fd, text + *length, size - 1 - *length);
  if (count <= 0)
    return false;
  *length += (size_t)count;
  text[*length] = '\0';
  return true;
}

bool hp_world_read_line(int output, const char *start, char *line, size_t size) {
  int64_t end = now_ms() + 30000;
  for (size_t length = 0;; length = 0) {
    line[0] = '\0';
    while (!strchr(line, '\n'))
      if (!read_more(output, line, length + 2 < size ? length + 2 : size, &length, end))
        return false;
    line[strcspn(line, "\n")] = '\0';
    if (strncmp(line, start, strlen(start)) == 0)
      return true;
  }
}

int hp_world_run(char *output, size_t size, const char *program, ...) {
  const char *argv[32] = {program};
  size_t count = 0, length = 0;
  int fd, status;
  va_list arguments;
  va_start(arguments, program);
  while (argv[count] && count < 30)
    argv[++count] = va_arg(arguments, const char *);
  va_end(arguments);
  output[0] = '\0';
  pid_t pid = hp_world_start(argv, NULL, &fd);
  int64_t end = now_ms() + 20000;
  while (pid > 0 && read_more(fd, output, size, &length, end))
    ;
  close(fd);
  if (now_ms() >= end)
    kill(pid, SIGKILL);
  if (pid <= 0 || waitpid(pid, &status, 0) != pid)
    return -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
