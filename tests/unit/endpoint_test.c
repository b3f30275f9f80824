/* SPDX-License-Identifier: MIT */
#include "core/endpoint.h"
#include "core/error.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

HP_TEST(every_form_is_read_and_printed_alike) {
  static const char *const texts[] = {"unix:///run/user/1000/hp-x1/s",
                                      "unix:///a%20b/%C3%A9/%25",
                                      "tcp://127.0.0.1:40123",
                                      "tcp://localhost:0",
                                      "tcp://db-1.example.org:65535",
                                      "tcp://[::1]:80",
                                      "tcp://[::]:1",
                                      "tcp://[1:2:3:4:5:6:7:8]:1",
                                      "tcp://[::ffff:127.0.0.1]:1",
                                      "tcp://[fe80::1%25eth0]:22",
                                      "npipe://./pipe/hp-0f3a",
                                      "npipe://./pipe/a%20b"};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    struct hp_endpoint endpoint;
    char text[HP_ENDPOINT_TEXT_SIZE];
    CHECK_INT(hp_endpoint_parse(&endpoint, texts[i], NULL), 0);
    CHECK_INT(hp_endpoint_print(&endpoint, text), strlen(texts[i]));
    CHECK_TEXT(text, texts[i]);
  }
}

HP_TEST(parts_are_decoded) {
  struct hp_endpoint endpoint;
  REQUIRE(hp_endpoint_parse(&endpoint, "unix:///a%20b/c:d", NULL) == 0);
  CHECK_INT(endpoint.kind, HP_ENDPOINT_UNIX);
  CHECK_TEXT(endpoint.path, "/a b/c:d");
  REQUIRE(hp_endpoint_parse(&endpoint, "tcp://[fe80::1%25eth0]:22", NULL) == 0);
  CHECK_TEXT(endpoint.host, "fe80::1%eth0");
  CHECK_INT(endpoint.port, 22);
  REQUIRE(hp_endpoint_parse(&endpoint, "npipe://./pipe/x", NULL) == 0);
  CHECK_TEXT(endpoint.host, ".");
  CHECK_TEXT(endpoint.path, "x");
}

struct wrong {
  const char *text, *part; /* what the message must name */
};

HP_TEST(what_is_wrong_is_named) {
  static const struct wrong wrongs[] = {
      {"", "\"\" is no scheme"},
      {"http://x:1", "\"http\" is no scheme"},
      {"unix:/x", "\"unix\" is no scheme"},
      {"unix://", "absolute"},
      {"unix:///", "absolute"},
      {"unix://host/x", "\"host/x\""},
      {"unix:///a b", "\" \" must"},
      {"unix:///a?b", "\"?\" must"},
      {"unix:///a%", "\"%\" is no"},
      {"unix:///a%2", "\"%2\" is no"},
      {"unix:///a%zz", "\"%zz\" is no"},
      {"unix:///a%00b", "\"%00\" is no"},
      {"unix:///a\nb", "\"?\" must"},
      {"tcp://", "<port>"},
      {"tcp://h", "<port>"},
      {"tcp://:80", "\"\" is neither"},
      {"tcp://h:", "\"\" is no port"},
      {"tcp://h:65536", "\"65536\" is no port"},
      {"tcp://h:4294967297", "\"4294967297\" is no port"},
      {"tcp://h:18446744073709551617", "\"18446744073709551617\" is no port"},
      {"tcp://h:-1", "\"-1\" is no port"},
      {"tcp://h:+1", "\"+1\" is no port"},
      {"tcp://h: 1", "\" 1\" is no port"},
      {"tcp://h:0x10", "\"0x10\" is no port"},
      {"tcp://h:080", "\"080\" is no port"},
      {"tcp://h:80/", "\"80/\" is no port"},
      {"tcp://::1:80", "\"\" is neither"},
      {"tcp://[::1:80", "closing bracket"},
      {"tcp://[::1]", "<port>"},
      {"tcp://[::1]x:80", "\"x:80\" stands"},
      {"tcp://[127.0.0.1]:80", "\"127.0.0.1\" is neither"},
      {"tcp://[localhost]:80", "\"localhost\" is neither"},
      {"tcp://[1::2::3]:1", "\"1::2::3\" is neither"},
      {"tcp://[1:2:3:4:5:6:7]:1", "is neither"},
      {"tcp://[1:2:3:4:5:6:7:8:9]:1", "is neither"},
      {"tcp://[1:2:3:4:5:6:7::8]:1", "is neither"},
      {"tcp://[1:::2]:1", "is neither"},
      {"tcp://[1::2:]:1", "is neither"},
      {"tcp://[12345::]:1", "is neither"},
      {"tcp://[:1]:1", "is neither"},
      {"tcp://[1:]:1", "is neither"},
      {"tcp://[::1%25]:1", "is neither"},
      {"tcp://a@b:1", "\"@\" must"},
      {"tcp://a..b:1", "\"a..b\" is neither"},
      {"tcp://-a:1", "\"-a\" is neither"},
      {"tcp://127.1:1", "\"127.1\" is neither"},
      {"tcp://256.0.0.1:1", "\"256.0.0.1\" is neither"},
      {"tcp://127.0.0.01:1", "\"127.0.0.01\" is neither"},
      {"tcp://0x7f000001:1", "\"0x7f000001\" is neither"},
      {"tcp://2130706433:1", "\"2130706433\" is neither"},
      {"npipe://host/pipe/x", "./pipe/<name>"},
      {"npipe://./pipe/", "./pipe/<name>"},
      {"npipe://./pipe/a%5Cb", "backslash"},
  };
  for (size_t i = 0; i < sizeof wrongs / sizeof *wrongs; i++) {
    struct hp_error error = {0};
    struct hp_endpoint endpoint;
    CHECK_INT(hp_endpoint_parse(&endpoint, wrongs[i].text, &error), HP_ECONFIG);
    CHECK_HAS(hp_error_message(&error), wrongs[i].part);
    CHECK_INT(endpoint.kind, HP_ENDPOINT_NONE);
    CHECK(!strchr(hp_error_message(&error), '\n'));
    hp__error_fini(&error);
  }
}

