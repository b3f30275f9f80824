/* SPDX-License-Identifier: MIT */
#include "cli/report.h"
#include "cli/subcommands.h"

#include <stdio.h>

static int print(const hp_plan *plan, bool json) {
  char *text = json ? hp_plan_print_json(plan) : hp_plan_print(plan);
  if (text)
    printf("%s%s", text, json ? "\n" : "");
  hp_free(text);
  return text ? EXIT_DONE : EXIT_NOT_STARTED;
}

int cli_plan(const struct arguments *arguments) {
  hp_context *context = NULL;
  hp_plan *plan = NULL;
  hp_error *error = NULL;
  int code;
  if (hp_context_new(&context, &error) == 0 &&
      hp_plan_make(context, arguments->options, &plan, &error) == 0)
    code = print(plan, arguments->json);
  else
    code = report_failure(error);
  hp_plan_free(plan);
  hp_context_free(context);
  return code;
}
