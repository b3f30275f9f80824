/* SPDX-License-Identifier: MIT */
/* Every key of the tables that read YAML, with what docs/manual/words.c says of it. */
#include "config/catalog.h"
#include "config/tables.h"
#include "core/error.h"
#include "docs/manual/manual.h"

#include <string.h>

enum { PATH_SIZE = 160 };

struct walk {
  FILE *page;
  const char *directory;
  bool good;      /* every example can be read */
  bool whole;     /* every key has its words */
  bool said[256]; /* which words had a key */
};

/* ---- what a value is ---- */

static const struct {
  hp_field_reader read;
  const char *text;
} kinds[] = {
    {hp__field_string, "text"},
    {hp__field_word, "word"},
    {hp__field_enum, "word"},
    {hp__field_bool, "yes or no"},
    {hp__field_true, "`true`"},
    {hp__field_duration, "duration"},
    {hp__field_template, "text with variables"},
    {hp__field_strings, "list of texts"},
    {hp__field_templates, "list of texts with variables"},
    {hp__field_variables, "mapping of texts with variables"},
    {hp__field_path, "path"},
    {hp__field_table, "mapping"},
    {hp__field_section, "mapping"},
    {hp__field_list, "list of mappings"},
    {hp__field_map, "mapping by name"},
    {hp__field_rungs, "list of mappings"},
    {hp__field_signal, "name of a signal"},
    {hp__field_files, "mapping by name"},
    {hp__field_secrets, "list of names"},
    {hp__field_transports, "text, mapping, or a list of them"},
    {hp__field_extends, "name or mapping"},
};

static const char *kind_of(const struct hp_field *field) {
  for (size_t i = 0; i < HP_COUNT(kinds); i++)
    if (kinds[i].read == field->read)
      return kinds[i].text;
  return "value";
}

static void print_kind(FILE *page, const struct hp_field *field) {
  if (field->words) {
    const char *between = "";
    for (const char *const *word = field->words; *word; word++, between = ", ")
      fprintf(page, "%s`%s`", between, *word);
  } else {
    fputs(kind_of(field), page);
  }
  if (field->flags & HP_FIELD_REQUIRED)
    fputs("; required", page);
}

/* ---- its words ---- */

/* What an example stands on: a server or a profile that is whole without it. */
static const char *basis_of(const char *path, const char *example) {
  if (strstr(example, "extends:") || strncmp(example, "server:", 7) == 0)
    return "";
  if (strncmp(path, "server", 6) != 0)
    return "    server: echo\n";
  return strstr(example, "tether") || strstr(example, "callback") ? "    extends: echo\n"
                                                                  : "    extends: redis\n";
}

static const char *whole_file(const char *path, const char *example) {
  static char text[4096];
  bool server = strncmp(path, "server", 6) == 0;
  size_t length = (size_t)snprintf(text, sizeof text, "version: 1\n%s:\n  example:\n%s",
                                   server ? "servers" : "profiles", basis_of(path, example));
  for (const char *line = example; *line && length + 256 < sizeof text;) {
    size_t size = strcspn(line, "\n");
    length += (size_t)snprintf(text + length, sizeof text - length, "    %.*s\n", (int)size, line);
    line += size + (line[size] == '\n');
  }
  return text;
}

static bool can_be_read(const struct walk *walk, const struct key_words *words) {
  struct hp_catalog catalog = {0};
  hp_error error = {0};
  const char *file = write_file(walk->directory, whole_file(words->path, words->example));
  int result = file ? hp__catalog_load(&catalog, file, NULL, &error) : HP_EIO;
  if (result != 0)
    fprintf(stderr, "hp-manual: the example of %s: %s\n", words->path,
            file ? hp_error_message(&error) : "not written");
  hp__catalog_fini(&catalog);
  hp__error_fini(&error);
  return result == 0;
}

static const struct key_words *find_words(struct walk *walk, const char *path) {
  for (size_t i = 0; i < key_words_count; i++)
    if (strcmp(key_words[i].path, path) == 0) {
      walk->said[i] = true;
      return &key_words[i];
    }
  return NULL;
}

static void print_field(struct walk *walk, const struct hp_field *field, const char *path) {
  const struct key_words *words = find_words(walk, path);
  fprintf(walk->page, "### `%s`\n\n", path);
  print_kind(walk->page, field);
  if (!words) {
    fputs(".\n\n", walk->page);
    fprintf(stderr, "hp-manual: nothing is said of '%s': add it to docs/manual/words.c\n", path);
    walk->whole = false;
    return;
  }
  fprintf(walk->page, ". %s\n\n```yaml\n%s\n```\n\n", words->text, words->example);
  walk->good = can_be_read(walk, words) && walk->good;
}

/* ---- the walk ---- */

static void print_table(struct walk *walk, const struct hp_table *table, const char *prefix);

/* Some readers know their table themselves. */
static const struct hp_table *table_of(const struct hp_field *field) {
  return field->read == hp__field_section      ? NULL /* the same keys once more */
         : field->read == hp__field_rungs      ? &hp__rung_table
         : field->read == hp__field_transports ? &hp__choice_table
                                               : field->table;
}

static void print_below(struct walk *walk, const struct hp_table *table,
                        const struct hp_field *field, const char *path) {
  char below[PATH_SIZE + 8];
  const struct hp_table *inner = table_of(field);
  bool is_list = field->read == hp__field_list || field->read == hp__field_rungs;
  bool is_told = strcmp(path, "profile.stop") == 0 || /* with the server's */
                 strcmp(path, "profile.health") == 0;
  if (!inner || inner == table || is_told)
    return;
  snprintf(below, sizeof below, "%s%s", path,
           field->read == hp__field_map ? ".NAME"
           : is_list                    ? "[]"
                                        : "");
  print_table(walk, inner, below);
}

static void print_table(struct walk *walk, const struct hp_table *table, const char *prefix) {
  for (size_t i = 0; i < table->field_count; i++) {
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s.%s", prefix, table->fields[i].key);
    print_field(walk, &table->fields[i], path);
    print_below(walk, table, &table->fields[i], path);
  }
}

bool write_keys(FILE *page, const char *directory, bool complete) {
  struct walk walk = {.page = page, .directory = directory, .good = true, .whole = true};
  fputs("# Every key\n\nMade by `cmake --build build/dev --target manual` of the tables that read "
        "them; each example is read while this is made. What the values mean together is in "
        "[definitions.md](../definitions.md) and [profiles.md](../profiles.md). An example stands "
        "below the name of a server (`servers: {mydb: …}`) or of a profile (`profiles: {mine: "
        "…}`).\n\n## Of a server\n\n",
        page);
  print_table(&walk, &hp__definition_table, "server");
  fputs("## Of a profile\n\n", page);
  print_table(&walk, &hp__profile_table, "profile");
  for (size_t i = 0; i < key_words_count; i++)
    if (!walk.said[i]) {
      fprintf(stderr, "hp-manual: there is no key '%s'\n", key_words[i].path);
      walk.good = false;
    }
  return walk.good && (walk.whole || !complete);
}
