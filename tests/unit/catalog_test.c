/* SPDX-License-Identifier: MIT */
#include "config/catalog.h"
#include "core/alloc.h"
#include "core/error.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct hp_catalog catalog;
static struct hp_error error;

static bool load(const char *yaml) {
  int result = hp__catalog_load(&catalog, yaml ? hp_test_file("x.yaml", yaml) : NULL, NULL, &error);
  CHECK_TEXT(result == 0 ? "" : hp_error_message(&error), "");
  return result == 0;
}

static void done(void) {
  hp__catalog_fini(&catalog);
  hp__error_fini(&error);
}

static const struct hp_definition *definition(const char *name) {
  const struct hp_definition *found = NULL;
  CHECK_INT(hp__catalog_definition(&catalog, name, &found, &error), 0);
  return found;
}

static const struct hp_profile *profile(const char *name) {
  const struct hp_profile *found = NULL;
  CHECK_INT(hp__catalog_profile(&catalog, name, &found, &error), 0);
  return found;
}

static const struct hp_setting *setting(const struct hp_definition *server, const char *name) {
  for (size_t i = 0; i < server->setting_count; i++)
    if (strcmp(server->settings[i].name, name) == 0)
      return &server->settings[i];
  return NULL;
}

static void check_template(const struct hp_template *text, const char *expected) {
  struct hp_text out = {0};
  hp__text_add(&out, "");
  hp__template_print(&out, text);
  CHECK_TEXT(out.data, expected);
  hp__text_fini(&out);
}

HP_TEST(builtin_ones_load) {
  static const char *const names[] = {"echo",  "hyperd",   "mariadb", "memcached",
                                      "nginx", "postgres", "redis"};
  REQUIRE(load(NULL));
  CHECK_INT(catalog.definition_count, 7);
  CHECK(catalog.file == NULL);
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    CHECK_TEXT(definition(names[i])->name, names[i]);
  CHECK_TEXT(profile("default")->server, "echo");
  CHECK_TEXT(profile("default")->transports.items[0].kind, "local");
  done();
}

/* Each built-in file is right by itself, too. */
HP_TEST(builtin_files_are_files) {
  CHECK(hp__builtin_count >= 5);
  for (size_t i = 0; i < hp__builtin_count; i++) {
    CHECK_HAS(hp__builtins[i].name, "built-in ");
    CHECK_HAS(hp__builtins[i].text, "\nversion: 1\n");
    load(hp__builtins[i].text);
    done();
  }
}

HP_TEST(redis_as_it_is_written) {
  REQUIRE(load(NULL));
  const struct hp_definition *redis = definition("redis");
  CHECK_TEXT(redis->position.file, "built-in redis.yaml");
  CHECK_INT(redis->position.column, 3);
  CHECK_INT(redis->binary.count, 2);
  CHECK_TEXT(redis->binary.items[1], "valkey-server");
  CHECK(redis->binary.items[2] == NULL);
  CHECK_INT(redis->folders[HP_OS_LINUX].count, 4);
  CHECK_TEXT(redis->folders[HP_OS_WINDOWS].items[0], "C:\\Program Files\\Redis");
  CHECK_TEXT(redis->user_as_root.items[0], "redis");
  check_template(&redis->transports[1].arguments.items[0], "<files.redis.conf>");
  CHECK_INT(redis->file_count, 1);
  CHECK_TEXT(redis->files[0].name, "redis.conf");
  CHECK_TEXT(redis->files[0].transport, "tcp");
  CHECK_TEXT(redis->secrets[0].name, "password");
  CHECK_TEXT(redis->transports[0].kind, "unix");
  check_template(&redis->transports[1].descriptor,
                 "redis://default:<secret.password>@<endpoint.authority>");
  CHECK(redis->transports[1].reuse_address);
  CHECK(redis->transports[1].port_auto == NULL);
  CHECK_INT(redis->ready.kind, HP_READY_NOTIFY);
  CHECK_INT(redis->stop.count, 2);
  CHECK_INT(redis->stop.items[0].kind, HP_RUNG_SIGNAL);
  CHECK_TEXT(redis->stop.items[0].signal, "TERM");
  CHECK_INT(redis->stop.items[0].wait, 30000);
  CHECK_INT(redis->stop.items[1].kind, HP_RUNG_KILL);
  CHECK_TEXT(redis->host_death_signal, "TERM");
  CHECK_TEXT(redis->port_taken, "Address already in use");
  CHECK_INT(setting(redis, "appendonly")->word_count, 2);
  check_template(&setting(redis, "maxmemory")->arguments[1], "<value>");
  done();
}

