/* SPDX-License-Identifier: MIT */
/* The keys of a step: a program that runs once the server is ready, before anybody is told. */
#include "config/tables.h"

#include <string.h>

#define IN_STEP(member) .offset = offsetof(struct hp_step, member)

static const struct hp_field step_fields[] = {
    {.key = "name",
     .description = "What it is called in events and errors; the program's name without it.",
     .read = hp__field_string,
     IN_STEP(name),
     .flags = HP_FIELD_FILLED},
    {.key = "command",
     .description = "Program and arguments; status 0 is success.",
     .read = hp__field_templates,
     IN_STEP(command.items),
     .count = offsetof(struct hp_step, command.count),
     .flags = HP_FIELD_REQUIRED | HP_FIELD_FILLED},
    {.key = "environment",
     .description = "Added to our own environment.",
     .read = hp__field_variables,
     IN_STEP(environment)},
    {.key = "working_dir",
     .description = "Where it runs; without it the folder of the file that says the step.",
     .read = hp__field_path,
     IN_STEP(working_dir),
     .flags = HP_FIELD_FILLED},
    {.key = "timeout",
     .description = "Time that it may take, within that of the start.",
     .read = hp__field_duration,
     IN_STEP(timeout),
     .flags = HP_FIELD_FILLED},
};

/* NULL: it is only known when all variables are. */
static const char *program_of(const struct hp_step *step) {
  const struct hp_template *first = &step->command.items[0];
  return first->count == 1 ? first->segments[0].literal : NULL;
}

/* "./migrate" is beside the file that says so. */
static int place_program(const struct hp_reader *reader, const struct hp_node *node,
                         struct hp_step *step) {
  const char *program = program_of(step);
  if (!program || !strpbrk(program, "/\\"))
    return 0;
  struct hp_segment *segment = hp__arena_alloc(reader->arena, sizeof *segment);
  if (!segment)
    return hp__out_of_memory(reader->error);
  segment->literal = hp__path_beside(reader->arena, node->position.file, program);
  step->command.items[0].segments = segment;
  return segment->literal ? 0 : hp__out_of_memory(reader->error);
}

static const char *last_part(const char *path) {
  const char *part = path;
  for (; *path; path++)
    if (*path == '/' || *path == '\\')
      part = path + 1;
  return part;
}

static int check_step(const struct hp_reader *reader, const struct hp_node *node, void *record) {
  struct hp_step *step = record;
  const char *program = program_of(step);
  if (!step->name)
    step->name = program ? last_part(program) : "step";
  if (!step->working_dir)
    step->working_dir = hp__path_beside(reader->arena, node->position.file, ".");
  return step->working_dir ? place_program(reader, node, step) : hp__out_of_memory(reader->error);
}

const struct hp_table hp__step_table = {.what = "step",
                                        .fields = step_fields,
                                        .field_count = HP_COUNT(step_fields),
                                        .size = sizeof(struct hp_step),
                                        .where = offsetof(struct hp_step, position),
                                        .check = check_step};
