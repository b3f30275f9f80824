/* SPDX-License-Identifier: MIT */
/* What a user reads who wrote something wrong: each message whole, with its place. */
#include "config/catalog.h"
#include "core/error.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

#define SERVER                                                                                     \
  "version: 1\n"                                                                                   \
  "servers:\n"                                                                                     \
  "  s:\n"                                                                                         \
  "    binary: {names: [s]}\n"                                                                     \
  "    transports: {unix: {}, tcp: {}}\n"

#define PROFILE                                                                                    \
  "version: 1\n"                                                                                   \
  "profiles:\n"                                                                                    \
  "  p:\n"

static const struct {
  const char *name, *yaml, *message;
} mistakes[] = {
    {"empty file", "", "x.yaml:1:1: empty; it needs at least 'version: 1'"},
    {"only a comment", "# nothing\n", "x.yaml:1:1: empty; it needs at least 'version: 1'"},
    {"not YAML",
     "version: 1\n"
     "servers: [\n",
     "x.yaml:3:1: not valid YAML: did not find expected node content while parsing a flow node"},
    {"tab as indentation",
     "version: 1\n"
     "servers:\n"
     "\ts: {}\n",
     "x.yaml:3:1: not valid YAML: found character that cannot start any token while scanning for "
     "the next token"},
    {"invalid UTF-8",
     "version: 1\n"
     "# \xc3"
     "\xa9"
     " \xff"
     "\n",
     "x.yaml:2:5: not valid UTF-8: invalid leading UTF-8 octet"},
    {"NUL byte in a text", "version: \"1\\0\"\n", "x.yaml:1:10: a text cannot hold a NUL byte"},
    {"two documents",
     "version: 1\n"
     "---\n"
     "version: 1\n",
     "x.yaml:3:1: a second YAML document; one file holds one"},
    {"tag", "version: !!int 1\n",
     "x.yaml:1:10: a tag ('tag:yaml.org,2002:int') has no meaning here"},
    {"duplicate key",
     "version: 1\n"
     "profiles:\n"
     "  p: {}\n"
     "  q: {}\n"
     "  p: {}\n",
     "x.yaml:5:3: duplicate key 'p', first at 3:3"},
    {"unknown alias",
     "version: 1\n"
     "profiles: *p\n",
     "x.yaml:2:11: unknown alias '*p'"},
    {"alias inside its anchor",
     "version: 1\n"
     "profiles: &p {p: *p}\n",
     "x.yaml:2:18: alias '*p' stands inside its own anchor"},
    {"key that is a list",
     "version: 1\n"
     "[a]: b\n",
     "x.yaml:2:1: a key must be a plain text"},
    {"root is a list", "- version: 1\n", "x.yaml:1:1: a file begins with 'version: 1'"},
    {"no version", "profiles: {}\n", "x.yaml:1:1: the file needs 'version: 1'"},
    {"other version", "version: 2\n",
     "x.yaml:1:10: version '2' is not known; this library reads version 1"},
    {"unknown key at the top",
     "version: 1\n"
     "profile: {}\n",
     "x.yaml:2:1: unknown key 'profile', did you mean 'profiles'?"},
    {"null map",
     "version: 1\n"
     "profiles:\n",
     "x.yaml:2:1: 'profiles' has no value; write {} for an empty one"},
    {"null profile",
     "version: 1\n"
     "profiles:\n"
     "  p: ~\n",
     "x.yaml:3:3: 'p' has no value; write {} for an empty one"},
    {"name with a slash",
     "version: 1\n"
     "profiles:\n"
     "  a/b: {}\n",
     "x.yaml:3:3: 'a/b' is not a name of a profile: letters, digits, '_', '-' and '.'"},
    {"misspelt key", PROFILE "    trasnport: tcp\n",
     "x.yaml:4:5: unknown key 'trasnport', did you mean 'transport'?"},
    {"unknown key, nothing near", PROFILE "    frobnicate: 1\n",
     "x.yaml:4:5: unknown key 'frobnicate'; one of: extends, server, version, ..."},
    {"null value", PROFILE "    transport: null\n", "x.yaml:4:16: 'transport' must not be empty"},
    {"list for a text", PROFILE "    server: [echo, redis]\n",
     "x.yaml:4:13: 'server' must be a text, not a list"},
    {"no transport of a list", PROFILE "    transport: []\n",
     "x.yaml:4:16: 'transport' must not be empty"},
    {"a list in a list of transports", PROFILE "    transport: [[unix]]\n",
     "x.yaml:4:17: an item must be a text, not a list"},
    {"misspelt transport in a list",
     PROFILE "    server: redis\n"
             "    transport: [pipe, tpc]\n",
     "x.yaml:5:23: unknown transport 'tpc', did you mean 'tcp'?"},
    {"unknown server", PROFILE "    server: rediss\n",
     "x.yaml:4:13: unknown server 'rediss', did you mean 'redis'?"},
    {"unknown setting",
     PROFILE "    server: redis\n"
             "    settings: {maxmemroy: 64M}\n",
     "x.yaml:5:16: unknown setting 'maxmemroy', did you mean 'maxmemory'?"},
    {"size with a wrong unit",
     PROFILE "    server: redis\n"
             "    settings: {maxmemory: 64MB}\n",
     "x.yaml:5:27: setting 'maxmemory': '64MB' is not an amount of memory: a size, as 64M, or 0% "
     "to "
     "100%"},
    {"value not in the enum",
     PROFILE "    server: postgres\n"
             "    settings: {fsync: of}\n",
     "x.yaml:5:23: setting 'fsync': unknown value 'of', did you mean 'off'?"},
    {"below the minimum",
     PROFILE "    server: redis\n"
             "    settings: {databases: 0}\n",
     "x.yaml:5:27: setting 'databases': 0 is less than the minimum, 1"},
    {"null setting",
     PROFILE "    server: redis\n"
             "    settings:\n"
             "      save:\n",
     "x.yaml:6:7: 'save' has no value; write '' for an empty one"},
    {"unknown transport",
     PROFILE "    server: redis\n"
             "    transport: tpc\n",
     "x.yaml:5:16: unknown transport 'tpc', did you mean 'tcp'?"},
    {"bad port", PROFILE "    transport: tcp:70000\n",
     "x.yaml:4:16: '70000' is not a port: auto, or a whole number from 1 to 65535"},
    {"port that is a word", PROFILE "    transport: {kind: tcp, port: atuo}\n",
     "x.yaml:4:16: 'atuo' is not a port: auto, or a whole number from 1 to 65535"},
    {"path for tcp", PROFILE "    transport: {kind: tcp, path: /x}\n",
     "x.yaml:4:16: transport tcp has no path"},
    {"IPv6 without brackets", PROFILE "    transport: 'tcp:::1:80'\n",
     "x.yaml:4:16: '::1:80' is not an address: PORT, HOST:PORT or [IPv6]:PORT"},
    {"bare duration", PROFILE "    start_timeout: 30\n",
     "x.yaml:4:20: '30' is not a duration: a whole number of ms, s, m, h or d"},
    {"zero duration", PROFILE "    start_timeout: 0s\n",
     "x.yaml:4:20: 'start_timeout' must be more than 0"},
    {"unknown containment", PROFILE "    containment: tree+crsh\n",
     "x.yaml:4:18: unknown containment 'tree+crsh', did you mean 'tree+crash'?"},
    {"unset is not a null", PROFILE "    environment: {A: ~}\n",
     "x.yaml:4:19: 'A' has no value; write '' for an empty one, {unset: true} to remove it"},
    {"unset is not false", PROFILE "    environment: {A: {unset: false}}\n",
     "x.yaml:4:30: 'unset' can only be true, not 'false'"},
    {"variable in a path", PROFILE "    data_dir: ${HOME}/x\n",
     "x.yaml:4:15: 'data_dir' takes no variables: '${HOME}/x'"},
    {"unknown variable", PROFILE "    arguments: ['${endpoint.prot}']\n",
     "x.yaml:4:17: unknown variable 'endpoint.prot', did you mean 'endpoint.port'?"},
    {"open brace", PROFILE "    arguments: ['${endpoint.port']\n",
     "x.yaml:4:17: '${endpoint.port' has no '}'; write '$${' for a literal '${'"},
    {"empty variable", PROFILE "    arguments: ['${}']\n",
     "x.yaml:4:17: '${}' is not a variable; write '$${' for a literal '${'"},
    {"value outside of a setting", PROFILE "    arguments: ['${value}']\n",
     "x.yaml:4:17: variable 'value' has no meaning here"},
    {"unknown parent", PROFILE "    extends: defualt\n",
     "x.yaml:4:14: unknown profile 'defualt', did you mean 'default'?"},
    {"cycle",
     "version: 1\n"
     "profiles:\n"
     "  a: {extends: b}\n"
     "  b: {extends: c}\n"
     "  c: {extends: a}\n",
     "x.yaml:5:16: profile 'a' extends itself: a -> b -> c -> a"},
    {"itself",
     "version: 1\n"
     "profiles:\n"
     "  a: {extends: a}\n",
     "x.yaml:3:16: profile 'a' extends itself: a -> a"},
    {"server without a binary",
     "version: 1\n"
     "servers:\n"
     "  s:\n"
     "    transports: {unix: {}}\n",
     "x.yaml:3:3: 'binary' is missing in server 's'"},
    {"server without a transport",
     "version: 1\n"
     "servers:\n"
     "  s:\n"
     "    binary: {names: s}\n"
     "    transports: {}\n",
     "x.yaml:5:17: 'transports' must not be empty"},
    {"key of the server misspelt", SERVER "    argumnets: []\n",
     "x.yaml:6:5: unknown key 'argumnets', did you mean 'arguments'?"},
    {"setting without a type",
     SERVER "    settings:\n"
            "      a: {description: x}\n",
     "x.yaml:7:7: 'type' is missing in setting 'a'"},
    {"unknown type",
     SERVER "    settings:\n"
            "      a: {type: integer}\n",
     "x.yaml:7:17: unknown type 'integer'; one of: string, bool, int, size, duration, percent, "
     "enum, port, path, secret"},
    {"enum without values",
     SERVER "    settings:\n"
            "      a: {type: enum}\n",
     "x.yaml:7:7: 'values' is missing in setting 'a'"},
    {"default of the wrong type",
     SERVER "    settings:\n"
            "      a: {type: size, default: much}\n",
     "x.yaml:7:32: setting 'a': 'much' is not a size: a whole number of bytes, or of K, M, G or T "
     "(powers of 1024)"},
    {"default below the minimum",
     SERVER "    settings:\n"
            "      a: {type: int, default: 1, minimum: 2}\n",
     "x.yaml:7:31: setting 'a': 1 is less than the minimum, 2"},
    {"maximum below the minimum",
     SERVER "    settings:\n"
            "      a: {type: int, minimum: 2, maximum: 1}\n",
     "x.yaml:7:43: setting 'a': 1 is less than the minimum, 2"},
    {"minimum of a text",
     SERVER "    settings:\n"
            "      a: {type: string, minimum: 2}\n",
     "x.yaml:7:25: 'minimum' is for the types int, size, duration, percent and port, not for "
     "string"},
    {"setting with a dash",
     SERVER "    settings:\n"
            "      max-size: {type: int}\n",
     "x.yaml:7:7: setting 'max-size': names of settings are snake_case"},
    {"unknown setting in a template",
     SERVER "    settings:\n"
            "      level: {type: int}\n"
            "    arguments: '${setting.levle}'\n",
     "x.yaml:8:16: unknown setting 'levle', did you mean 'level'?"},
    {"unknown secret",
     SERVER "    secrets: password\n"
            "    arguments: '${secret.pasword}'\n",
     "x.yaml:7:16: unknown secret 'pasword', did you mean 'password'?"},
    {"unknown file", SERVER "    arguments: '${files.conf}'\n",
     "x.yaml:6:16: unknown file 'conf'; there is none here"},
    {"file of an unknown transport",
     SERVER "    files:\n"
            "      conf: {unxi: a}\n",
     "x.yaml:7:14: unknown transport 'unxi', did you mean 'unix'?"},
    {"endpoint before there is one",
     SERVER "    prepare: {command: ['${endpoint.port}'], creates: x}\n",
     "x.yaml:6:25: variable 'endpoint.port' has no meaning here"},
    {"prepare creates a path", SERVER "    prepare: {command: [a], creates: a/b}\n",
     "x.yaml:6:38: 'creates' must be a name in a folder, not 'a/b'"},
    {"ready without a kind", SERVER "    ready: {}\n", "x.yaml:6:5: 'kind' is missing in 'ready'"},
    {"unknown kind of ready", SERVER "    ready: {kind: conect}\n",
     "x.yaml:6:19: unknown kind 'conect', did you mean 'connect'?"},
    {"line without a pattern", SERVER "    ready: {kind: line}\n",
     "x.yaml:6:12: kind line needs a pattern in 'line'"},
    {"empty pattern", SERVER "    ready: {kind: line, line: ''}\n",
     "x.yaml:6:31: kind line needs a pattern in 'line'"},
    {"pattern with neighbours",
     SERVER "    ready: {kind: line, line: 'at ${endpoint.host}${endpoint.port}'}\n",
     "x.yaml:6:31: nothing between 'endpoint.host' and 'endpoint.port': where would one end?"},
    {"pattern of what is no address", SERVER "    ready: {kind: line, line: 'at ${data_dir}'}\n",
     "x.yaml:6:31: variable 'data_dir' has no meaning here"},
    {"two kinds of ready", SERVER "    ready: {kind: none, all: [{kind: none}]}\n",
     "x.yaml:6:25: only one of 'kind', 'all' and 'any' can be said"},
    {"all of nothing", SERVER "    ready: {all: []}\n", "x.yaml:6:18: 'all' must not be empty"},
    {"a member without a kind", SERVER "    ready: {any: [{count: 2}]}\n",
     "x.yaml:6:19: 'kind' is missing in 'ready'"},
    {"two callbacks", SERVER "    ready: {any: [{kind: callback}, {all: [{kind: callback}]}]}\n",
     "x.yaml:6:12: kind callback can stand here once only"},
    {"file without a path", SERVER "    ready: {kind: file}\n",
     "x.yaml:6:12: kind file needs a 'path'"},
    {"path of a line", SERVER "    ready: {kind: line, line: a, path: b}\n",
     "x.yaml:6:34: 'path' is for kind file and http, not line"},
    {"exec without a command", SERVER "    ready: {kind: exec}\n",
     "x.yaml:6:12: kind exec needs a 'command'"},
    {"count of none", SERVER "    ready: {kind: line, line: a, count: 0}\n",
     "x.yaml:6:41: 'count' must be a number from 1 on, not '0'"},
    {"status of none", SERVER "    ready: {kind: http, status: 299-200}\n",
     "x.yaml:6:33: 'status' must be a status like 200 or a range like 200-299, not '299-200'"},
    {"health by a line", SERVER "    health: {kind: line}\n",
     "x.yaml:6:20: health is asked for by connect, http or exec, not by line"},
    {"health with another's key", SERVER "    health: {kind: connect, interval: 1s, path: a}\n",
     "x.yaml:6:43: 'path' is for kind file and http, not connect"},
    {"health without a command", SERVER "    health: {kind: exec}\n",
     "x.yaml:6:13: kind exec needs a 'command'"},
    {"watchdog without a notify socket", SERVER "    watchdog: 3s\n",
     "x.yaml:6:5: 'watchdog' needs a server that notifies (ready: {kind: notify})"},
    {"unknown key of a profile's health", PROFILE "    health: {intervall: 1s}\n",
     "x.yaml:4:14: unknown key 'intervall', did you mean 'interval'?"},
    {"a profile's health without a kind",
     PROFILE "    server: redis\n"
             "    health: {interval: 1s}\n",
     "x.yaml:5:5: 'kind' is missing in 'health'"},
    {"a profile's health with another's key",
     PROFILE "    server: redis\n"
             "    health: {kind: connect, body: a}\n",
     "x.yaml:5:29: 'body' is for kind http, not connect"},
    {"a profile's key over the definition's kind",
     SERVER "    health: {kind: connect}\n"
            "profiles:\n"
            "  p: {server: s, health: {body: a}}\n",
     "x.yaml:8:27: 'body' is for kind http, not connect"},
    {"a profile's variable that the server does not know",
     PROFILE "    server: redis\n"
             "    health: {kind: http, path: '/${setting.x}'}\n",
     "x.yaml:5:32: unknown setting 'x'; one of: maxmemory, maxmemory_policy, appendonly, save, "
     "databases, loglevel"},
    {"none with a key", SERVER "    health: {kind: none, interval: 1s}\n",
     "x.yaml:6:20: health is asked for by connect, http or exec, not by none"},
    {"a profile's watchdog without a notify socket",
     PROFILE "    server: nginx\n"
             "    watchdog: 3s\n",
     "x.yaml:5:15: 'watchdog' needs a server that notifies (ready: {kind: notify})"},
    {"a step without a command", PROFILE "    after_ready: [{name: a}]\n",
     "x.yaml:4:19: 'command' is missing in 'step'"},
    {"a step with an unknown key", PROFILE "    after_ready: [{comand: a}]\n",
     "x.yaml:4:20: unknown key 'comand', did you mean 'command'?"},
    {"steps that are no list", PROFILE "    after_ready: make\n",
     "x.yaml:4:18: 'after_ready' must be a list, not a text"},
    {"a step with no time", PROFILE "    after_ready: [{command: a, timeout: 0s}]\n",
     "x.yaml:4:41: 'timeout' must be more than 0"},
    {"a step that asks for another's secret",
     PROFILE "    server: redis\n"
             "    after_ready: [{command: [a, '${secret.none}']}]\n",
     "x.yaml:5:33: unknown secret 'none'; one of: password"},
    {"no version", PROFILE "    version: newest\n",
     "x.yaml:4:14: 'newest' says no version: write it as 14, 14.2, '>=14' or '>=14 <17'"},
    {"an empty version", PROFILE "    version: ''\n", "x.yaml:4:14: 'version' must not be empty"},
    {"a version that cannot be found", SERVER "    version: {arguments: [-V]}\n",
     "x.yaml:6:5: 'match' is missing in 'version'"},
    {"a version without its variable", SERVER "    version: {match: s 1}\n",
     "x.yaml:6:22: 'match' names ${version} once"},
    {"another variable in a version", SERVER "    version: {match: 's ${endpoint.port}'}\n",
     "x.yaml:6:22: variable 'endpoint.port' has no meaning here"},
    {"version where there is none", SERVER "    ready: {kind: line, line: '${version}'}\n",
     "x.yaml:6:31: variable 'version' has no meaning here"},
    {"unknown identity", SERVER "    identity: require\n",
     "x.yaml:6:15: unknown identity 'require', did you mean 'required'?"},
    {"nonce without a callback", SERVER "    ready: {kind: notify, nonce: true}\n",
     "x.yaml:6:27: 'nonce' is for kind callback, not notify"},
    {"ladder without a kill", SERVER "    stop: [{signal: TERM, wait: 1s}]\n",
     "x.yaml:6:12: the last rung, and only the last one, must be {kill: true}"},
    {"kill in the middle",
     SERVER "    stop: [{kill: true}, {signal: TERM, wait: 1s}, {kill: true}]\n",
     "x.yaml:6:12: the last rung, and only the last one, must be {kill: true}"},
    {"empty ladder", SERVER "    stop: []\n", "x.yaml:6:11: 'stop' must not be empty"},
    {"nine rungs",
     SERVER "    stop: [{signal: TERM, wait: 1s}, {signal: TERM, wait: 1s}, {signal: TERM, wait: "
            "1s}, {signal: TERM, wait: 1s}, {signal: TERM, wait: 1s}, {signal: TERM, wait: 1s}, "
            "{signal: TERM, wait: 1s}, {signal: TERM, wait: 1s}, {kill: true}]\n",
     "x.yaml:6:11: a ladder has at most 8 rungs, not 9"},
    {"rung of two kinds",
     SERVER "    stop: [{signal: TERM, command: [a], wait: 1s}, {kill: true}]\n",
     "x.yaml:6:12: a rung is one of tether, signal, command and kill, not several"},
    {"rung without a wait", SERVER "    stop: [{signal: TERM}, {kill: true}]\n",
     "x.yaml:6:12: 'wait' is missing in the rung: the time until the next one"},
    {"unknown signal", SERVER "    stop: [{signal: SIGTREM, wait: 1s}, {kill: true}]\n",
     "x.yaml:6:21: unknown signal 'TREM', did you mean 'TERM'?"},
    {"unknown receiver", SERVER "    stop: [{signal: TERM, to: groop, wait: 1s}, {kill: true}]\n",
     "x.yaml:6:31: unknown receiver 'groop', did you mean 'group'?"},
    {"tether without a callback", SERVER "    stop: [{tether: true, wait: 1s}, {kill: true}]\n",
     "x.yaml:6:12: 'tether' needs a server that calls back (ready: {kind: callback})"},
    {"kill that is not true", SERVER "    stop: [{kill: no}]\n",
     "x.yaml:6:19: 'kill' can only be true, not 'no'"},
    {"socket with a slash",
     "version: 1\n"
     "servers:\n"
     "  s:\n"
     "    binary: {names: s}\n"
     "    transports: {unix: {socket: a/b}}\n",
     "x.yaml:5:33: 'socket' must be a name in a folder, not 'a/b'"},
    {"socket of tcp",
     "version: 1\n"
     "servers:\n"
     "  s:\n"
     "    binary: {names: s}\n"
     "    transports: {tcp: {socket: a}}\n",
     "x.yaml:5:24: 'socket' has no meaning for transport tcp"},
    {"truth value",
     "version: 1\n"
     "servers:\n"
     "  s:\n"
     "    binary: {names: s}\n"
     "    transports: {tcp: {reuse_address: ture}}\n",
     "x.yaml:5:39: unknown truth value 'ture', did you mean 'true'?"},
    {"port that is not held and no sign that it was taken",
     "version: 1\n"
     "servers:\n"
     "  s:\n"
     "    binary: {names: s}\n"
     "    transports: {tcp: {reuse_address: no}}\n",
     "x.yaml:5:24: 'reuse_address: no' needs 'port_taken', what the server says when its port was "
     "taken"},
    {"binary setting that is none",
     "version: 1\n"
     "servers:\n"
     "  s:\n"
     "    binary: {names: s, setting: pth}\n"
     "    transports: {unix: {}}\n"
     "    settings: {path: {type: path}}\n",
     "x.yaml:4:33: unknown setting 'pth', did you mean 'path'?"},
    {"unknown family", PROFILE "    arguments: ['${file.redis.conf}']\n",
     "x.yaml:4:17: unknown variable 'file.', did you mean 'files.'?"},
    {"unknown OS",
     "version: 1\n"
     "servers:\n"
     "  s:\n"
     "    binary: {names: s, folders: {macos: [/x]}}\n"
     "    transports: {unix: {}}\n",
     "x.yaml:4:34: unknown key 'macos'; one of: linux, darwin, windows"},
};

