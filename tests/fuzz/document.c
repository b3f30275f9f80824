/* SPDX-License-Identifier: MIT */
/* YAML to a tree of nodes, within the limits that it promises. */
#include "tests/fuzz/fuzz.h"

#include "config/document.h"
#include "core/error.h"

static size_t count_nodes(const struct hp_node *node, int depth) {
  size_t count = 1;
  EXPECT(depth <= HP_DOCUMENT_DEPTH_MAX);
  for (const struct hp_node *child = node->first; child; child = child->next) {
    EXPECT(node->kind == HP_NODE_SEQUENCE || child->key);
    count += count_nodes(child, depth + 1);
  }
  return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct hp_arena arena = {0};
  struct hp_error error = {0};
  const struct hp_node *root = NULL;
  char *text = fuzz_text(data, size);
  int result = hp__document_parse(&arena, "f", text, size, &root, &error);
  if (result == 0 && root)
    EXPECT(count_nodes(root, 0) <= HP_DOCUMENT_NODES_MAX + 1);
  else if (result < 0)
    EXPECT(error.message && strncmp(error.message, "f:", 2) == 0);
  hp__error_fini(&error);
  hp__arena_fini(&arena);
  free(text);
  return 0;
}