HP_TEST(postgres_as_it_is_written) {
  REQUIRE(load(NULL));
  const struct hp_definition *postgres = definition("postgres");
  check_template(&postgres->prepare.command.items[0], "<binary.folder>/initdb");
  CHECK_TEXT(postgres->prepare.creates, "cluster");
  CHECK_INT(postgres->prepare.timeout, 120000);
  CHECK_TEXT(postgres->transports[0].socket, ".s.PGSQL.5432");
  CHECK_INT(postgres->start_timeout, 60000);
  CHECK_INT(postgres->stop.count, 3);
  CHECK(postgres->stop.items[0].leader && !postgres->stop.items[0].force);
  CHECK(postgres->stop.items[1].force);
  CHECK_TEXT(postgres->environment.items[0].name, "LC_MESSAGES");
  check_template(&postgres->environment.items[0].value, "C");
  CHECK_TEXT(setting(postgres, "shared_buffers")->minimum, "128K");
  done();
}

HP_TEST(echo_and_hyperd_as_they_are_written) {
  REQUIRE(load(NULL));
  const struct hp_definition *echo = definition("echo"), *hyperd = definition("hyperd");
  CHECK_INT(echo->ready.kind, HP_READY_CALLBACK);
  CHECK(echo->ready.nonce);
  CHECK_INT(echo->stop.items[0].kind, HP_RUNG_TETHER);
  CHECK_TEXT(echo->transports[2].port_auto, "0");
  CHECK(!hyperd->ready.nonce);
  CHECK_TEXT(hyperd->binary_setting, "hyper_path");
  check_template(&hyperd->transports[2].report, "tab.tcp://<endpoint.host>:<endpoint.port>");
  CHECK_TEXT(hyperd->transports[1].kind, "pipe");
  check_template(&hyperd->transports[1].callback, "tab.pipe://./pipe/<callback.name>");
  done();
}

HP_TEST(every_key_of_a_profile) {
  REQUIRE(load("version: 1\n"
               "profiles:\n"
               "  p:\n"
               "    server: redis\n"
               "    transport: {kind: tcp, port: 6380, host: 127.0.0.2}\n"
               "    settings: {maxmemory: 64M, save: '', appendonly: no}\n"
               "    binary: /opt/redis\n"
               "    data_dir: ./data\n"
               "    working_dir: /tmp\n"
               "    user: nobody\n"
               "    arguments: [--a, '${data_dir}']\n"
               "    environment: {A: b, C: '', D: {unset: true}}\n"
               "    start_timeout: 1500ms\n"
               "    stop: [{signal: SIGINT, to: leader, wait: 2s}, {command: [a, b], wait: 1s, "
               "force: yes}, {kill: true}]\n"
               "    containment: tree+crash\n"));
  const struct hp_profile *p = profile("p");
  CHECK_INT(p->position.line, 3);
  CHECK_TEXT(p->server, "redis");
  CHECK_INT(p->server_position.line, 4);
  CHECK_INT(p->transports.count, 1);
  CHECK_TEXT(p->transports.items[0].kind, "tcp");
  CHECK_TEXT(p->transports.items[0].port, "6380");
  CHECK_TEXT(p->transports.items[0].host, "127.0.0.2");
  CHECK_INT(p->transports.items[0].position.line, 5);
  CHECK_INT(p->setting_count, 3);
  CHECK_TEXT(p->settings[0].text, "64M");
  CHECK_TEXT(p->settings[1].text, "");
  CHECK_TEXT(p->settings[2].text, "no");
  CHECK_INT(p->settings[2].position.line, 6);
  CHECK_TEXT(p->binary, "/opt/redis");
  CHECK_HAS(p->data_dir, hp_test_directory());
  CHECK_HAS(p->data_dir, "/data");
  CHECK_TEXT(p->working_dir, "/tmp");
  CHECK_TEXT(p->user, "nobody");
  check_template(&p->arguments.items[1], "<data_dir>");
  CHECK_INT(p->environment.count, 3);
  CHECK(!p->environment.items[1].remove);
  check_template(&p->environment.items[1].value, "");
  CHECK(p->environment.items[2].remove);
  CHECK_INT(p->start_timeout, 1500);
  CHECK_INT(p->stop.count, 3);
  CHECK_TEXT(p->stop.items[0].signal, "INT");
  CHECK(p->stop.items[0].leader);
  CHECK_INT(p->stop.items[1].command.count, 2);
  CHECK(p->stop.items[1].force);
  CHECK_TEXT(p->containment, "tree+crash");
  done();
}

