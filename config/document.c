/* SPDX-License-Identifier: MIT */
#include "config/document.h"

#include "core/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <yaml.h>

struct anchor {
  const char *name;
  const struct hp_node *node; /* NULL while it is being read */
  struct anchor *next;
};

struct parse {
  yaml_parser_t parser;
  struct hp_arena *arena;
  const char *file, *text;
  struct anchor *anchors;
  size_t total; /* nodes so far, aliases expanded */
  int depth;
  hp_error *error;
};

static struct hp_position place(const struct parse *parse, yaml_mark_t mark) {
  return (struct hp_position){parse->file, (int)mark.line + 1, (int)mark.column + 1};
}

/* libyaml names a byte where it cannot read on, not a line. */
static struct hp_position place_of_byte(const struct parse *parse, size_t offset) {
  struct hp_position position = {parse->file, 1, 1};
  for (size_t i = 0; i < offset; i++) {
    if (parse->text[i] == '\n') {
      position.line++;
      position.column = 1;
    } else if (((unsigned char)parse->text[i] & 0xC0) != 0x80) {
      position.column++;
    }
  }
  return position;
}

static int refuse(struct parse *parse) {
  const yaml_parser_t *p = &parse->parser;
  if (p->error == YAML_MEMORY_ERROR)
    return hp__out_of_memory(parse->error);
  if (p->error == YAML_READER_ERROR)
    return hp__mistake(parse->error, place_of_byte(parse, p->problem_offset), "not valid UTF-8: %s",
                       p->problem);
  return hp__mistake(parse->error, place(parse, p->problem_mark), "not valid YAML: %s%s%s",
                     p->problem, p->context ? " " : "", p->context ? p->context : "");
}

static int next_event(struct parse *parse, yaml_event_t *event) {
  return yaml_parser_parse(&parse->parser, event) ? 0 : refuse(parse);
}

/* Before the node is built: a node that contains itself is then seen. */
static struct anchor *add_anchor(struct parse *parse, const yaml_char_t *name) {
  struct anchor *anchor = hp__arena_alloc(parse->arena, sizeof *anchor);
  if (!anchor)
    return NULL;
  anchor->name = hp__arena_copy(parse->arena, (const char *)name);
  if (!anchor->name)
    return NULL;
  anchor->next = parse->anchors;
  return parse->anchors = anchor;
}

static int weigh(struct parse *parse, const struct hp_node *node, size_t weight) {
  parse->total += weight;
  if (parse->total <= HP_DOCUMENT_NODES_MAX)
    return 0;
  return hp__mistake(parse->error, node->position,
                     "more than %d values, aliases counted as written out", HP_DOCUMENT_NODES_MAX);
}

static int read_alias(struct parse *parse, const yaml_event_t *event, struct hp_node *node) {
  const char *name = (const char *)event->data.alias.anchor;
  const struct anchor *anchor = parse->anchors;
  while (anchor && strcmp(anchor->name, name) != 0)
    anchor = anchor->next;
  if (!anchor)
    return hp__mistake(parse->error, node->position, "unknown alias '*%s'", name);
  if (!anchor->node)
    return hp__mistake(parse->error, node->position, "alias '*%s' stands inside its own anchor",
                       name);
  struct hp_position position = node->position;
  *node = *anchor->node;
  node->position = position;
  node->key = NULL;
  node->next = NULL;
  return weigh(parse, node, node->weight);
}

static int read_scalar(struct parse *parse, const yaml_event_t *event, struct hp_node *node) {
  const char *value = (const char *)event->data.scalar.value;
  size_t length = event->data.scalar.length;
  node->kind = HP_NODE_SCALAR;
  node->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
  node->weight = 1;
  if (memchr(value, '\0', length))
    return hp__mistake(parse->error, node->position, "a text cannot hold a NUL byte");
  node->text = hp__arena_slice(parse->arena, value, length);
  return node->text ? weigh(parse, node, 1) : hp__out_of_memory(parse->error);
}

static int read_node(struct parse *parse, const yaml_event_t *event, struct hp_node **result);