/* Up to "..." where it ends in that. */
static void check_message(const char *message, const char *expected, const char *name) {
  size_t length = strlen(hp_test_directory()) + 1, wanted = strlen(expected);
  bool partly = wanted > 3 && strcmp(expected + wanted - 3, "...") == 0;
  char shown[1024];
  snprintf(shown, sizeof shown, "%s", strlen(message) > length ? message + length : message);
  if (partly && strlen(shown) > wanted - 3)
    strcpy(shown + wanted - 3, "...");
  hp_test_check_text(shown, expected, name, __FILE__, __LINE__);
}

HP_TEST(mistakes) {
  for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
    struct hp_catalog catalog;
    struct hp_error error = {0};
    const char *path = hp_test_file("x.yaml", mistakes[i].yaml);
    int result = hp__catalog_load(&catalog, path, NULL, &error);
    hp_test_check_int(result, HP_ECONFIG, mistakes[i].name, __FILE__, __LINE__);
    check_message(result == 0 ? "" : hp_error_message(&error), mistakes[i].message,
                  mistakes[i].name);
    if (result == 0)
      hp__catalog_fini(&catalog);
    hp__error_fini(&error);
  }
}

HP_TEST(near_misses_say_all_that_is_valid_in_the_hint) {
  struct hp_catalog catalog;
  struct hp_error error = {0};
  const char *path = hp_test_file("x.yaml", PROFILE "    containment: tre\n");
  CHECK_INT(hp__catalog_load(&catalog, path, NULL, &error), HP_ECONFIG);
  CHECK_TEXT(hp_error_hint(&error), "one of: tree, none, direct, tree+crash");
  hp__error_fini(&error);
}

