/* SPDX-License-Identifier: MIT */
#include "config/jsonschema.h"
#include "config/tables.h"
#include "core/alloc.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

enum { DEPTH_MAX = 8 };

static void check_table(const char *schema, const struct hp_table *table, int depth) {
  for (size_t i = 0; i < table->field_count; i++) {
    const struct hp_field *field = &table->fields[i];
    char key[64], where[128];
    snprintf(key, sizeof key, "\"%s\":{", field->key);
    snprintf(where, sizeof where, "%s of %s", field->key, table->what);
    hp_test_check_has(schema, key, where, __FILE__, __LINE__);
    const char *description = field->description ? field->description : "";
    size_t length = strlen(description);
    hp_test_check(length > 8 && description[length - 1] == '.', where, __FILE__, __LINE__);
    if (field->table && depth < DEPTH_MAX && field->read != hp__field_section &&
        field->table != table)
      check_table(schema, field->table, depth + 1);
  }
}

HP_TEST(every_key_is_in_it_with_a_sentence) {
  char *schema = hp__schema_print();
  REQUIRE(schema != NULL);
  check_table(schema, &hp__root_table, 0);
  check_table(schema, &hp__rung_table, 0);
  check_table(schema, &hp__choice_table, 0);
  hp__free(schema);
}

/* A key whose form nobody knows would be accepted whatever it is. */
HP_TEST(every_key_has_a_form) {
  char *schema = hp__schema_print();
  REQUIRE(schema != NULL);
  CHECK(strstr(schema, ":{,") == NULL);
  CHECK(strstr(schema, ":{}") == NULL);
  CHECK(strstr(schema, "{\"description\":\"") == NULL);
  hp__free(schema);
}
