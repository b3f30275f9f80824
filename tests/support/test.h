/* SPDX-License-Identifier: MIT */
/*
 * Tests, on CUnit. A file of tests is one program; each `HP_TEST(name) { … }` in it, at the start
 * of a line, becomes one CTest entry "<program>.<name>" (CMake reads the names from the source).
 */
#ifndef HP_TESTS_SUPPORT_TEST_H
#define HP_TESTS_SUPPORT_TEST_H

#include <stdbool.h>
#include <stdint.h>

#define HP_TEST(name)                                                                              \
  void hp_test_##name(void);                                                                       \
  void hp_test_##name(void)

/* The arguments end with a NULL. */
#if defined(__GNUC__)
#define HP_TEST_SENTINEL __attribute__((sentinel))
#else
#define HP_TEST_SENTINEL
#endif

/* Each records a failure with both values and goes on; REQUIRE ends the test. */
#define CHECK(condition) hp_test_check((condition), #condition, __FILE__, __LINE__)
#define CHECK_INT(actual, expected)                                                                \
  hp_test_check_int((int64_t)(actual), (int64_t)(expected), #actual, __FILE__, __LINE__)
#define CHECK_TEXT(actual, expected)                                                               \
  hp_test_check_text((actual), (expected), #actual, __FILE__, __LINE__)
/* `actual` contains `part`. */
#define CHECK_HAS(actual, part) hp_test_check_has((actual), (part), #actual, __FILE__, __LINE__)
#define REQUIRE(condition)                                                                         \
  do {                                                                                             \
    if (!hp_test_check((condition), #condition, __FILE__, __LINE__))                               \
      return;                                                                                      \
  } while (0)
/* Ends the test as skipped, with a reason that CTest shows. */
#define SKIP(reason)                                                                               \
  do {                                                                                             \
    hp_test_skip(reason);                                                                          \
    return;                                                                                        \
  } while (0)

bool hp_test_check(bool ok, const char *expression, const char *file, int line);
bool hp_test_check_int(int64_t actual, int64_t expected, const char *what, const char *file,
                       int line);
bool hp_test_check_text(const char *actual, const char *expected, const char *what,
                        const char *file, int line);
bool hp_test_check_has(const char *actual, const char *part, const char *what, const char *file,
                       int line);
void hp_test_skip(const char *reason);
/* Whether this program runs by qemu-user, which does some things otherwise than a kernel. */
bool hp_test_is_emulated(void);

/* A fresh directory that is removed, with all in it, when the test ends. Static storage. */
const char *hp_test_directory(void);
/* Writes a file into that directory; its path, in static storage that the next call reuses. */
const char *hp_test_file(const char *name, const char *content);

struct hp_test_case {
  const char *name;
  void (*run)(void);
};
/* Runs the tests named on the command line, all without a name. 77 when one was skipped. */
int hp_test_main(int argc, char **argv, const struct hp_test_case *cases);

#endif
