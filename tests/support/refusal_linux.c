/* SPDX-License-Identifier: MIT */
#include "tests/support/refusal_linux.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { CALLS_MAX = 64 };

struct start { /* of the thread that takes the filter and then starts the program */
  struct refusal *refusal;
  struct sock_fprog filter;
  atomic_int listener, error;
  pid_t pid;
};

/* ---- the filter ---- */

static void write_filter(const struct refusal *refusal, struct sock_fprog *filter) {
  static struct sock_filter code[2 * CALLS_MAX + 6];
  unsigned short count = 0;
  code[count++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
                                               (unsigned)offsetof(struct seccomp_data, nr));
  for (const int *call = refusal->calls; *call >= 0; call++) {
    code[count++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)*call, 0, 1);
    code[count++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF);
  }
  code[count++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getpriority, 0, 1);
  code[count++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF);
  code[count++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
  *filter = (struct sock_fprog){count, code};
}

/* ---- the program ---- */

static void become(const struct refusal *refusal) {
  int input = open("/dev/null", O_RDONLY | O_CLOEXEC);
  int output = open(refusal->output, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  sigset_t none;
  sigemptyset(&none);
  pthread_sigmask(SIG_SETMASK, &none, NULL);
  dup2(input, 0);
  dup2(output, 1);
  dup2(output, 2);
  execv(refusal->argv[0], (char **)(uintptr_t)refusal->argv);
  _exit(127);
}

/* The filter is this thread's and its children's. Its own calls are answered by the other one. */
static void *start_program(void *data) {
  struct start *start = data;
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  int listener = (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
                              SECCOMP_FILTER_FLAG_NEW_LISTENER, &start->filter);
  if (listener < 0) {
    start->error = errno;
    return NULL;
  }
  start->listener = listener;
  start->pid = fork();
  if (start->pid == 0)
    become(start->refusal);
  return NULL;
}

/* ---- the answers ---- */

static int64_t now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool is_of_program(const struct refusal *refusal, pid_t pid) {
  char link[64], path[1024];
  snprintf(link, sizeof link, "/proc/%d/exe", pid);
  ssize_t length = readlink(link, path, sizeof path - 1);
  return length > 0 && (size_t)length == strlen(refusal->argv[0]) &&
         memcmp(path, refusal->argv[0], (size_t)length) == 0;
}

static bool is_refused(struct refusal *refusal, int number) {
  for (size_t i = 0; refusal->calls[i] >= 0; i++)
    if (refusal->calls[i] == number)
      return ++refusal->counts[i] == refusal->first && number == refusal->call;
  return false;
}

static void answer(struct refusal *refusal, int listener, bool *counting) {
  struct seccomp_notif question = {0};
  if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &question) < 0)
    return;
  struct seccomp_notif_resp reply = {.id = question.id, .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE};
  bool ours = is_of_program(refusal, (pid_t)question.pid);
  if (ours && question.data.nr == SYS_getpriority)
    *counting = !*counting;
  if (ours && *counting && is_refused(refusal, question.data.nr)) {
    reply.flags = 0;
    reply.error = -refusal->code;
  }
  ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &reply);
}

/* Until nobody has the filter any more; false: it took too long. */
static bool answer_all(struct refusal *refusal, int listener) {
  int64_t end = now_ms() + refusal->patience_ms;
  bool counting = false;
  for (;;) {
    struct pollfd event = {listener, POLLIN, 0};
    int64_t left = end - now_ms();
    if (left <= 0 || poll(&event, 1, (int)left) < 0)
      return false;
    if (event.revents & POLLIN)
      answer(refusal, listener, &counting);
    else if (event.revents)
      return true;
  }
}

static void collect(struct start *start, bool ended) {
  if (!ended)
    kill(start->pid, SIGKILL);
  while (waitpid(start->pid, &start->refusal->status, 0) < 0 && errno == EINTR)
    ;
  if (!ended)
    start->refusal->status = -1;
}

bool refusal_run(struct refusal *refusal) {
  struct start start = {.refusal = refusal};
  atomic_init(&start.listener, -1);
  atomic_init(&start.error, 0);
  pthread_t thread;
  memset(refusal->counts, 0, sizeof refusal->counts);
  write_filter(refusal, &start.filter);
  if (pthread_create(&thread, NULL, start_program, &start) != 0)
    abort();
  while (start.listener < 0 &&
         start.error == 0) /* any call that could wake us may be one of them */
    sched_yield();
  bool ended = start.error == 0 && answer_all(refusal, start.listener);
  pthread_join(thread, NULL);
  refusal->error = start.error;
  if (start.error == 0)
    collect(&start, ended);
  if (start.listener >= 0)
    close(start.listener);
  return start.error == 0;
}
