/* SPDX-License-Identifier: MIT */
/* What Linux alone tells a process of itself. */
#include "own_posix.h"

#include <dirent.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

static void list_fds(const char *argument) {
  char link[256];
  DIR *list = opendir("/proc/self/fd");
  (void)argument;
  for (struct dirent *entry; (entry = readdir(list));) {
    ssize_t length = readlinkat(dirfd(list), entry->d_name, link, sizeof link - 1);
    if (length > 0 && atoi(entry->d_name) != dirfd(list))
      say(1, "fd %s %.*s\n", entry->d_name, (int)length, link);
  }
  closedir(list);
}

static void list_signals(const char *argument) {
  char line[256];
  FILE *file = fopen("/proc/self/status", "re");
  (void)argument;
  while (fgets(line, sizeof line, file))
    if (strncmp(line, "SigBlk", 6) == 0 || strncmp(line, "SigIgn", 6) == 0)
      say(1, "%s", line);
  fclose(file);
}

static void say_death_signal(const char *argument) {
  int number = -1;
  (void)argument;
  prctl(PR_GET_PDEATHSIG, &number);
  say(1, "death signal %d\n", number);
}

static void say_ids(const char *argument) {
  uid_t user[3];
  gid_t group[3], groups[64];
  char list[1024] = "";
  (void)argument;
  getresuid(&user[0], &user[1], &user[2]);
  getresgid(&group[0], &group[1], &group[2]);
  int count = getgroups(64, groups);
  for (int i = 0, length = 0; i < count; i++)
    length += snprintf(list + length, sizeof list - (size_t)length, " %u", groups[i]);
  say(1, "ids %u %u %u %u %u %u groups%s\n", user[0], user[1], user[2], group[0], group[1],
      group[2], list);
}

static const struct order linux_orders[] = {{"fds", list_fds},
                                            {"signals", list_signals},
                                            {"deathsignal", say_death_signal},
                                            {"ids", say_ids},
                                            {NULL, NULL}};

const struct order *const own_orders[] = {posix_orders, linux_orders, NULL};