HP_TEST(a_server_of_ones_own) {
  REQUIRE(load("version: 1\n"
               "servers:\n"
               "  mine:\n"
               "    binary: {names: mine, folders: {linux: /opt/mine}}\n"
               "    arguments: serve\n"
               "    transports: {tcp: {reuse_address: no, arguments: ['-p', '${endpoint.port}']}}\n"
               "    port_taken: in use\n"
               "    settings:\n"
               "      mode: {type: enum, values: [a, b], default: a, arguments: '-m${value}'}\n"
               "    files: {conf: {content: 'x ${endpoint.port}'}}\n"
               "    on_host_death: {signal: INT}\n"));
  const struct hp_definition *mine = definition("mine");
  CHECK_INT(mine->arguments.count, 1);
  CHECK(!mine->transports[0].reuse_address);
  CHECK_INT(mine->ready.kind, HP_READY_CONNECT);
  CHECK_INT(mine->stop.count, 0);
  CHECK_INT(mine->start_timeout, 0);
  CHECK_TEXT(setting(mine, "mode")->initial, "a");
  CHECK_INT(setting(mine, "mode")->argument_count, 1);
  CHECK(mine->files[0].transport == NULL);
  CHECK_TEXT(catalog.definitions[0].name, "mine");
  CHECK_INT(catalog.definition_count, 8);
  CHECK_HAS(catalog.file, "x.yaml");
  done();
}

HP_TEST(extends_merges_maps_and_replaces_the_rest) {
  REQUIRE(load("version: 1\n"
               "servers:\n"
               "  mydb:\n"
               "    extends: postgres\n"
               "    arguments: [-D, '${data_dir}/cluster']\n"
               "    environment: {LC_ALL: C}\n"
               "    ready: {kind: connect}\n"
               "    prepare: {timeout: 5m}\n"
               "    settings:\n"
               "      max_connections: {default: 10}\n"
               "      work_mem: {type: size, arguments: [-c, 'work_mem=${value}B']}\n"));
  const struct hp_definition *mydb = definition("mydb"), *postgres = definition("postgres");
  CHECK_TEXT(mydb->extends, "postgres");
  CHECK_INT(mydb->position.line, 3);
  CHECK_INT(mydb->arguments.count, 2);
  CHECK_INT(postgres->arguments.count, 4);
  CHECK_INT(mydb->environment.count, 2);
  CHECK_INT(mydb->ready.kind, HP_READY_CONNECT);
  CHECK_INT(mydb->prepare.timeout, 300000);
  CHECK_TEXT(mydb->prepare.creates, "cluster");
  CHECK_INT(mydb->setting_count, postgres->setting_count + 1);
  CHECK_TEXT(setting(mydb, "max_connections")->initial, "10");
  CHECK_TEXT(setting(mydb, "max_connections")->maximum, "262143");
  CHECK(setting(postgres, "max_connections")->initial == NULL);
  CHECK_TEXT(mydb->transports[0].kind, "unix");
  done();
}

