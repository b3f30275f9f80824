/* SPDX-License-Identifier: MIT */
#include "config/document.h"
#include "core/error.h"
#include "core/text.h"
#include "tests/support/test.h"

#include <string.h>

static struct hp_arena arena;
static struct hp_error error;

static const struct hp_node *parse(const char *text) {
  const struct hp_node *root = NULL;
  return hp__document_parse(&arena, "f", text, strlen(text), &root, &error) == 0 ? root : NULL;
}

static void done(void) {
  hp__arena_fini(&arena);
  hp__error_fini(&error);
}

static void check_place(const struct hp_node *node, int line, int column) {
  CHECK_TEXT(node->position.file, "f");
  CHECK_INT(node->position.line, line);
  CHECK_INT(node->position.column, column);
}

HP_TEST(nodes_know_their_places) {
  const struct hp_node *root = parse("a: one\nb:\n  - two\n  - {c: 'three'}\n");
  REQUIRE(root != NULL);
  CHECK_INT(root->kind, HP_NODE_MAPPING);
  CHECK_INT(root->count, 2);
  check_place(hp__node_find(root, "a"), 1, 4);
  const struct hp_node *list = hp__node_find(root, "b");
  CHECK_INT(list->kind, HP_NODE_SEQUENCE);
  CHECK_INT(list->key_position.line, 2);
  check_place(list->first, 3, 5);
  const struct hp_node *three = hp__node_find(list->first->next, "c");
  check_place(three, 4, 9);
  CHECK_TEXT(three->text, "three");
  CHECK(hp__node_find(root, "d") == NULL);
  CHECK(hp__node_find(list, "c") == NULL);
  done();
}

HP_TEST(scalars_stay_text) {
  static const char *const words[] = {"off",  "2",     "010", "1e3", "yes",
                                      "0x10", "1_000", ".5",  "=",   "<<"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    char text[32] = "a: ";
    strcat(text, words[i]);
    const struct hp_node *root = parse(text);
    REQUIRE(root != NULL);
    CHECK_TEXT(root->first->text, words[i]);
    CHECK(!hp__node_is_null(root->first));
    done();
  }
}

HP_TEST(null_is_told_from_the_empty_text) {
  static const char *const nothing[] = {"a:", "a: ~", "a: null", "a: Null", "a: NULL"};
  static const char *const something[] = {"a: ''", "a: \"\"", "a: 'null'", "a: nULL", "a: |\n  ~"};
  for (size_t i = 0; i < sizeof nothing / sizeof *nothing; i++) {
    const struct hp_node *root = parse(nothing[i]);
    REQUIRE(root != NULL);
    CHECK(hp__node_is_null(root->first));
    root = parse(something[i]);
    REQUIRE(root != NULL);
    CHECK(!hp__node_is_null(root->first));
  }
  done();
}

HP_TEST(a_byte_order_mark_is_no_content) {
  const struct hp_node *root = parse("\xef\xbb\xbf"
                                     "a: b\n");
  REQUIRE(root != NULL);
  CHECK_TEXT(root->first->key, "a");
  done();
}

HP_TEST(an_alias_is_what_it_stands_for) {
  const struct hp_node *root = parse("a: &x {k: v}\nb: *x\nc: &x w\nd: *x\n");
  REQUIRE(root != NULL);
  const struct hp_node *b = hp__node_find(root, "b");
  check_place(b, 2, 4);
  CHECK_TEXT(b->key, "b");
  CHECK_TEXT(hp__node_find(b, "k")->text, "v");
  CHECK_TEXT(hp__node_find(root, "d")->text, "w");
  CHECK_INT(root->count, 4);
  done();
}

/* "Billion laughs": few bytes that stand for very many nodes. */
HP_TEST(aliases_cannot_multiply_without_end) {
  struct hp_text text = {0};
  hp__text_add(&text, "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
  for (int i = 1; i < 12; i++)
    hp__text_format(&text, "a%d: &a%d [*a%d, *a%d, *a%d, *a%d, *a%d, *a%d]\n", i, i, i - 1, i - 1,
                    i - 1, i - 1, i - 1, i - 1);
  CHECK(parse(text.data) == NULL);
  CHECK_TEXT(error.message, "f:5:20: more than 10000 values, aliases counted as written out");
  hp__text_fini(&text);
  done();
}

HP_TEST(nesting_has_a_limit) {
  char text[200];
  memset(text, '[', 40);
  memset(text + 40, ']', 40);
  text[80] = '\0';
  CHECK(parse(text) == NULL);
  CHECK_TEXT(error.message, "f:1:33: nested deeper than 32 levels");
  memset(text, '[', 32);
  memset(text + 32, ']', 32);
  text[64] = '\0';
  CHECK(parse(text) != NULL);
  done();
}

HP_TEST(size_has_a_limit) {
  struct hp_text text = {0};
  const struct hp_node *root = NULL;
  while (text.length <= HP_DOCUMENT_SIZE_MAX)
    hp__text_add(&text, "# a comment that says nothing at all\n");
  CHECK(parse(text.data) == NULL);
  CHECK_TEXT(error.message, "f: larger than 1024 KiB");
  const char *path = hp_test_file("large.yaml", text.data);
  CHECK_INT(hp__document_load(&arena, path, &root, &error), HP_ECONFIG);
  CHECK_HAS(error.message, "large.yaml: larger than 1024 KiB");
  hp__text_fini(&text);
  done();
}

HP_TEST(a_file_that_cannot_be_read) {
  const struct hp_node *root = NULL;
  CHECK_INT(hp__document_load(&arena, "/nonexistent/x.yaml", &root, &error), HP_ECONFIG);
  CHECK_TEXT(error.message, "/nonexistent/x.yaml: cannot be read: No such file or directory");
  CHECK(error.os_code != 0);
  CHECK_INT(hp__document_load(&arena, hp_test_directory(), &root, &error), HP_ECONFIG);
  CHECK_HAS(error.message, ": cannot be read: ");
  done();
}