HP_TEST(an_error_may_be_null) {
  struct hp_endpoint endpoint;
  CHECK_INT(hp_endpoint_parse(&endpoint, "nonsense", NULL), HP_ECONFIG);
}

/* The longest of each kind is whole; one byte more is refused, however it is written. */
HP_TEST(limits_are_kept) {
  char text[4000], printed[HP_ENDPOINT_TEXT_SIZE];
  for (int over = 0; over < 2; over++) {
    struct hp_endpoint endpoint;
    strcpy(text, "unix:///");
    for (int i = 0; i < HP_PATH_SIZE - 2 + over; i++)
      strcat(text, "%20");
    CHECK_INT(hp_endpoint_parse(&endpoint, text, NULL), over ? HP_ECONFIG : 0);
    if (over)
      continue;
    CHECK_INT(hp_endpoint_print(&endpoint, printed), strlen(text));
    CHECK_TEXT(printed, text);
  }
}

HP_TEST(nothing_prints_as_nothing) {
  struct hp_endpoint endpoint = {0};
  char text[HP_ENDPOINT_TEXT_SIZE] = "x";
  CHECK_INT(hp_endpoint_print(&endpoint, text), 0);
  CHECK_TEXT(text, "");
}

HP_TEST(equality_is_of_all_parts) {
  static const char *const different[] = {"unix:///a", "unix:///b", "tcp://h:1",
                                          "tcp://h:2", "tcp://i:1", "npipe://./pipe/a"};
  struct hp_endpoint a, b;
  for (size_t i = 0; i < 6; i++)
    for (size_t j = 0; j < 6; j++) {
      REQUIRE(hp_endpoint_parse(&a, different[i], NULL) == 0);
      REQUIRE(hp_endpoint_parse(&b, different[j], NULL) == 0);
      CHECK(hp_endpoint_equal(&a, &b) == (i == j));
    }
  REQUIRE(hp_endpoint_parse(&a, "tcp://[fe80::A]:1", NULL) == 0);
  REQUIRE(hp_endpoint_parse(&b, "tcp://[fe80::a]:1", NULL) == 0);
  CHECK(hp_endpoint_equal(&a, &b));
}

static uint32_t next(uint32_t *state) {
  *state = *state * 1664525u + 1013904223u;
  return *state >> 8;
}

/* Any path survives the way out and back. */
HP_TEST(printing_then_parsing_gives_the_same) {
  uint32_t state = 7;
  for (int round = 0; round < 20000; round++) {
    struct hp_endpoint endpoint = {0}, again;
    char text[HP_ENDPOINT_TEXT_SIZE];
    bool pipe = round % 2;
    size_t length = 1 + next(&state) % (HP_PATH_SIZE - 2);
    endpoint.kind = pipe ? HP_ENDPOINT_PIPE : HP_ENDPOINT_UNIX;
    strcpy(endpoint.host, pipe ? "." : "");
    for (size_t i = 0; i < length; i++) {
      char c = (char)(1 + next(&state) % 255);
      endpoint.path[i] = pipe && c == '\\' ? 'x' : c;
    }
    if (!pipe) {
      memmove(endpoint.path + 1, endpoint.path, length);
      endpoint.path[0] = '/';
    }
    hp_endpoint_print(&endpoint, text);
    CHECK_INT(hp_endpoint_parse(&again, text, NULL), 0);
    CHECK(hp_endpoint_equal(&endpoint, &again));
  }
}

/* Whatever is accepted has one text form, which is accepted and means the same. */
HP_TEST(random_words_never_break_it) {
  static const char *const words[] = {
      "unix://", "tcp://", "npipe://", "./pipe/", "/", "[",         "]",    ":",  "::", "%25",
      "%",       "1",      "65535",    "a",       ".", "127.0.0.1", "fe80", "\\", "-",  "é"};
  uint32_t state = 11;
  for (int round = 0; round < 200000; round++) {
    struct hp_endpoint endpoint, again;
    char text[HP_ENDPOINT_TEXT_SIZE], input[128] = "";
    int count = (int)(next(&state) % 8);
    strcat(input, words[next(&state) % 3]);
    while (count-- > 0)
      strcat(input, words[next(&state) % (sizeof words / sizeof *words)]);
    if (hp_endpoint_parse(&endpoint, input, NULL) != 0)
      continue;
    hp_endpoint_print(&endpoint, text);
    CHECK_INT(hp_endpoint_parse(&again, text, NULL), 0);
    CHECK(hp_endpoint_equal(&endpoint, &again));
  }
}
