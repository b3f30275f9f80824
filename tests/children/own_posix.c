/* SPDX-License-Identifier: MIT */
/* What a process is and has on a POSIX system. */
#include "own_posix.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

extern char **environ;

char **own_arguments(int argc, char **argv) {
  (void)argc;
  return argv;
}

void own_environment(void) {
  for (char **variable = environ; *variable; variable++)
    say(1, "env %s\n", *variable);
}

void own_silence(void) {
  dup2(0, 1);
  dup2(0, 2);
}

int own_signal(int number) {
  return number;
}

void own_ignore(int number) {
  signal(number, SIG_IGN);
}

/* No core file of it. */
void own_raise(int number) {
  struct rlimit limit = {0, 0};
  setrlimit(RLIMIT_CORE, &limit);
  raise(number);
}

void own_descendant(int away) {
  if (fork() != 0)
    return;
  if (away)
    setsid();
  say(1, "descendant %d\n", getpid());
  for (;;)
    pause();
}

static void say_session(const char *argument) {
  (void)argument;
  say(1, "session %d\n", getsid(0) == getpid() && getpgid(0) == getpid());
}

static void notify(const char *text) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  const char *path = getenv("NOTIFY_SOCKET");
  int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
  strncpy(address.sun_path, path ? path : "", sizeof address.sun_path - 1);
  if (sendto(fd, text, strlen(text), 0, (struct sockaddr *)&address, sizeof address) < 0)
    perror("notify");
  close(fd);
}

static void notify_main(const char *argument) {
  char text[32];
  (void)argument;
  snprintf(text, sizeof text, "MAINPID=%d", (int)getpid());
  notify(text);
}

/* Until that file is there, three times in the time that is asked for. */
static void beat(const char *path) {
  const char *time = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");
  if (!time || !pid || atoi(pid) != (int)getpid())
    end_with(1);
  while (access(path, F_OK) != 0) {
    notify("WATCHDOG=1");
    usleep((useconds_t)(atol(time) / 3));
  }
}

const struct order posix_orders[] = {{"session", say_session},
                                     {"notify", notify},
                                     {"notify-main", notify_main},
                                     {"beat", beat},
                                     {NULL, NULL}};
