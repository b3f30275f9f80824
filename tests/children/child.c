/* SPDX-License-Identifier: MIT */
/* A process that says what it sees and does what it is told: each argument is one order. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "orders.h"

#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

extern char **environ;

static const char *argument; /* of an order: what follows its ':' */
static char **arguments;     /* all of them */

static void list_fds(void) {
  char link[256];
  DIR *list = opendir("/proc/self/fd");
  for (struct dirent *entry; (entry = readdir(list));) {
    ssize_t length = readlinkat(dirfd(list), entry->d_name, link, sizeof link - 1);
    if (length > 0 && atoi(entry->d_name) != dirfd(list))
      dprintf(1, "fd %s %.*s\n", entry->d_name, (int)length, link);
  }
  closedir(list);
}

static void list_signals(void) {
  char line[256];
  FILE *file = fopen("/proc/self/status", "re");
  while (fgets(line, sizeof line, file))
    if (strncmp(line, "SigBlk", 6) == 0 || strncmp(line, "SigIgn", 6) == 0)
      dprintf(1, "%s", line);
  fclose(file);
}

static void say_session(void) {
  dprintf(1, "session %d\n", getsid(0) == getpid() && getpgid(0) == getpid());
}

static void say_death_signal(void) {
  int number = -1;
  prctl(PR_GET_PDEATHSIG, &number);
  dprintf(1, "death signal %d\n", number);
}

static void say_ids(void) {
  uid_t user[3];
  gid_t group[3], groups[64];
  getresuid(&user[0], &user[1], &user[2]);
  getresgid(&group[0], &group[1], &group[2]);
  int count = getgroups(64, groups);
  dprintf(1, "ids %u %u %u %u %u %u groups", user[0], user[1], user[2], group[0], group[1],
          group[2]);
  for (int i = 0; i < count; i++)
    dprintf(1, " %u", groups[i]);
  dprintf(1, "\n");
}

/* They are data then, and no orders any more. */
static void list_arguments(void) {
  for (char **one = arguments; *one; one++)
    dprintf(1, "argument %zu:%s\n", strlen(*one), *one);
  _exit(0);
}

static void list_environment(void) {
  for (char **variable = environ; *variable; variable++)
    dprintf(1, "env %s\n", *variable);
}

static void say_directory(void) {
  char path[4096];
  if (getcwd(path, sizeof path))
    dprintf(1, "cwd %s\n", path);
}

static void say_core(void) {
  struct rlimit limit = {0, 0};
  prctl(PR_SET_DUMPABLE, 0);
  setrlimit(RLIMIT_CORE, &limit);
}

static void write_out(void) {
  dprintf(1, "%s\n", argument);
}

static void write_error(void) {
  dprintf(2, "%s\n", argument);
}

static void ignore(void) {
  signal(atoi(argument), SIG_IGN);
}

/* A descendant that holds our output; with `away`, in a session of its own. */
static void make_descendant(void) {
  if (fork() != 0)
    return;
  if (strcmp(argument, "away") == 0)
    setsid();
  dprintf(1, "descendant %d\n", getpid());
  for (;;)
    pause();
}

static void read_to_end(void) {
  char bytes[4096];
  while (read(0, bytes, sizeof bytes) > 0)
    ;
}

static void wait_forever(void) {
  for (;;)
    pause();
}

static void leave(void) {
  _exit(atoi(argument));
}

static void end_by_signal(void) {
  say_core();
  raise(atoi(argument));
}

static void notify(void) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  const char *path = getenv("NOTIFY_SOCKET");
  int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
  strncpy(address.sun_path, path ? path : "", sizeof address.sun_path - 1);
  if (sendto(fd, argument, strlen(argument), 0, (struct sockaddr *)&address, sizeof address) < 0)
    perror("notify");
  close(fd);
}

/* Our own orders read `argument`, those of a server are given it. */
static bool obey_server(const char *name, size_t length) {
  for (const struct order *order = server_orders; order->name; order++)
    if (strncmp(order->name, name, length) == 0 && order->name[length] == '\0') {
      order->run(argument);
      return true;
    }
  return false;
}

int main(int argc, char **argv) {
  static const struct {
    const char *name;
    void (*run)(void);
  } orders[] = {{"fds", list_fds},
                {"signals", list_signals},
                {"session", say_session},
                {"deathsignal", say_death_signal},
                {"ids", say_ids},
                {"environment", list_environment},
                {"cwd", say_directory},
                {"write", write_out},
                {"error", write_error},
                {"ignore", ignore},
                {"fork", make_descendant},
                {"read", read_to_end},
                {"pause", wait_forever},
                {"exit", leave},
                {"raise", end_by_signal},
                {"notify", notify},
                {"arguments", list_arguments}};
  arguments = argv;
  for (int i = 1; i < argc; i++) {
    size_t length = strcspn(argv[i], ":"), order = 0, count = sizeof orders / sizeof *orders;
    argument = argv[i][length] ? argv[i] + length + 1 : "";
    while (order < count && (strncmp(orders[order].name, argv[i], length) != 0 ||
                             orders[order].name[length] != '\0'))
      order++;
    if (order == count && obey_server(argv[i], length))
      continue;
    if (order == count) {
      dprintf(2, "no such order: %s\n", argv[i]);
      return 99;
    }
    orders[order].run();
  }
  return 0;
}
