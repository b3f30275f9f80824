/* SPDX-License-Identifier: MIT */
/*
 * The host is killed at random moments of start, run and stop: the server must be gone within a
 * second (MariaDB, when it has started), and the next start removes what was left. HP_TEST_SEED
 * replays a run, HP_TEST_FULL=1 kills 200 times instead of 10.
 */
#include "tests/support/os.h"
#include "tests/support/served.h"

#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ARGUMENTS_MAX = 8, INSTALLED_WITHIN_MS = 40000, BUSY_THREADS = 2 };
enum { GONE_WITHIN_MS = 1000 };

/* ---- chance ---- */

static uint64_t chance; /* splitmix64 */

static uint64_t draw(uint64_t below) {
  uint64_t z = (chance += UINT64_C(0x9e3779b97f4a7c15));
  z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
  return below ? (z ^ (z >> 31)) % below : 0;
}

static void seed(void) {
  const char *given = getenv("HP_TEST_SEED");
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  chance = given ? strtoull(given, NULL, 10) : (uint64_t)now.tv_nsec ^ (uint64_t)now.tv_sec << 30;
  printf("HP_TEST_SEED=%" PRIu64 "\n", chance);
}

/* ---- busy processors ---- */

static atomic_bool busy;

static void *spin(void *nothing) {
  while (atomic_load_explicit(&busy, memory_order_relaxed))
    ;
  return nothing;
}

static void be_busy(pthread_t threads[BUSY_THREADS], bool wanted) {
  atomic_store(&busy, wanted);
  for (int i = 0; i < BUSY_THREADS; i++)
    if (wanted)
      pthread_create(&threads[i], NULL, spin, NULL);
    else
      pthread_join(threads[i], NULL);
}

/* ---- a host ---- */

struct host {
  pid_t pid;
  int input, output;
};

static const char *program(void) {
  static char path[600];
  const char *folder = getenv("HP_TEST_BIN");
  snprintf(path, sizeof path, "%s/hp-app", folder ? folder : "bin");
  return path;
}

static bool start_host(struct host *host, const char *const *arguments) {
  const char *argv[ARGUMENTS_MAX + 2] = {program()};
  for (int i = 0; i < ARGUMENTS_MAX && arguments[i]; i++)
    argv[i + 1] = arguments[i];
  host->pid = hp_world_start(argv, &host->input, &host->output);
  return CHECK(host->pid > 0);
}

static void leave_host(struct host *host) {
  if (host->input >= 0)
    close(host->input);
  close(host->output);
}

static void say(struct host *host) { /* "stop" */
  close(host->input);
  host->input = -1;
}

