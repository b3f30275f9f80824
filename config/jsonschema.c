/* SPDX-License-Identifier: MIT */
/* The tables of keys as a JSON Schema, for editors. It knows every key and the form of its value;
 * what keys mean together is left to the reader, who has better words for it. No key is required
 * but the version: what is missing in one place may come by `extends` or a section. */
#include "config/jsonschema.h"

#include "config/tables.h"

#define SCALAR_FORM "\"type\":[\"string\",\"number\",\"boolean\"]"
#define TEXTS "\"anyOf\":[{" SCALAR_FORM "},{\"type\":\"array\",\"items\":{" SCALAR_FORM "}}]"
#define TRUE_ALONE "\"enum\":[true,\"true\"]"

static const struct {
  hp_field_reader read;
  const char *schema;
} forms[] = {
    {hp__field_string, SCALAR_FORM},
    {hp__field_path, SCALAR_FORM},
    {hp__field_template, SCALAR_FORM},
    {hp__field_setting_name, SCALAR_FORM},
    {hp__field_strings, TEXTS},
    {hp__field_templates, TEXTS},
    {hp__field_secrets, TEXTS},
    {hp__field_signal, "\"type\":\"string\""},
    {hp__field_bool, "\"enum\":[true,false,\"yes\",\"no\",\"true\",\"false\",\"on\",\"off\"]"},
    {hp__field_true, TRUE_ALONE},
    {hp__field_duration, "\"type\":\"string\",\"pattern\":\"^[0-9]+(ms|s|m|h|d)$\""},
    {hp__field_variables, "\"type\":\"object\",\"additionalProperties\":{\"anyOf\":[{" SCALAR_FORM
                          "},{\"type\":\"object\",\"properties\":{\"unset\":{" TRUE_ALONE
                          "}},\"required\":[\"unset\"],\"additionalProperties\":false}]}"},
    {hp__field_files, "\"type\":\"object\",\"additionalProperties\":{\"type\":\"object\","
                      "\"additionalProperties\":{" SCALAR_FORM "}}"},
    {hp__field_extends,
     "\"anyOf\":[{" SCALAR_FORM "},{\"type\":\"object\",\"properties\":{\"file\":{" SCALAR_FORM
     "},\"name\":{" SCALAR_FORM "}},\"required\":[\"file\"],\"additionalProperties\":false}]"},
};

static void print_table(struct hp_text *out, const struct hp_table *table);

/* Tables that hold themselves stand once, under their names. */
static const struct hp_table *const named[] = {&hp__definition_table, &hp__profile_table,
                                               &hp__ready_table, &hp__setting_table,
                                               &hp__rung_table};

static void print_record(struct hp_text *out, const struct hp_table *table) {
  for (size_t i = 0; i < HP_COUNT(named); i++)
    if (named[i] == table) {
      hp__text_format(out, "\"$ref\":\"#/$defs/%s\"", table->what);
      return;
    }
  print_table(out, table);
}

static void print_around(struct hp_text *out, const char *before, const struct hp_table *table,
                         const char *after) {
  hp__text_add(out, before);
  print_record(out, table);
  hp__text_add(out, after);
}

static void print_words(struct hp_text *out, const char *const *words) {
  hp__text_add(out, "\"enum\":[");
  for (size_t i = 0; words[i]; i++) {
    hp__text_add(out, i ? "," : "");
    hp__text_add_json(out, words[i]);
  }
  hp__text_add(out, "]");
}

static void print_transports(struct hp_text *out) {
  print_around(out, "\"anyOf\":[{" SCALAR_FORM "},{", &hp__choice_table, "},{\"type\":\"array\",");
  print_around(out, "\"items\":{\"anyOf\":[{" SCALAR_FORM "},{", &hp__choice_table, "}]}}]");
}

static void print_form(struct hp_text *out, const struct hp_field *field) {
  for (size_t i = 0; i < HP_COUNT(forms); i++)
    if (forms[i].read == field->read)
      hp__text_add(out, forms[i].schema);
}

static void print_value(struct hp_text *out, const struct hp_field *field) {
  static const char list[] = "\"type\":\"array\",\"items\":{";
  static const char map[] = "\"type\":\"object\",\"additionalProperties\":{";
  if (field->schema)
    hp__text_add(out, field->schema);
  else if (field->words)
    print_words(out, field->words);
  else if (field->read == hp__field_rungs)
    print_around(out, list, &hp__rung_table, "}");
  else if (field->read == hp__field_transports)
    print_transports(out);
  else if (field->read == hp__field_list)
    print_around(out, list, field->table, "}");
  else if (field->read == hp__field_map || field->read == hp__field_node)
    print_around(out, map, field->table, "}");
  else if (field->table)
    print_record(out, field->table);
  else
    print_form(out, field);
}

static void print_table(struct hp_text *out, const struct hp_table *table) {
  hp__text_add(out, "\"type\":\"object\",\"additionalProperties\":false,\"properties\":{");
  for (size_t i = 0; i < table->field_count; i++) {
    const struct hp_field *field = &table->fields[i];
    hp__text_add(out, i ? ",\n" : "\n");
    hp__text_add_json(out, field->key);
    hp__text_add(out, ":{");
    print_value(out, field);
    if (field->description) {
      hp__text_add(out, ",\"description\":");
      hp__text_add_json(out, field->description);
    }
    hp__text_add(out, "}");
  }
  hp__text_add(out, "}");
}

char *hp__schema_print(void) {
  struct hp_text out = {0};
  hp__text_add(&out, "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\","
                     "\"title\":\"hyperprocess: servers and profiles\","
                     "\"required\":[\"version\"],\"$defs\":{");
  for (size_t i = 0; i < HP_COUNT(named); i++) {
    hp__text_format(&out, "%s\n\"%s\":{", i ? "," : "", named[i]->what);
    print_table(&out, named[i]);
    hp__text_add(&out, "}");
  }
  hp__text_add(&out, "},\n");
  print_table(&out, &hp__root_table);
  hp__text_add(&out, "}\n");
  return hp__text_take(&out);
}
