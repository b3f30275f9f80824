/* SPDX-License-Identifier: MIT */
/* The plan for a person and as JSON, both out of one list of lines. Secrets are never shown: they
 * do not exist before the launch. */
#include "core/plan.h"
#include "core/readiness.h"

#include "core/alloc.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct printer {
  struct hp_text out;
  bool json;
};

static void print_name(struct printer *printer, const char *name) {
  if (!printer->json) {
    hp__text_format(&printer->out, "%-16s", name);
    return;
  }
  hp__text_add(&printer->out, printer->out.length > 1 ? "," : "");
  hp__text_add_json(&printer->out, name);
  hp__text_add(&printer->out, ":");
}

static void print_value(struct printer *printer, const char *value) {
  if (printer->json)
    hp__text_add_json(&printer->out, value);
  else
    hp__text_add(&printer->out, value ? value : "");
}

static void end_line(struct printer *printer) {
  if (!printer->json)
    hp__text_add(&printer->out, "\n");
}

static void print_text(struct printer *printer, const char *name, const char *value) {
  if (!value)
    return;
  print_name(printer, name);
  print_value(printer, value);
  end_line(printer);
}

static void print_number(struct printer *printer, const char *name, int64_t value,
                         const char *unit) {
  print_name(printer, name);
  hp__text_format(&printer->out, "%" PRId64 "%s", value, printer->json ? "" : unit);
  end_line(printer);
}

static void print_template(struct printer *printer, const struct hp_template *text) {
  struct hp_text shown = {0};
  hp__template_print(&shown, text);
  print_value(printer, shown.data ? shown.data : "");
  hp__text_fini(&shown);
}

/* One item a line, below the name. */
static void begin_list(struct printer *printer, const char *name) {
  print_name(printer, name);
  hp__text_add(&printer->out, printer->json ? "[" : "");
}

static void begin_item(struct printer *printer, size_t index) {
  if (printer->json)
    hp__text_add(&printer->out, index ? "," : "");
  else
    hp__text_format(&printer->out, "%s", index ? "\n                " : "");
}

static void end_list(struct printer *printer) {
  hp__text_add(&printer->out, printer->json ? "]" : "\n");
}

static void print_templates(struct printer *printer, const char *name,
                            const struct hp_templates *list) {
  if (list->count == 0)
    return;
  begin_list(printer, name);
  for (size_t i = 0; i < list->count; i++) {
    begin_item(printer, i);
    print_template(printer, &list->items[i]);
  }
  end_list(printer);
}

static void print_environment(struct printer *printer, const struct hp_plan *plan) {
  if (plan->environment.count == 0)
    return;
  begin_list(printer, "environment");
  for (size_t i = 0; i < plan->environment.count; i++) {
    const struct hp_variable *variable = &plan->environment.items[i];
    struct hp_text line = {0};
    begin_item(printer, i);
    hp__text_format(&line, "%s%s%s", variable->remove ? "unset " : "", variable->name,
                    variable->remove ? "" : "=");
    if (!variable->remove)
      hp__template_print(&line, &variable->value);
    print_value(printer, line.data);
    hp__text_fini(&line);
  }
  end_list(printer);
}

static void print_ladder(struct printer *printer, const struct hp_rungs *ladder) {
  static const char *const kinds[] = {"tether", "command", "signal", "kill"};
  begin_list(printer, "stop");
  for (size_t i = 0; i < ladder->count; i++) {
    const struct hp_rung *rung = &ladder->items[i];
    char line[128];
    int length = snprintf(line, sizeof line, "%s%s%s%s", kinds[rung->kind], rung->signal ? " " : "",
                          rung->signal ? rung->signal : "", rung->leader ? " to the leader" : "");
    if (rung->kind != HP_RUNG_KILL)
      snprintf(line + length, sizeof line - (size_t)length, ", then wait %" PRId64 " ms",
               rung->wait);
    begin_item(printer, i);
    print_value(printer, line);
  }
  end_list(printer);
}

/* The endpoint as far as it is known. */
static const char *describe_endpoint(const struct hp_plan *plan, char text[HP_ENDPOINT_TEXT_SIZE]) {
  if (plan->known.kind == HP_ENDPOINT_TCP && plan->known.port == 0)
    snprintf(text, HP_ENDPOINT_TEXT_SIZE, "tcp://%s:<port%s>", plan->known.host,
             plan->address.child_picks ? ", picked by the server" : "");
  else if (plan->known.kind == HP_ENDPOINT_UNIX && !plan->known.path[0])
    snprintf(text, HP_ENDPOINT_TEXT_SIZE, "unix://%s/%s", plan->runtime_dir,
             plan->address.name ? plan->address.name : "s");
  else
    hp_endpoint_print(&plan->known, text);
  return text;
}

static void print_descriptor(struct printer *printer, const struct hp_plan *plan) {
  if (plan->descriptor.count == 0)
    return;
  print_name(printer, "descriptor");
  print_template(printer, &plan->descriptor);
  end_line(printer);
}

static void print_lines(struct printer *printer, const struct hp_plan *plan) {
  char endpoint[HP_ENDPOINT_TEXT_SIZE];
  print_text(printer, "server", plan->definition->name);
  print_text(printer, "profile", plan->profile.name);
  print_text(printer, "file", plan->source->path ? plan->source->path : "built-in");
  print_text(printer, "executable", plan->executable);
  print_text(printer, "found", plan->executable_source);
  print_templates(printer, "arguments", &plan->arguments);
  print_environment(printer, plan);
  print_text(printer, "working_dir", plan->working_dir);
  print_text(printer, "user", plan->user.id >= 0 ? plan->user.name : NULL);
  print_text(printer, "transport", plan->transport->name);
  print_text(printer, "endpoint", describe_endpoint(plan, endpoint));
  print_descriptor(printer, plan);
  print_text(printer, "data_dir",
             plan->data_dir         ? plan->data_dir
             : plan->needs_data_dir ? "temporary"
                                    : NULL);
  print_templates(printer, "prepare", &plan->prepare);
  print_text(printer, "ready", hp__ready_text(plan->ready.kind));
  print_number(printer, "start_timeout", plan->policy.start_timeout, " ms");
  print_ladder(printer, &plan->stop);
  print_text(printer, "on_host_death",
             plan->host_death_signal ? plan->host_death_signal : "tether");
}

char *hp_plan_print(const hp_plan *plan) {
  struct printer printer = {.json = false};
  print_lines(&printer, plan);
  return hp__text_take(&printer.out);
}

char *hp_plan_print_json(const hp_plan *plan) {
  struct printer printer = {.json = true};
  hp__text_add(&printer.out, "{");
  print_lines(&printer, plan);
  hp__text_add(&printer.out, "}");
  return hp__text_take(&printer.out);
}
