/* SPDX-License-Identifier: MIT */
/* An embedder's own transports and platform, through the door that the built-in ones use. */
#include "tests/support/server.h"

#include "core/registry.h"

#include <limits.h>
#include <stdatomic.h>
#include <string.h>

static const struct hp_transport_ops *local_transport(void) {
  struct hp_registry registry = {0};
  hp__registry_init(&registry, NULL);
  return hp__registry_transport(&registry, "local");
}

static struct hp_transport_ops base_transport(void) {
  struct hp_transport_ops ops = *local_transport();
  ops.name = "mine";
  return ops;
}

static int add_transport(hp_context *context, const struct hp_transport_ops *ops,
                         const char *part) {
  hp_error *error = NULL;
  int code = hp_context_register_transport(context, ops, &error);
  if (code < 0)
    CHECK_HAS(hp_error_message(error), part);
  hp_error_free(error);
  return code;
}

HP_TEST(transports_that_are_refused) {
  const char *const taken[] = {"", "local", local_transport()->name, "tcp", "mine"};
  hp_context *context = hp_test_context();
  struct hp_transport_ops ops = base_transport(), good = ops;
  CHECK_INT(add_transport(context, &good, ""), 0);
  for (size_t i = 0; i < sizeof taken / sizeof *taken; i++) {
    ops.name = taken[i];
    CHECK_INT(add_transport(context, &ops, "taken"), HP_EPLUGIN);
  }
  ops.name = NULL;
  CHECK_INT(add_transport(context, &ops, "empty"), HP_EPLUGIN);
  ops.name = "other";
  ops.version = 0;
  CHECK_INT(add_transport(context, &ops, "version"), HP_EPLUGIN);
  ops.version = HP_TRANSPORT_VERSION + 1;
  CHECK_INT(add_transport(context, &ops, "version"), HP_EPLUGIN);
  ops.version = HP_TRANSPORT_VERSION;
  ops.listen = NULL;
  CHECK_INT(add_transport(context, &ops, "listen"), HP_EPLUGIN);
  ops.caps &= ~(uint32_t)HP_TRANSPORT_LISTENS;
  CHECK_INT(add_transport(context, &ops, ""), 0);
  hp_test_leave(context);
}

HP_TEST(transports_without_a_function_are_refused) {
  hp_context *context = hp_test_context();
  struct hp_transport_ops ops[4];
  for (int i = 0; i < 4; i++)
    ops[i] = base_transport();
  ops[0].check = NULL;
  ops[1].reserve = NULL;
  ops[2].connect = NULL;
  ops[3].release = NULL;
  for (int i = 0; i < 4; i++)
    CHECK_INT(add_transport(context, &ops[i], "mandatory"), HP_EPLUGIN);
  hp_test_leave(context);
}

HP_TEST(a_server_over_a_transport_of_ones_own) {
  hp_context *context = hp_test_context();
  struct hp_transport_ops ops = base_transport();
  CHECK_INT(add_transport(context, &ops, ""), 0);
  hp_process *process =
      hp_test_up(context, hp_test_child("mine",
                                        "transports: {mine: {arguments: ['listen:${endpoint.url}', "
                                        "serve]}}",
                                        NULL));
  REQUIRE(process != NULL);
  CHECK_TEXT(hp_process_transport(process), "mine");
  CHECK(hp_test_talks(process));
  hp_process_close(process);
  hp_test_leave(context);
}

/* ---- Platforms ---- */

static int add_platform(hp_context *context, const struct hp_platform_ops *ops, const char *part) {
  hp_error *error = NULL;
  int code = hp_context_register_platform(context, ops, &error);
  if (code < 0)
    CHECK_HAS(hp_error_message(error), part);
  hp_error_free(error);
  return code;
}

HP_TEST(platforms_that_are_refused) {
  hp_context *context = hp_test_context();
  struct hp_platform_ops ops = *hp_test_platform();
  ops.version = HP_PLATFORM_VERSION + 1;
  CHECK_INT(add_platform(context, &ops, "version"), HP_EPLUGIN);
  ops = *hp_test_platform();
  ops.local = NULL;
  CHECK_INT(add_platform(context, &ops, "mandatory"), HP_EPLUGIN);
  ops = *hp_test_platform();
  ops.child_size = 1;
  CHECK_INT(add_platform(context, &ops, "mandatory"), HP_EPLUGIN);
  ops = *hp_test_platform();
  ops.locate = NULL;
  CHECK_INT(add_platform(context, &ops, "missing"), HP_EPLUGIN);
  ops = *hp_test_platform();
  ops.explain_exit = NULL;
  CHECK_INT(add_platform(context, &ops, "missing"), HP_EPLUGIN);
  hp_process *process = hp_test_up(context, hp_test_echo("local")); /* the built-in one is kept */
  hp_process_close(process);
  CHECK_INT(add_platform(context, hp_test_platform(), "before the first start"), HP_ESTATE);
  hp_test_leave(context);
}

static atomic_int spawns, reaps;

static int spawn_and_count(uv_loop_t *loop, hp_child *child, const struct hp_spawn *spawn,
                           hp_error *error) {
  spawns++;
  return hp_test_platform()->spawn(loop, child, spawn, error);
}