HP_TEST(a_user_file_takes_the_place_of_a_builtin_one) {
  REQUIRE(load("version: 1\n"
               "servers:\n"
               "  redis: {extends: redis, start_timeout: 5s}\n"
               "profiles:\n"
               "  default: {extends: default, transport: tcp}\n"
               "  other: {extends: default, server: redis}\n"));
  CHECK_INT(catalog.definition_count, 7);
  CHECK_INT(definition("redis")->start_timeout, 5000);
  CHECK_INT(definition("redis")->binary.count, 2);
  CHECK_TEXT(profile("default")->server, "echo");
  CHECK_TEXT(profile("default")->transports.items[0].kind, "tcp");
  CHECK_TEXT(profile("other")->server, "redis");
  CHECK_TEXT(profile("other")->transports.items[0].kind, "tcp");
  int defaults = 0;
  for (size_t i = 0; i < catalog.profile_count; i++)
    defaults += strcmp(catalog.profiles[i].name, "default") == 0;
  CHECK_INT(defaults, 1);
  done();
}

HP_TEST(a_transport_is_replaced_as_a_whole) {
  REQUIRE(
      load("version: 1\n"
           "profiles:\n"
           "  a: {server: redis, transport: {kind: tcp, port: 1}, environment: {A: a, B: b}}\n"
           "  b: {extends: a, transport: {kind: unix, path: /x}, environment: {A: {unset: true}}}\n"
           "  c: {extends: b, environment: {A: c}}\n"));
  const struct hp_profile *b = profile("b"), *c = profile("c");
  CHECK_INT(b->transports.count, 1);
  CHECK(b->transports.items[0].port == NULL);
  CHECK_TEXT(b->transports.items[0].path, "/x");
  CHECK_INT(b->environment.count, 2);
  CHECK(b->environment.items[0].remove);
  CHECK(!c->environment.items[0].remove);
  check_template(&c->environment.items[0].value, "c");
  check_template(&c->environment.items[1].value, "b");
  done();
}

/* A mistake is told where it was written, also when another file's entry brought it to light. */
HP_TEST(the_place_of_a_mistake_survives_extends) {
  const char *path = hp_test_file("x.yaml", "version: 1\n"
                                            "servers:\n"
                                            "  a: {extends: redis}\n"
                                            "  b: {extends: a, secrets: [other]}\n");
  CHECK_INT(hp__catalog_load(&catalog, path, NULL, &error), HP_ECONFIG);
  CHECK_HAS(hp_error_message(&error), "built-in redis.yaml:");
  CHECK_HAS(hp_error_message(&error), ": unknown secret 'password'; one of: other");
  done();
}

HP_TEST(unknown_names) {
  const struct hp_definition *server;
  const struct hp_profile *found;
  REQUIRE(load(NULL));
  CHECK_INT(hp__catalog_definition(&catalog, "rediss", &server, &error), HP_ECONFIG);
  CHECK_TEXT(hp_error_message(&error), "unknown server 'rediss', did you mean 'redis'?");
  CHECK_INT(hp__catalog_definition(&catalog, "mysql", &server, &error), HP_ECONFIG);
  CHECK_TEXT(
      hp_error_message(&error),
      "unknown server 'mysql'; one of: echo, hyperd, mariadb, memcached, nginx, postgres, redis");
  CHECK_INT(hp__catalog_profile(&catalog, "defualt", &found, &error), HP_ECONFIG);
  CHECK_TEXT(hp_error_message(&error), "unknown profile 'defualt', did you mean 'default'?");
  done();
}

static void check_transport(const char *text, const char *expected) {
  struct hp_arena arena = {0};
  struct hp_choices all = {0};
  struct hp_text result = {0};
  struct hp_position place = {"--transport", 0, 0};
  int code = hp__transports_read(&arena, &all, text, place, &error);
  for (size_t i = 0; code == 0 && i < all.count; i++) {
    const struct hp_choice *p = &all.items[i];
    hp__text_format(&result, "%s%s|%s|%s|%s", i ? " " : "", p->kind, p->host ? p->host : "",
                    p->port ? p->port : "", p->path ? p->path : "");
  }
  CHECK_TEXT(code == 0 ? result.data : hp_error_message(&error), expected);
  hp__text_fini(&result);
  hp__arena_fini(&arena);
  hp__error_fini(&error);
}

