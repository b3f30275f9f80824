/* SPDX-License-Identifier: MIT */
/* `doctor`: looks at all that a start needs, starts nothing, and says what to do about it. */
#include "cli/doctor.h"

#include "cli/report.h"
#include "cli/subcommands.h"
#include "core/error.h"
#include "core/text.h"

#include <stdio.h>
#include <string.h>

/* ---- Findings ---- */

HP_PRINTF(2, 0)
static const char *format_list(struct doctor *doctor, const char *format, va_list list) {
  struct hp_text text = {0};
  hp__text_format_list(&text, format, list);
  const char *copy = hp__arena_copy(&doctor->arena, text.data ? text.data : "");
  hp__text_fini(&text);
  return copy ? copy : "no memory";
}

static void add(struct doctor *doctor, struct finding finding) {
  struct finding *grown =
      hp__arena_grow(&doctor->arena, doctor->findings, doctor->count, sizeof *grown);
  if (!grown)
    return;
  doctor->findings = grown;
  grown[doctor->count++] = finding;
  if (finding.verdict == VERDICT_FAIL && doctor->code == EXIT_DONE)
    doctor->code = EXIT_NOT_STARTED;
}

void doctor_say(struct doctor *doctor, enum verdict verdict, const char *name, const char *format,
                ...) {
  va_list list;
  va_start(list, format);
  add(doctor, (struct finding){verdict, name, format_list(doctor, format, list), NULL});
  va_end(list);
}

void doctor_remedy(struct doctor *doctor, const char *format, ...) {
  va_list list;
  va_start(list, format);
  if (doctor->count > 0)
    doctor->findings[doctor->count - 1].remedy = format_list(doctor, format, list);
  va_end(list);
}

void doctor_fail(struct doctor *doctor, const char *name, const hp_error *error) {
  const char *cause = hp_error_cause(error), *hint = hp_error_hint(error);
  if (doctor->code == EXIT_DONE)
    doctor->code = exit_code_of(error);
  doctor_say(doctor, VERDICT_FAIL, name, "%s%s%s", hp_error_message(error), cause ? ": " : "",
             cause ? cause : "");
  if (hint)
    doctor_remedy(doctor, "%s", hint);
}

/* ---- Printing ---- */

static const char *const verdicts[] = {"ok", "warn", "fail"};

static enum verdict worst(const struct doctor *doctor) {
  enum verdict verdict = VERDICT_OK;
  for (size_t i = 0; i < doctor->count; i++)
    if (doctor->findings[i].verdict > verdict)
      verdict = doctor->findings[i].verdict;
  return verdict;
}

static void print_text(const struct doctor *doctor) {
  for (size_t i = 0; i < doctor->count; i++) {
    const struct finding *finding = &doctor->findings[i];
    printf("%-6s%-15s%s\n", verdicts[finding->verdict], finding->name, finding->text);
    if (finding->remedy)
      printf("%-21sremedy: %s\n", "", finding->remedy);
  }
}

static void add_member(struct hp_text *text, const char *separator, const char *key,
                       const char *value) {
  hp__text_format(text, "%s\"%s\":", separator, key);
  hp__text_add_json(text, value);
}

static void print_json(const struct doctor *doctor) {
  struct hp_text text = {0};
  add_member(&text, "{", "verdict", verdicts[worst(doctor)]);
  hp__text_add(&text, ",\"checks\":[");
  for (size_t i = 0; i < doctor->count; i++) {
    const struct finding *finding = &doctor->findings[i];
    add_member(&text, i ? ",{" : "{", "name", finding->name);
    add_member(&text, ",", "verdict", verdicts[finding->verdict]);
    add_member(&text, ",", "text", finding->text);
    add_member(&text, ",", "remedy", finding->remedy);
    hp__text_add(&text, "}");
  }
  hp__text_add(&text, "]}\n");
  fputs(text.data ? text.data : "", stdout);
  hp__text_fini(&text);
}

int cli_doctor(const struct arguments *arguments) {
  struct doctor doctor = {.arguments = arguments};
  hp_error *error = NULL;
  if (hp_context_new(&doctor.context, &error) < 0)
    return report_failure(error);
  doctor_look_at_system(&doctor);
  doctor_look_at_server(&doctor);
  hp_context_free(doctor.context);
  if (arguments->json)
    print_json(&doctor);
  else
    print_text(&doctor);
  hp__arena_fini(&doctor.arena);
  return doctor.code;
}