static int64_t now_us(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void wait_us(int64_t microseconds) {
  struct timespec pause = {microseconds / 1000000, microseconds % 1000000 * 1000};
  nanosleep(&pause, NULL);
}

/* ---- one whole life, to know how long it takes ---- */

struct life {
  int64_t start, stop; /* microseconds */
};

static bool live(const char *const *arguments, struct life *life) {
  struct host host;
  char line[1024];
  int status = -1;
  int64_t begin = now_us();
  if (!start_host(&host, arguments))
    return false;
  bool ready = hp_world_read_line(host.output, "ready ", line, sizeof line);
  int64_t middle = now_us();
  say(&host);
  bool stopped = hp_world_read_line(host.output, "stopped ", line, sizeof line);
  CHECK(ready && stopped);
  if (waitpid(host.pid, &status, 0) != host.pid)
    status = -1;
  *life = (struct life){middle - begin, now_us() - middle};
  leave_host(&host);
  return CHECK_INT(status, 0) && ready && stopped;
}

/* ---- one life that is cut short ---- */

enum moment { IN_START, IN_RUN, IN_STOP };
static const char *const moments[] = {"start", "run", "stop"};

/* Whether there was a server already. */
static bool kill_in_life(const char *const *arguments, const struct life *life,
                         enum moment moment) {
  struct host host;
  char line[1024];
  bool served = true;
  if (!start_host(&host, arguments))
    return false;
  if (moment != IN_START)
    CHECK(hp_world_read_line(host.output, "ready ", line, sizeof line));
  if (moment == IN_STOP)
    say(&host);
  int64_t span = moment == IN_START ? life->start : moment == IN_RUN ? 5000 : life->stop;
  wait_us((int64_t)draw((uint64_t)span));
  kill(host.pid, SIGKILL);
  if (moment == IN_START)
    served = hp_world_read_line(host.output, "pid ", line, sizeof line);
  leave_host(&host);
  return served;
}

/* Milliseconds until all were gone; -1 and a failure where something lived on. */
static double await_gone(bool installing, const char *what) {
  char text[256];
  int64_t begin = now_us();
  /* MariaDB's preparation is a shell's pipeline, which goes on until its work is done. */
  if (hp_world_is_empty_within(installing ? INSTALLED_WITHIN_MS
                                          : GONE_WITHIN_MS * hp_os_slowness()))
    return (double)(now_us() - begin) / 1000;
  snprintf(text, sizeof text, "%s: survivors:\n%s", what, hp_world_left());
  printf("%s\n", text);
  hp_test_check(false, text, __FILE__, __LINE__);
  hp_world_clear();
  return -1;
}

struct worst {
  double served, preparing; /* milliseconds */
  int memory; /* times that a preparation which was cut short has left shared memory */
};

static bool kill_once(const char *const *arguments, const struct life *life, int number,
                      bool prepares, struct worst *worst) {
  pthread_t threads[BUSY_THREADS];
  enum moment moment = (enum moment)draw(3);
  bool loaded = number % 2;
  char what[64];
  snprintf(what, sizeof what, "kill %d in %s%s", number, moments[moment], loaded ? ", busy" : "");
  if (loaded)
    be_busy(threads, true);
  bool served = kill_in_life(arguments, life, moment) || !prepares;
  double time = await_gone(!served && strcmp(arguments[0], "mariadb") == 0, what);
  if (loaded)
    be_busy(threads, false);
  if (getenv("HP_TEST_VERBOSE"))
    printf("%s%s: gone after %.1f ms\n", what, served ? "" : ", preparing", time);
  /* Seldom PostgreSQL's own bootstrap does not come to remove its shared memory when the program
   * that feeds it is killed. Nobody but it knows which that is. */
  if (!served)
    worst->memory += hp_world_remove_shared_memory();
  double *slot = served ? &worst->served : &worst->preparing;
  *slot = time > *slot ? time : *slot;
  return time >= 0;
}

/* Where one configuration has killed often, the others need not. */
static int count_kills(void) {
  const char *full = getenv("HP_TEST_FULL"), *fewer = getenv("HP_TEST_KILLS");
  return full && full[0] == '1' ? 200 : fewer ? atoi(fewer) : 10;
}

static void kill_often(const char *const *arguments, bool prepares) {
  int count = count_kills();
  struct life life;
  struct worst worst = {.memory = 0};
  seed();
  if (!live(arguments, &life))
    return;
  CHECK_TEXT(hp_world_left(), "");
  for (int i = 0; i < count; i++)
    if (!kill_once(arguments, &life, i, prepares, &worst))
      break;
  printf("start %.1f ms, stop %.1f ms, gone at most %.1f ms after the kill, %.1f ms in the "
         "preparation, %s was left; shared memory by %d preparations\n",
         (double)life.start / 1000, (double)life.stop / 1000, worst.served, worst.preparing,
         hp_world_left_behind()[0] ? "something" : "nothing", worst.memory);
  live(arguments, &life);
  CHECK_TEXT(hp_world_left(), "");
}

/* ---- the servers ---- */

/* Skips where a plan cannot be made. */
#define KILL_OFTEN(server, transport, ...)                                                         \
  do {                                                                                             \
    struct hp_served served;                                                                       \
    const char *reason;                                                                            \
    static const char *const arguments[] = {server, "transport=" transport, __VA_ARGS__};          \
    if (!hp_served_begin(&served, server, transport, &reason))                                     \
      SKIP(reason);                                                                                \
    hp_served_end(&served);                                                                        \
    kill_often(arguments, strcmp(server, "postgres") == 0 || strcmp(server, "mariadb") == 0);      \
  } while (0)

HP_TEST(echo_on_unix) {
  KILL_OFTEN("echo", "unix", NULL);
}

HP_TEST(echo_on_tcp) {
  KILL_OFTEN("echo", "tcp", NULL);
}

HP_TEST(redis_on_unix) {
  KILL_OFTEN("redis", "unix", NULL);
}

HP_TEST(redis_on_tcp) {
  KILL_OFTEN("redis", "tcp", NULL);
}

HP_TEST(postgres_on_unix) {
  KILL_OFTEN("postgres", "unix", NULL);
}

HP_TEST(postgres_on_tcp) {
  KILL_OFTEN("postgres", "tcp", NULL);
}

HP_TEST(nginx_on_unix) {
  KILL_OFTEN("nginx", "unix", NULL);
}

HP_TEST(nginx_on_tcp) {
  KILL_OFTEN("nginx", "tcp", NULL);
}

HP_TEST(memcached_on_unix) {
  KILL_OFTEN("memcached", "unix", NULL);
}

HP_TEST(memcached_on_tcp) {
  KILL_OFTEN("memcached", "tcp", NULL);
}

HP_TEST(mariadb_on_unix) {
  KILL_OFTEN("mariadb", "unix", NULL);
}

HP_TEST(mariadb_on_tcp) {
  KILL_OFTEN("mariadb", "tcp", NULL);
}

/* What was half-made is not taken for whole: the next start makes the data anew. */
HP_TEST(postgres_cut_short_in_its_preparation) {
  struct hp_served served;
  const char *reason;
  char data[600], staging[700];
  struct life whole, next;
  const char *const fresh[] = {"postgres", NULL};
  const char *const kept[] = {"postgres", data, NULL};
  if (!hp_served_begin(&served, "postgres", "unix", &reason))
    SKIP(reason);
  hp_served_end(&served);
  hp_world_begin();
  seed();
  REQUIRE(live(fresh, &whole));
  for (int i = 0; i < 5; i++) {
    snprintf(data, sizeof data, "data_dir=%s/data%d", hp_world_directory(), i);
    snprintf(staging, sizeof staging, "%s/cluster.new", strchr(data, '/'));
    kill_in_life(kept, &whole, IN_START);
    REQUIRE(await_gone("postgres", "killed in the preparation") >= 0);
    REQUIRE(live(kept, &next));
    CHECK(access(staging, F_OK) != 0);
  }
  CHECK_TEXT(hp_world_left(), "");
}

/* tests/hyperd/fetch.cmake brings it, or says why not. */
static void kill_hyperd(const char *transport) {
  const char *folder = getenv("HP_TEST_HYPERD");
  char binary[600], kind[64];
  snprintf(binary, sizeof binary, "binary=%s/hyperd", folder ? folder : "");
  snprintf(kind, sizeof kind, "transport=%s", transport);
  if (access(binary + strlen("binary="), X_OK) != 0)
    SKIP("there is no hyperd here: see the test hyperd.fetch");
  const char *arguments[] = {"hyperd", kind, binary, "set:telemetry=off", NULL};
  hp_world_begin();
  kill_often(arguments, false);
}

HP_TEST(hyperd_on_unix) {
  kill_hyperd("unix");
}

HP_TEST(hyperd_on_tcp) {
  kill_hyperd("tcp");
}

/* ---- the check itself ---- */

/* With no signal at the host's death, the survivor is seen. */
HP_TEST(a_survivor_is_seen) {
  static const char yaml[] = "version: 1\n"
                             "servers:\n"
                             "  immortal: {extends: redis, on_host_death: {signal: none}}\n";
  struct hp_served served;
  const char *reason;
  struct host host;
  char file[600], line[1024];
  if (!hp_served_begin(&served, "redis", "unix", &reason))
    SKIP(reason);
  hp_served_end(&served);
  hp_world_begin();
  snprintf(file, sizeof file, "file=%s", hp_test_file("immortal.yaml", yaml));
  const char *arguments[] = {"immortal", file, NULL};
  REQUIRE(start_host(&host, arguments));
  CHECK(hp_world_read_line(host.output, "ready ", line, sizeof line));
  kill(host.pid, SIGKILL);
  leave_host(&host);
  CHECK(!hp_world_is_empty_within(GONE_WITHIN_MS));
  CHECK_HAS(hp_world_left(), "process");
  hp_world_clear();
  if (hp_world_is_alone()) /* nor has anybody removed its directories */
    CHECK(hp_world_left_behind()[0]);
}
