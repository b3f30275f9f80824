/* SPDX-License-Identifier: MIT */
/*
 * What a spawn costs a host, by how much memory it has resident: the platform's spawn beside
 * posix_spawn, uv_spawn and a bare vfork. The child is a static program that ends at once.
 *
 * The sizes take turns in blocks, for to touch a gigabyte takes longer than a thousand spawns.
 * uv_spawn has rounds of its own: a fork leaves all of the host's pages to be copied when they are
 * next written, and whoever came after it would pay.
 */
#include "bench/bench.h"
#include "core/registry.h"

#include <errno.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static const char usage[] = "usage: spawn [--rounds N] [--json FILE]\n";

static const struct {
  const char *name;
  size_t megabytes;
} sizes[] = {{"0 MiB resident", 0}, {"256 MiB resident", 256}, {"1 GiB resident", 1024}};

enum { SIZES = sizeof sizes / sizeof *sizes, BLOCKS = 10, WARM_UP = 3, DIVISIONS = 2 };

static const char *const measures[] = {"spawn", "to exit", NULL};

struct contest { /* one size */
  struct bench benches[DIVISIONS];
};

struct host {
  uv_loop_t loop;
  const struct hp_platform_ops *platform;
  hp_child *child;
  bool exited;
  char program[1024];
  char *argv[2];
};

static int fail(const char *what, const char *why) {
  fprintf(stderr, "spawn: %s: %s\n", what, why);
  return -1;
}

/* ---- the subjects ---- */

static void child_exited(hp_child *child) {
  struct host *host = child->data;
  host->platform->reap(child);
  host->exited = true;
}

static void child_closed(hp_child *child) {
  (void)child;
}

static int spawn_ours(void *data, double *values) {
  struct host *host = data;
  struct hp_spawn spawn = {.executable = host->program,
                           .argv = host->argv,
                           .environment = environ,
                           .inherit_stdio = true,
                           .session = HP_SESSION_OWN,
                           .user.id = -1};
  memset(host->child, 0, host->platform->child_size);
  host->child->data = host;
  double begin = bench_now();
  if (host->platform->spawn(&host->loop, host->child, &spawn, NULL) < 0)
    return fail(host->program, "our spawn");
  values[0] = bench_now() - begin;
  host->exited = false;
  if (host->platform->watch(host->child, child_exited, NULL) < 0)
    return fail(host->program, "our watch");
  while (!host->exited)
    uv_run(&host->loop, UV_RUN_ONCE);
  values[1] = bench_now() - begin;
  host->platform->close(host->child, child_closed);
  uv_run(&host->loop, UV_RUN_DEFAULT);
  return 0;
}

static int wait_exit(pid_t pid) {
  int status;
  while (waitpid(pid, &status, 0) < 0)
    if (errno != EINTR)
      return fail("waitpid", strerror(errno));
  return status == 0 ? 0 : fail("the child", "did not end well");
}

static int spawn_posix(void *data, double *values) {
  struct host *host = data;
  pid_t pid;
  double begin = bench_now();
  int code = posix_spawn(&pid, host->program, NULL, NULL, host->argv, environ);
  values[0] = bench_now() - begin;
  if (code != 0)
    return fail("posix_spawn", strerror(code));
  code = wait_exit(pid);
  values[1] = bench_now() - begin;
  return code;
}

static int spawn_vfork(void *data, double *values) {
  struct host *host = data;
  double begin = bench_now();
  pid_t pid = vfork();
  if (pid == 0) {
    execve(host->program, host->argv, environ);
    _exit(127);
  }
  values[0] = bench_now() - begin;
  if (pid < 0)
    return fail("vfork", strerror(errno));
  int code = wait_exit(pid);
  values[1] = bench_now() - begin;
  return code;
}

static void process_exited(uv_process_t *process, int64_t status, int signal) {
  (void)status, (void)signal;
  uv_close((uv_handle_t *)process, NULL);
}

static int spawn_uv(void *data, double *values) {
  struct host *host = data;
  uv_process_t process;
  uv_stdio_container_t stdio[3] = {{.flags = UV_INHERIT_FD, .data.fd = 0},
                                   {.flags = UV_INHERIT_FD, .data.fd = 1},
                                   {.flags = UV_INHERIT_FD, .data.fd = 2}};
  uv_process_options_t options = {.file = host->program,
                                  .args = host->argv,
                                  .exit_cb = process_exited,
                                  .stdio = stdio,
                                  .stdio_count = 3};
  double begin = bench_now();
  int code = uv_spawn(&host->loop, &process, &options);
  values[0] = bench_now() - begin;
  if (code != 0)
    return fail("uv_spawn", uv_strerror(code));
  uv_run(&host->loop, UV_RUN_DEFAULT);
  values[1] = bench_now() - begin;
  return 0;
}

/* ---- the host's memory ---- */