static int read_entry_key(struct parse *parse, const yaml_event_t *event, const struct hp_node *map,
                          const char **key) {
  struct hp_position position = place(parse, event->start_mark);
  struct hp_node *node = NULL;
  if (event->type != YAML_SCALAR_EVENT)
    return hp__mistake(parse->error, position, "a key must be a plain text");
  int result = read_node(parse, event, &node);
  if (result != 0)
    return result;
  if (node->text[0] == '\0')
    return hp__mistake(parse->error, position, "a key must not be empty");
  const struct hp_node *other = hp__node_find(map, node->text);
  if (other)
    return hp__mistake(parse->error, position, "duplicate key '%s', first at %d:%d", node->text,
                       other->key_position.line, other->key_position.column);
  *key = node->text;
  return 0;
}

static void append(struct hp_node *node, struct hp_node *child, struct hp_node **last) {
  if (*last)
    (*last)->next = child;
  else
    node->first = child;
  *last = child;
  node->count++;
  node->weight += child->weight;
}

static int read_child(struct parse *parse, yaml_event_t *event, struct hp_node *node,
                      struct hp_node **last) {
  const char *key = NULL;
  struct hp_position key_position = place(parse, event->start_mark);
  int result = 0;
  if (node->kind == HP_NODE_MAPPING) {
    result = read_entry_key(parse, event, node, &key);
    if (result != 0)
      return result;
    yaml_event_delete(event);
    memset(event, 0, sizeof *event);
    result = next_event(parse, event);
    if (result != 0)
      return result;
  }
  struct hp_node *child = NULL;
  result = read_node(parse, event, &child);
  if (result != 0)
    return result;
  child->key = key;
  child->key_position = key_position;
  append(node, child, last);
  return 0;
}

static int read_children(struct parse *parse, struct hp_node *node) {
  struct hp_node *last = NULL;
  int result = weigh(parse, node, 1);
  if (++parse->depth > HP_DOCUMENT_DEPTH_MAX)
    return hp__mistake(parse->error, node->position, "nested deeper than %d levels",
                       HP_DOCUMENT_DEPTH_MAX);
  node->weight = 1;
  for (bool end = false; result == 0 && !end;) {
    yaml_event_t event;
    memset(&event, 0, sizeof event);
    result = next_event(parse, &event);
    end = event.type == YAML_SEQUENCE_END_EVENT || event.type == YAML_MAPPING_END_EVENT;
    if (result == 0 && !end)
      result = read_child(parse, &event, node, &last);
    yaml_event_delete(&event);
  }
  parse->depth--;
  return result;
}

static void annotations(const yaml_event_t *event, const yaml_char_t **anchor,
                        const yaml_char_t **tag) {
  if (event->type == YAML_SCALAR_EVENT) {
    *anchor = event->data.scalar.anchor;
    *tag = event->data.scalar.tag;
  } else if (event->type == YAML_SEQUENCE_START_EVENT) {
    *anchor = event->data.sequence_start.anchor;
    *tag = event->data.sequence_start.tag;
  } else if (event->type == YAML_MAPPING_START_EVENT) {
    *anchor = event->data.mapping_start.anchor;
    *tag = event->data.mapping_start.tag;
  }
}

static int read_content(struct parse *parse, const yaml_event_t *event, struct hp_node *node) {
  if (event->type == YAML_ALIAS_EVENT)
    return read_alias(parse, event, node);
  if (event->type == YAML_SCALAR_EVENT)
    return read_scalar(parse, event, node);
  node->kind = event->type == YAML_MAPPING_START_EVENT ? HP_NODE_MAPPING : HP_NODE_SEQUENCE;
  return read_children(parse, node);
}

static int read_node(struct parse *parse, const yaml_event_t *event, struct hp_node **result) {
  const yaml_char_t *name = NULL, *tag = NULL;
  struct anchor *anchor = NULL;
  struct hp_node *node = hp__arena_alloc(parse->arena, sizeof *node);
  if (!node)
    return hp__out_of_memory(parse->error);
  *result = node;
  node->position = place(parse, event->start_mark);
  annotations(event, &name, &tag);
  if (tag)
    return hp__mistake(parse->error, node->position, "a tag ('%s') has no meaning here",
                       (const char *)tag);
  if (name && !(anchor = add_anchor(parse, name)))
    return hp__out_of_memory(parse->error);
  int code = read_content(parse, event, node);
  if (anchor)
    anchor->node = node;
  return code;
}

