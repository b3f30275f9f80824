/* SPDX-License-Identifier: MIT */
/*
 * What idle servers cost their host: the context switches of the library's threads while nothing
 * happens. The main thread, which only sleeps here, is not one of them.
 */
#include <hyperprocess/hyperprocess.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char usage[] = "usage: idle [--seconds N] [--servers N] [--json FILE]\n";

enum { SETTLE_SECONDS = 2 };

struct counts {
  long threads, voluntary, involuntary;
};

static void add_thread(const char *id, struct counts *counts) {
  char path[64], line[256];
  long value;
  snprintf(path, sizeof path, "/proc/self/task/%.20s/status", id);
  FILE *file = fopen(path, "re");
  if (!file)
    return;
  counts->threads++;
  while (fgets(line, sizeof line, file)) {
    if (sscanf(line, "voluntary_ctxt_switches: %ld", &value) == 1)
      counts->voluntary += value;
    if (sscanf(line, "nonvoluntary_ctxt_switches: %ld", &value) == 1)
      counts->involuntary += value;
  }
  fclose(file);
}

static struct counts count_switches(void) {
  struct counts counts = {0};
  DIR *list = opendir("/proc/self/task");
  if (!list)
    return counts;
  for (struct dirent *entry; (entry = readdir(list));)
    if (entry->d_name[0] != '.' && strtol(entry->d_name, NULL, 10) != (long)getpid())
      add_thread(entry->d_name, &counts);
  closedir(list);
  return counts;
}

static void sleep_for(long seconds) {
  struct timespec rest = {.tv_sec = seconds};
  while (nanosleep(&rest, &rest) != 0)
    ;
}

static int start_all(hp_context *context, hp_process **processes, long count) {
  hp_options *options;
  hp_error *error = NULL;
  int result = hp_options_new(&options, &error);
  for (long i = 0; result == 0 && i < count; i++)
    result = hp_process_start(context, options, &processes[i], &error);
  if (result < 0)
    fprintf(stderr, "idle: %s\n", hp_error_message(error));
  hp_error_free(error);
  hp_options_free(options);
  return result;
}

static void report(long servers, long seconds, const struct counts *before,
                   const struct counts *after, FILE *json) {
  long voluntary = after->voluntary - before->voluntary;
  long involuntary = after->involuntary - before->involuntary;
  printf("\nidle: %ld servers, %ld s, %ld threads of ours\n", servers, seconds, after->threads);
  printf("  context switches: %ld voluntary, %ld involuntary   wanted: none\n", voluntary,
         involuntary);
  if (json)
    fprintf(json,
            "{\"bench\":\"idle\",\"servers\":%ld,\"seconds\":%ld,\"threads\":%ld,"
            "\"voluntary\":%ld,\"involuntary\":%ld}\n",
            servers, seconds, after->threads, voluntary, involuntary);
}

static int measure(long servers, long seconds, FILE *json) {
  hp_context *context;
  hp_process **processes = calloc((size_t)servers, sizeof(hp_process *));
  if (!processes || hp_context_new(&context, NULL) < 0)
    return -1;
  int result = start_all(context, processes, servers);
  if (result == 0) {
    sleep_for(SETTLE_SECONDS);
    struct counts before = count_switches();
    sleep_for(seconds);
    struct counts after = count_switches();
    report(servers, seconds, &before, &after, json);
  }
  hp_context_free(context);
  free(processes);
  return result;
}

int main(int argc, char **argv) {
  long seconds = 10, servers = 100;
  FILE *json = NULL;
  for (int i = 1; i < argc; i += 2) {
    const char *value = argv[i + 1];
    if (value && strcmp(argv[i], "--seconds") == 0)
      seconds = strtol(value, NULL, 10);
    else if (value && strcmp(argv[i], "--servers") == 0)
      servers = strtol(value, NULL, 10);
    else if (value && strcmp(argv[i], "--json") == 0)
      json = fopen(value, "a");
    else {
      fputs(usage, stderr);
      return 2;
    }
  }
  int result = measure(servers > 0 ? servers : 1, seconds, json);
  if (json)
    fclose(json);
  return result < 0;
}