HP_TEST(transports_in_short) {
  check_transport("local", "local|||");
  check_transport("unix", "unix|||");
  check_transport("unix:/a/b:c", "unix|||/a/b:c");
  check_transport("tcp", "tcp|||");
  check_transport("tcp:auto", "tcp||auto|");
  check_transport("tcp:6380", "tcp||6380|");
  check_transport("tcp:127.0.0.1:6380", "tcp|127.0.0.1|6380|");
  check_transport("tcp:[::1]:80", "tcp|::1|80|");
  check_transport("mine", "mine|||");
  check_transport("local,tcp:80,tcp:auto", "local||| tcp||80| tcp||auto|");
  check_transport("local,", "--transport: '' is not a transport: local, unix, unix:/path, pipe, "
                            "tcp, tcp:PORT or tcp:HOST:PORT");
  check_transport("a,b,c,d,e,f,g,h,i", "--transport: more than 8 transports to try");
  check_transport("mine:x", "mine|||x");
  check_transport("tcp:0",
                  "--transport: '0' is not a port: auto, or a whole number from 1 to 65535");
  check_transport("tcp:[::1]",
                  "--transport: '[::1]' is not a port: auto, or a whole number from 1 to 65535");
  check_transport("tcp::80",
                  "--transport: ':80' is not an address: PORT, HOST:PORT or [IPv6]:PORT");
  check_transport("local:x", "--transport: transport local has no path");
  check_transport(
      "", "--transport: '' is not a transport: local, unix, unix:/path, pipe, tcp, tcp:PORT "
          "or tcp:HOST:PORT");
  check_transport("unix:",
                  "--transport: 'unix:' is not a transport: local, unix, unix:/path, pipe, tcp, "
                  "tcp:PORT or tcp:HOST:PORT");
}

/* ---- Out of memory ---- */

static long countdown, live;
static bool once; /* one allocation fails, not all from there on */

static bool fails(void) {
  countdown--;
  return once ? countdown == 0 : countdown <= 0;
}

static void *reallocate(void *memory, size_t size) {
  if (fails())
    return NULL;
  void *result = realloc(memory, size);
  live += result && !memory;
  return result;
}

static void release(void *memory) {
  live -= memory != NULL;
  free(memory);
}

static const struct hp_allocator failing = {.reallocate = reallocate, .release = release};

static int load_with(const char *path, long allowed) {
  struct hp_error own = {0};
  countdown = allowed;
  hp__set_allocator(&failing);
  int result = hp__catalog_load(&catalog, path, NULL, &own);
  CHECK(result == 0 || own.code == result);
  hp__catalog_fini(&catalog);
  hp__error_fini(&own);
  hp__set_allocator(NULL);
  CHECK_INT(live, 0);
  return result;
}

/* The n-th allocation fails, for every n there is. */
static long exhaust(const char *path, int expected) {
  long allowed = 1;
  int result = load_with(path, allowed);
  while (countdown <= 0 && allowed < 5000) {
    CHECK(result == HP_ENOMEM || (expected != 0 && result == expected));
    result = load_with(path, ++allowed);
  }
  CHECK_INT(result, expected);
  return allowed;
}

HP_TEST(every_allocation_may_fail) {
  const char *path = hp_test_file("x.yaml", "version: 1\n"
                                            "servers:\n"
                                            "  redis: {extends: redis, start_timeout: 5s}\n"
                                            "profiles:\n"
                                            "  p: {server: redis, transport: 'tcp:6380', "
                                            "settings: {maxmemory: 1M}}\n");
  for (int i = 0; i < 2; i++) {
    once = i == 1;
    CHECK(exhaust(path, 0) > 10);
  }
}

/* A wrong file with too little memory: either is said, neither is lost. */
HP_TEST(every_allocation_of_an_error_may_fail) {
  const char *path = hp_test_file("x.yaml", "version: 1\n"
                                            "profiles:\n"
                                            "  p: {trasnport: tcp}\n");
  once = true;
  CHECK(exhaust(path, HP_ECONFIG) > 5);
}