static const char *nearest(const char *word) {
  static const char *const words[] = {"transport", "settings", "no", "off", "on", "tcp"};
  return hp__nearest(word, words, sizeof words / sizeof *words);
}

HP_TEST(nearest_word) {
  CHECK_TEXT(nearest("trasnport"), "transport");  /* swapped */
  CHECK_TEXT(nearest("transprt"), "transport");   /* left out */
  CHECK_TEXT(nearest("transsport"), "transport"); /* doubled */
  CHECK_TEXT(nearest("Transport"), "transport");
  CHECK_TEXT(nearest("setings"), "settings");
  CHECK_TEXT(nearest("of"), "off");
  CHECK_TEXT(nearest("tpc"), "tcp");
  CHECK_TEXT(nearest("frobnicate"), NULL);
  CHECK_TEXT(nearest("x"), NULL);
  CHECK_TEXT(nearest(""), NULL);
  CHECK_TEXT(nearest("transportransportransportransportransportransportransportransport"), NULL);
}

HP_TEST(a_message_is_one_line_of_readable_length) {
  char word[3001];
  struct hp_error error = {0};
  memset(word, 'x', sizeof word - 1);
  word[sizeof word - 1] = '\0';
  word[5] = '\n';
  CHECK_INT(hp__mistake(&error, (struct hp_position){"f", 1, 2}, "unknown key '%s'", word),
            HP_ECONFIG);
  CHECK(strchr(hp_error_message(&error), '\n') == NULL);
  CHECK(strlen(hp_error_message(&error)) < 1100);
  CHECK_HAS(hp_error_message(&error), "f:1:2: unknown key 'xxxxx xxx");
  hp__error_fini(&error);
}

HP_TEST(a_mistake_needs_no_error_to_write_to) {
  static const char *const words[] = {"tcp"};
  CHECK_INT(hp__mistake(NULL, (struct hp_position){"f", 1, 2}, "x"), HP_ECONFIG);
  CHECK_INT(hp__unknown(NULL, (struct hp_position){0}, "key", "tpc", words, 1), HP_ECONFIG);
  CHECK_INT(hp__mistake_at(NULL, (struct hp_position){"f", 1, 2}, HP_ECONFIG), HP_ECONFIG);
}