static void reap_and_count(hp_child *child) {
  reaps++;
  hp_test_platform()->reap(child);
}

HP_TEST(a_platform_that_wraps_the_built_in_one) {
  hp_context *context = hp_test_context();
  struct hp_platform_ops ops = *hp_test_platform();
  spawns = reaps = 0;
  ops.name = "wrapped";
  ops.local = "tcp";
  ops.spawn = spawn_and_count;
  ops.reap = reap_and_count;
  CHECK_INT(add_platform(context, &ops, ""), 0);
  hp_process *process = hp_test_up(context, hp_test_echo("local"));
  REQUIRE(process != NULL);
  CHECK_TEXT(hp_process_transport(process), "tcp");
  CHECK(hp_test_talks(process));
  hp_process_close(process);
  CHECK_INT(spawns, 1);
  CHECK_INT(reaps, 1);
  hp_test_leave(context);
}

/* ---- Where threads run ---- */

static atomic_int made_directories, seen_processors;

static int make_and_count(hp_directory **directory, const char *base, const struct hp_user *user,
                          hp_error *error) {
  made_directories++;
  return hp_test_platform()->directory_new(directory, base, user, error);
}

static int always_the_same(void) {
  return 7;
}

static int never_the_same(void) {
  return seen_processors++ & INT_MAX;
}

static int never_known(void) {
  return -1;
}

static void start_and_stop(hp_context *context) {
  hp_process *process = hp_test_up(context, hp_test_echo("local"));
  REQUIRE(process != NULL);
  CHECK_INT(hp_process_shutdown(process, -1, NULL), 0);
  hp_process_close(process);
  process = hp_test_up(context, hp_test_echo("local"));
  hp_process_close(process); /* which waits for the end in another way */
}

HP_TEST(wherever_threads_run_nobody_waits_in_vain) {
  int (*const answers[])(void) = {always_the_same, never_the_same, never_known};
  for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
    hp_context *context = hp_test_context();
    struct hp_platform_ops ops = *hp_test_platform();
    ops.processor = answers[i];
    CHECK_INT(add_platform(context, &ops, ""), 0);
    start_and_stop(context);
    hp_test_leave(context);
  }
}

static uv_thread_t test_thread;
static atomic_int asked_elsewhere;

static int the_same_told_to_the_loop(void) {
  uv_thread_t self = uv_thread_self();
  asked_elsewhere += !uv_thread_equal(&self, &test_thread);
  return 7;
}

/* The plan is not done before the loop, which was woken for it, has looked around. */
static int locate_after_the_loop(const struct hp_locate_request *request,
                                 struct hp_candidates *found, hp_error *error) {
  int made = made_directories;
  for (double end = hp_test_now() + HP_PATIENCE_MS;
       asked_elsewhere == 0 && made_directories == made && hp_test_now() < end;)
    uv_sleep(1);
  return hp_test_platform()->locate(request, found, error);
}

/* The loop's thread would only take the processor from the one that makes the plan. */
HP_TEST(nothing_is_made_ahead_on_the_processor_of_the_caller) {
  if (uv_available_parallelism() < 2)
    SKIP("there is one processor alone");
  hp_context *context = hp_test_context();
  struct hp_platform_ops ops = *hp_test_platform();
  made_directories = 0;
  test_thread = uv_thread_self();
  ops.processor = the_same_told_to_the_loop;
  ops.directory_new = make_and_count;
  ops.locate = locate_after_the_loop;
  asked_elsewhere = 1;
  CHECK_INT(add_platform(context, &ops, ""), 0);
  start_and_stop(context);
  int made = made_directories;
  hp_options *options = hp_test_echo("local");
  hp_process *process;
  CHECK_INT(hp_options_set_binary(options, "/no such binary", NULL), 0);
  asked_elsewhere = 0;
  CHECK(hp_process_start(context, options, &process, NULL) < 0);
  hp_options_free(options);
  hp_test_leave(context);
  CHECK_INT(made_directories, made);
}

/* A tree that is less than what was asked for, from a platform that can do no better. */
static int spawn_without_group(uv_loop_t *loop, hp_child *child, const struct hp_spawn *spawn,
                               hp_error *error) {
  int code = hp_test_platform()->spawn(loop, child, spawn, error);
  child->containment = HP_CONTAINMENT_DIRECT;
  return code;
}

HP_TEST(containment_is_what_the_platform_reached) {
  hp_context *context = hp_test_context();
  struct hp_platform_ops ops = *hp_test_platform();
  hp_process *process;
  hp_error *error;
  ops.spawn = spawn_without_group;
  CHECK_INT(add_platform(context, &ops, ""), 0);
  process = hp_test_up(context, hp_test_echo("local"));
  REQUIRE(process != NULL);
  CHECK_INT(hp_process_containment(process), HP_CONTAINMENT_DIRECT);
  hp_process_close(process);
  hp_options *options =
      hp_test_child("local", "arguments: [pause]", "profile.containment: tree", NULL);
  CHECK_INT(hp_test_start(context, options, &process, &error), HP_ECONTAINMENT);
  hp_error_free(error);
  CHECK(!hp_os_has_children());
  hp_test_leave(context);
}