/* Small pages, as a heap that has grown bit by bit has them. */
static void *occupy(size_t size) {
  if (size == 0)
    return NULL;
  char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED)
    return NULL;
  madvise(memory, size, MADV_NOHUGEPAGE);
  for (size_t i = 0; i < size; i += 4096)
    memory[i] = 1;
  return memory;
}

static int warm_up(const struct bench *bench) {
  double ignored[BENCH_MEASURES];
  int result = 0;
  for (int i = 0; result == 0 && i < WARM_UP * bench->subject_count; i++) {
    const struct bench_subject *subject = &bench->subjects[i % bench->subject_count];
    result = subject->run(subject->data, ignored);
  }
  return result;
}

static int run_rounds(struct bench *bench) {
  int result = warm_up(bench);
  int end = bench->done + (bench->rounds + BLOCKS - 1) / BLOCKS;
  while (result == 0 && bench->done < end && bench->done < bench->rounds)
    result = bench_round(bench);
  return result;
}

static int run_block(struct contest *contest, size_t megabytes) {
  size_t size = megabytes << 20;
  void *memory = occupy(size);
  int result = size && !memory ? fail("memory", strerror(errno)) : 0;
  for (int i = 0; result == 0 && i < DIVISIONS; i++)
    result = run_rounds(&contest->benches[i]);
  if (memory)
    munmap(memory, size);
  return result;
}

/* ---- the report ---- */

static void report_growth(const struct contest *contests, int division, FILE *json) {
  const struct bench *none = &contests[0].benches[division];
  const struct bench *most = &contests[SIZES - 1].benches[division];
  for (int i = 0; i < none->subject_count; i++) {
    const char *name = none->subjects[i].name;
    double ratio = bench_percentile(most, i, 0, 0.5) / bench_percentile(none, i, 0, 0.5);
    printf("  %-14s %6.3fx\n", name, ratio);
    if (json)
      fprintf(json,
              "{\"bench\":\"spawn\",\"subject\":\"%s\",\"measure\":\"growth\",\"ratio\":%.4f}\n",
              name, ratio);
  }
}

static void report(const struct contest *contests, FILE *json) {
  for (int i = 0; i < SIZES * DIVISIONS; i++) {
    bench_print(&contests[i / DIVISIONS].benches[i % DIVISIONS]);
    bench_write(&contests[i / DIVISIONS].benches[i % DIVISIONS], json);
  }
  printf("\nspawn: with 1 GiB against none, at the median; wanted: ours at most 1.2x\n");
  for (int i = 0; i < DIVISIONS; i++)
    report_growth(contests, i, json);
}

static int measure(struct host *host, const struct bench_options *options) {
  const struct bench_subject subjects[] = {{"hyperprocess", spawn_ours, host},
                                           {"posix_spawn", spawn_posix, host},
                                           {"vfork", spawn_vfork, host},
                                           {"uv_spawn", spawn_uv, host}};
  static const struct { int first, count; } divisions[DIVISIONS] = {{0, 3}, {3, 1}};
  struct contest contests[SIZES];
  int result = 0;
  for (int i = 0; i < SIZES * DIVISIONS; i++) {
    struct bench *bench = &contests[i / DIVISIONS].benches[i % DIVISIONS];
    *bench = (struct bench){.name = "spawn",
                            .variant = sizes[i / DIVISIONS].name,
                            .measures = measures,
                            .subjects = subjects + divisions[i % DIVISIONS].first,
                            .subject_count = divisions[i % DIVISIONS].count,
                            .rounds = options->rounds};
    result = bench_init(bench) < 0 ? -1 : result;
  }
  for (int i = 0; result == 0 && i < BLOCKS * SIZES; i++)
    result = run_block(&contests[i % SIZES], sizes[i % SIZES].megabytes);
  if (result == 0)
    report(contests, options->json);
  for (int i = 0; i < SIZES * DIVISIONS; i++)
    bench_fini(&contests[i / DIVISIONS].benches[i % DIVISIONS]);
  return result;
}

static int init(struct host *host, struct hp_registry *registry) {
  size_t size = sizeof host->program - 32;
  if (hp__registry_init(registry, NULL) < 0 || uv_loop_init(&host->loop) != 0)
    return fail("library", "not there");
  host->platform = registry->platform;
  host->child = calloc(1, host->platform->child_size);
  if (!host->child || uv_exepath(host->program, &size) != 0)
    return fail("memory", "none");
  strcpy(strrchr(host->program, '/') + 1, "bench-exit");
  host->argv[0] = host->program;
  return 0;
}

int main(int argc, char **argv) {
  struct bench_options options = {.rounds = 200};
  struct hp_registry registry = {0};
  struct host host = {0};
  for (int i = 1; i < argc; i++)
    if (!bench_take_option(&options, argv, &i) || options.only) {
      fputs(usage, stderr);
      return 2;
    }
  int result = init(&host, &registry);
  if (result == 0)
    result = measure(&host, &options);
  uv_loop_close(&host.loop);
  free(host.child);
  if (options.json)
    fclose(options.json);
  return result < 0;
}