/* The next event that is content or an end: stream and document marks say nothing here. */
static int skip_marks(struct parse *parse, yaml_event_t *event) {
  int result;
  while ((result = next_event(parse, event)) == 0 &&
         (event->type == YAML_STREAM_START_EVENT || event->type == YAML_DOCUMENT_START_EVENT ||
          event->type == YAML_DOCUMENT_END_EVENT))
    yaml_event_delete(event);
  return result;
}

static int read_root(struct parse *parse, struct hp_node **root) {
  yaml_event_t event;
  memset(&event, 0, sizeof event);
  int result = skip_marks(parse, &event);
  if (result == 0 && event.type == YAML_STREAM_END_EVENT)
    result = hp__mistake(parse->error, (struct hp_position){parse->file, 1, 1},
                         "empty; it needs at least 'version: 1'");
  if (result == 0)
    result = read_node(parse, &event, root);
  yaml_event_delete(&event);
  memset(&event, 0, sizeof event);
  if (result == 0)
    result = skip_marks(parse, &event);
  if (result == 0 && event.type != YAML_STREAM_END_EVENT)
    result = hp__mistake(parse->error, place(parse, event.start_mark),
                         "a second YAML document; one file holds one");
  yaml_event_delete(&event);
  return result;
}

static int refuse_size(const char *file, hp_error *error) {
  return hp__mistake(error, (struct hp_position){file, 0, 0}, "larger than %d KiB",
                     HP_DOCUMENT_SIZE_MAX / 1024);
}

int hp__document_parse(struct hp_arena *arena, const char *file, const char *text, size_t length,
                       const struct hp_node **root, hp_error *error) {
  struct parse parse = {.arena = arena, .file = file, .text = text, .error = error};
  struct hp_node *node = NULL;
  if (length > HP_DOCUMENT_SIZE_MAX)
    return refuse_size(file, error);
  if (!yaml_parser_initialize(&parse.parser))
    return hp__out_of_memory(error);
  yaml_parser_set_encoding(&parse.parser, YAML_UTF8_ENCODING);
  yaml_parser_set_input_string(&parse.parser, (const unsigned char *)text, length);
  int result = read_root(&parse, &node);
  yaml_parser_delete(&parse.parser);
  *root = node;
  return result;
}

static int refuse_file(const char *file, int code, hp_error *error) {
  int result =
      hp__mistake(error, (struct hp_position){file, 0, 0}, "cannot be read: %s", strerror(code));
  hp_error_set_os_code(error, code);
  return result;
}

/* The whole stream, and one byte more than is allowed where there is that much. */
static int read_all(FILE *stream, const char *file, struct hp_text *text, hp_error *error) {
  char buffer[8192];
  size_t got;
  errno = 0;
  while (text->length <= HP_DOCUMENT_SIZE_MAX &&
         (got = fread(buffer, 1, sizeof buffer, stream)) > 0)
    hp__text_add_slice(text, buffer, got);
  if (ferror(stream))
    return refuse_file(file, errno, error);
  return text->failed ? hp__out_of_memory(error) : 0;
}

int hp__document_load(struct hp_arena *arena, const char *file, const struct hp_node **root,
                      hp_error *error) {
  FILE *stream = fopen(file, "rb");
  struct hp_text text = {0};
  if (!stream)
    return refuse_file(file, errno, error);
  int result = read_all(stream, file, &text, error);
  fclose(stream);
  if (result == 0)
    result = hp__document_parse(arena, file, text.data ? text.data : "", text.length, root, error);
  hp__text_fini(&text);
  return result;
}

const struct hp_node *hp__node_find(const struct hp_node *node, const char *key) {
  if (!node || node->kind != HP_NODE_MAPPING)
    return NULL;
  for (const struct hp_node *child = node->first; child; child = child->next)
    if (strcmp(child->key, key) == 0)
      return child;
  return NULL;
}

bool hp__node_is_null(const struct hp_node *node) {
  static const char *const words[] = {"", "~", "null", "Null", "NULL"};
  if (node->kind != HP_NODE_SCALAR || !node->plain)
    return false;
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (strcmp(node->text, words[i]) == 0)
      return true;
  return false;
}
