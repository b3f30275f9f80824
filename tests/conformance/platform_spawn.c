/* SPDX-License-Identifier: MIT */
/* What reaches a process, and what is said when there can be none. */
#include "tests/conformance/platform_scene.h"

#include <stdio.h>
#include <string.h>

/* Those that nobody but us can have put there. */
static int count_variables(const char *text) {
  static const char word[] = "env ";
  int count = 0;
  for (; (text = strstr(text, word)); text++)
    count += !hp_os_adds_variable(text + strlen(word));
  return count;
}

/* ---- Arguments, environment, directory ---- */

static char long_argument[5000];

static const char *const awkward[] = {
    "a name of its own", /* argv[0] is no path */
    "arguments",
    "",
    " ",
    "two words",
    "\"quoted\"",
    "it's",
    "back\\slash",
    "ends in a backslash\\",
    "ends in two\\\\",
    "\\\"",
    "a\\\\\"b c\\\\\" ",
    "line\nbreak\r\n\ttab",
    "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80",
    "%PATH% $HOME ${X} `x` $(x) ~ * ? [a] {a,b} !x ^x & | < > ; #",
    "--option=value",
    "",
    long_argument,
};

void hp_conform_platform_arguments(const struct hp_platform_subject *subject) {
  enum { COUNT = sizeof awkward / sizeof *awkward };
  struct hp_scene scene;
  struct hp_actor actor;
  char expected[HP_ACTOR_TEXT], *at = expected;
  memset(long_argument, 'x', sizeof long_argument - 1);
  hp_scene_begin(&scene, subject);
  hp_actor_init(&actor, &scene, NULL);
  for (size_t i = 0; i < COUNT; i++) {
    actor.argv[i] = (char *)awkward[i];
    at += sprintf(at, "argument %zu:%s\n", strlen(awkward[i]), awkward[i]);
  }
  if (hp_actor_start(&actor))
    hp_actor_ends(&actor);
  CHECK_TEXT(actor.text[0], expected);
  CHECK_TEXT(actor.text[1], "");
  hp_actor_fini(&actor);
  hp_scene_end(&scene);
}

/* Its order is nobody's promise. */
static void expect_environment(struct hp_scene *scene, char *const *environment) {
  struct hp_actor actor;
  char line[256];
  int count = 0;
  hp_actor_init(&actor, scene, "environment", NULL);
  actor.spawn.environment = environment;
  if (hp_actor_start(&actor))
    hp_actor_ends(&actor);
  for (; environment[count]; count++) {
    snprintf(line, sizeof line, "env %s\n", environment[count]);
    CHECK_HAS(actor.text[0], line);
  }
  CHECK_INT(count_variables(actor.text[0]), count);
  hp_actor_fini(&actor);
}

void hp_conform_platform_environment(const struct hp_platform_subject *subject) {
  char plain[] = "HP_A=1", empty[] = "HP_EMPTY=", equals[] = "HP_EQUALS=a=b=c";
  char quoted[] = "HP_QUOTED=it's \"that\" \\", lines[] = "HP_LINES=one\ntwo";
  char unicode[] = "HP_UNICODE=gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80";
  char *const some[] = {plain, empty, equals, quoted, lines, unicode, NULL}, *const none[] = {NULL};
  struct hp_scene scene;
  hp_scene_begin(&scene, subject);
  expect_environment(&scene, some);
  expect_environment(&scene, none); /* nothing of ours */
  hp_scene_end(&scene);
}

static void expect_directory(struct hp_scene *scene, const char *directory, const char *real) {
  struct hp_actor actor;
  char line[2 * HP_PATH_SIZE];
  hp_actor_init(&actor, scene, "cwd", NULL);
  actor.spawn.directory = directory;
  if (hp_actor_start(&actor))
    hp_actor_ends(&actor);
  snprintf(line, sizeof line, "cwd %s\n", real);
  CHECK_TEXT(actor.text[0], line);
  hp_actor_fini(&actor);
}

void hp_conform_platform_working_directory(const struct hp_platform_subject *subject) {
  struct hp_scene scene;
  uv_fs_t request;
  char ours[2 * HP_PATH_SIZE];
  size_t size = sizeof ours;
  CHECK_INT(uv_cwd(ours, &size), 0);
  CHECK_INT(uv_fs_realpath(NULL, &request, hp_test_directory(), NULL), 0);
  hp_scene_begin(&scene, subject);
  expect_directory(&scene, hp_test_directory(), request.ptr);
  expect_directory(&scene, NULL, ours);
  hp_scene_end(&scene);
  uv_fs_req_cleanup(&request);
}

/* ---- Standard streams ---- */

void hp_conform_platform_stdio(const struct hp_platform_subject *subject) {
  struct hp_scene scene;
  struct hp_actor actor;
  hp_scene_begin(&scene, subject);
  hp_actor_init(&actor, &scene, "read", "write:out 1", "error:err 1", "write:out 2", "error:err 2",
                NULL); /* stdin is empty, so "read" comes to its end */
  if (hp_actor_start(&actor))
    hp_actor_ends(&actor);
  CHECK_TEXT(actor.text[0], "out 1\nout 2\n");
  CHECK_TEXT(actor.text[1], "err 1\nerr 2\n");
  CHECK_INT(actor.child->exit.kind, HP_EXIT_CODE);
  hp_actor_fini(&actor);
  hp_scene_end(&scene);
}

/* A host whose streams are ours has a child whose streams are the host's. */
void hp_conform_platform_inherited_stdio(const struct hp_platform_subject *subject) {
  struct hp_scene scene;
  struct hp_actor host;
  hp_scene_begin(&scene, subject);
  hp_actor_host(&host, &scene, "inherit", "");
  if (hp_actor_start(&host))
    hp_actor_ends(&host);
  CHECK_HAS(host.text[0], "inherited out\n");
  CHECK_HAS(host.text[0], "exit 7\n"); /* what the host says of it, by the same stream */
  CHECK_HAS(host.text[1], "inherited err\n");
  hp_actor_fini(&host);
  hp_scene_end(&scene);
}

void hp_conform_platform_death_signal(const struct hp_platform_subject *subject) {
  struct hp_scene scene;
  struct hp_actor host;
  hp_scene_begin(&scene, subject);
  hp_actor_host(&host, &scene, "die", "");
  if (hp_actor_start(&host) && hp_actor_says(&host, "up\n")) {
    CHECK_INT(subject->ops->signal(host.child, HP_SCOPE_LEADER, "KILL", &host.error), 0);
    hp_actor_ends(&host); /* its child holds its output, as long as it lives */
  }
  hp_actor_fini(&host);
  hp_scene_end(&scene);
}

/* ---- Failures ---- */

/* An error that says all, and nothing to give back: the scene ends without a close(). */
static void expect_failure(struct hp_scene *scene, const char *program, const char *directory,
                           int code) {
  struct hp_actor actor;
  hp_actor_init(&actor, scene, NULL);
  actor.spawn.executable = program;
  actor.spawn.directory = directory;
  int result = hp_actor_spawn(&actor);
  CHECK(result == HP_ESPAWN || (result == HP_EACCESS && code == HP_EACCESS));
  CHECK_INT(hp_error_phase(&actor.error), HP_PHASE_SPAWN);
  CHECK(hp_conform_is_line(hp_error_cause(&actor.error)));
  hp_conform_error(&actor.error, result, directory ? directory : program);
  CHECK_INT(actor.child->exit.kind, HP_EXIT_NONE);
  hp_actor_fini(&actor);
  hp_actor_init(&actor, scene, NULL); /* nobody wants to know why */
  actor.spawn.executable = program;
  actor.spawn.directory = directory;
  CHECK_INT(scene->ops->spawn(&scene->loop, actor.child, &actor.spawn, NULL), result);
  hp_actor_fini(&actor);
}

void hp_conform_platform_spawn_failures(const struct hp_platform_subject *subject) {
  struct hp_scene scene;
  char good[2 * HP_PATH_SIZE];
  const char *folder = hp_test_directory();
  hp_scene_begin(&scene, subject);
  snprintf(good, sizeof good, "%s", hp_conform_program(subject->ops, "hp-child"));
  expect_failure(&scene, hp_conform_path(folder, "missing"), NULL, HP_ESPAWN);
  expect_failure(&scene, folder, NULL, HP_EACCESS);
  expect_failure(&scene, hp_test_file("text", "no program\n"), NULL, HP_EACCESS);
  expect_failure(&scene, good, hp_conform_path(folder, "missing"), HP_ESPAWN);
  expect_failure(&scene, good, hp_test_file("text", "no directory\n"), HP_EACCESS);
  hp_actor_run(&scene, "exit:0"); /* and the next one starts */
  hp_scene_end(&scene);
}
