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
  bool first = printer->out.length == 0 || printer->out.data[printer->out.length - 1] == '{';
  hp__text_add(&printer->out, first ? "" : ",");
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

static void print_line(struct printer *printer, size_t index, struct hp_text *line) {
  begin_item(printer, index);
  print_value(printer, line->data);
  hp__text_fini(line);
}

/* What the server alone is told, by words that others have made. */
static bool tells_own(const struct hp_plan *plan) {
  return hp__ready_find(&plan->ready, HP_READY_NOTIFY) ||
         hp__ready_find(&plan->ready, HP_READY_INHERIT);
}

static void print_own(struct printer *printer, const struct hp_plan *plan, size_t index) {
  const struct hp_ready *inherit = hp__ready_find(&plan->ready, HP_READY_INHERIT);
  struct hp_text line = {0};
  if (hp__ready_find(&plan->ready, HP_READY_NOTIFY)) {
    hp__text_format(&line, "NOTIFY_SOCKET=%s/%s", plan->runtime_dir, HP_NOTIFY_NAME);
    print_line(printer, index++, &line);
  }
  if (!inherit)
    return;
  hp__text_add(&line, "LISTEN_FDS=1");
  print_line(printer, index++, &line);
  hp__text_add(&line, "LISTEN_PID=<pid>");
  print_line(printer, index++, &line);
  hp__text_format(&line, "LISTEN_FDNAMES=%s",
                  inherit->name ? inherit->name : plan->definition->name);
  print_line(printer, index, &line);
}

static void print_environment(struct printer *printer, const struct hp_plan *plan) {
  size_t count = plan->environment.count;
  struct hp_text line = {0};
  if (count == 0 && !tells_own(plan))
    return;
  begin_list(printer, "environment");
  for (size_t i = 0; i < count; i++) {
    const struct hp_variable *variable = &plan->environment.items[i];
    hp__text_format(&line, "%s%s%s", variable->remove ? "unset " : "", variable->name,
                    variable->remove ? "" : "=");
    if (!variable->remove)
      hp__template_print(&line, &variable->value);
    print_line(printer, i, &line);
  }
  print_own(printer, plan, count);
  end_list(printer);
}

static void print_strings(struct printer *printer, const char *name,
                          const struct hp_strings *list) {
  if (list->count == 0)
    return;
  begin_list(printer, name);
  for (size_t i = 0; i < list->count; i++) {
    begin_item(printer, i);
    print_value(printer, list->items[i]);
  }
  end_list(printer);
}

/* What is tried when the address cannot be had. */
static void print_further(struct printer *printer, const struct hp_plan *plan) {
  size_t index = 0;
  if (!plan->next)
    return;
  begin_list(printer, "then");
  for (const struct hp_plan *next = plan->next; next; next = next->next) {
    char name[64];
    hp__choice_print(next->choice, name, sizeof name);
    begin_item(printer, index++);
    print_value(printer, name);
  }
  end_list(printer);
}

static void print_names(struct printer *printer, const char *name, const char *const *list) {
  begin_list(printer, name);
  for (size_t i = 0; list && list[i]; i++) {
    begin_item(printer, i);
    print_value(printer, list[i]);
  }
  end_list(printer);
}

static void print_limits(struct printer *printer, const struct hp_limits *limits) {
  static const char *const names[] = {"memory", "descriptors", "core", "nice"};
  size_t index = 0;
  if (limits->set == 0)
    return;
  begin_list(printer, "limits");
  for (int i = 0; i < HP_LIMIT_COUNT; i++) {
    struct hp_text line = {0};
    if (!(limits->set & (1U << i)))
      continue;
    hp__text_format(&line, "%s %" PRId64, names[i], limits->values[i]);
    print_line(printer, index++, &line);
  }
  end_list(printer);
}

static void print_inherited(struct printer *printer, const struct hp_plan *plan) {
  const struct hp_environment_policy *policy = &plan->profile.environment_policy;
  struct hp_text text = {0};
  if (printer->json) {
    if (policy->limited)
      print_names(printer, "inherited", (const char *const *)policy->names.items);
    print_names(printer, "not_inherited", hp__private_variables);
    print_text(printer, "unbundle", policy->unbundle ? "yes" : NULL);
    return;
  }
  hp__text_add(&text, policy->limited ? policy->names.count ? "of ours " : "nothing" : "ours");
  for (size_t i = 0; i < policy->names.count; i++)
    hp__text_format(&text, "%s%s", i ? ", " : "", policy->names.items[i]);
  for (size_t i = 0; hp__private_variables[i]; i++)
    hp__text_format(&text, "%s%s", i ? ", " : ", without ", hp__private_variables[i]);
  hp__text_add(&text, policy->unbundle ? ", without what a bundle has added" : "");
  print_text(printer, "inherited", text.data);
  hp__text_fini(&text);
}

/* "NAME: content", whose further lines are further in. */
static void print_files(struct printer *printer, const struct hp_plan *plan) {
  if (plan->file_count == 0)
    return;
  begin_list(printer, "files");
  for (size_t i = 0; i < plan->file_count; i++) {
    struct hp_text content = {0}, line = {0};
    hp__template_print(&content, &plan->files[i].content);
    hp__text_format(&line, "%s:", plan->files[i].name);
    for (const char *at = content.data; at && *at;) {
      int length = (int)strcspn(at, "\n");
      hp__text_format(&line, printer->json ? "\n%.*s" : "\n                  %.*s", length, at);
      at += length + (at[length] == '\n');
    }
    print_line(printer, i, &line);
    hp__text_fini(&content);
  }
  end_list(printer);
}

static const char *const rung_kinds[] = {[HP_RUNG_TETHER] = "tether",
                                         [HP_RUNG_COMMAND] = "command",
                                         [HP_RUNG_SIGNAL] = "signal",
                                         [HP_RUNG_KILL] = "kill"};

void hp__rung_print(const struct hp_rung *rung, char text[HP_RUNG_TEXT_SIZE]) {
  snprintf(text, HP_RUNG_TEXT_SIZE, "%s%s%s", rung_kinds[rung->kind], rung->signal ? " " : "",
           rung->signal ? rung->signal : "");
}

static void print_rung(struct printer *printer, size_t index, const struct hp_rung *rung) {
  struct hp_text line = {0};
  char name[HP_RUNG_TEXT_SIZE];
  hp__rung_print(rung, name);
  hp__text_add(&line, name);
  for (size_t i = 0; i < rung->command.count; i++) {
    hp__text_add(&line, " ");
    hp__template_print(&line, &rung->command.items[i]);
  }
  hp__text_format(&line, "%s%s", rung->leader ? " to the leader" : "",
                  rung->force ? ", by force" : "");
  if (rung->kind != HP_RUNG_KILL)
    hp__text_format(&line, ", then wait %" PRId64 " ms", rung->wait);
  print_line(printer, index, &line);
}

static void print_flag(struct printer *printer, const char *name, bool value) {
  if (!value)
    return;
  print_name(printer, name);
  hp__text_add(&printer->out, "true");
}

/* A program has no use for a sentence. */
static void print_rung_json(struct printer *printer, size_t index, const struct hp_rung *rung) {
  begin_item(printer, index);
  hp__text_add(&printer->out, "{");
  print_text(printer, "kind", rung_kinds[rung->kind]);
  print_text(printer, "signal", rung->signal);
  print_templates(printer, "command", &rung->command);
  print_flag(printer, "leader", rung->leader);
  print_flag(printer, "force", rung->force);
  if (rung->kind != HP_RUNG_KILL)
    print_number(printer, "wait", rung->wait, "");
  hp__text_add(&printer->out, "}");
}

static void print_ladder(struct printer *printer, const struct hp_rungs *ladder) {
  begin_list(printer, "stop");
  for (size_t i = 0; i < ladder->count; i++)
    (printer->json ? print_rung_json : print_rung)(printer, i, &ladder->items[i]);
  end_list(printer);
}

static void print_step(struct printer *printer, size_t index, const struct hp_step *step) {
  struct hp_text shown = {0};
  hp__text_format(&shown, "%s:", step->name);
  for (size_t i = 0; i < step->command.count; i++) {
    hp__text_add(&shown, " ");
    hp__template_print(&shown, &step->command.items[i]);
  }
  print_line(printer, index, &shown);
}

static void print_steps(struct printer *printer, const struct hp_plan *plan) {
  if (plan->step_count == 0)
    return;
  begin_list(printer, "after_ready");
  for (size_t i = 0; i < plan->step_count; i++)
    print_step(printer, i, &plan->steps[i]);
  end_list(printer);
}

static void print_preparation(struct printer *printer, const struct hp_plan *plan) {
  print_templates(printer, "prepare", &plan->prepare);
  if (plan->prepare.count == 0)
    return;
  print_text(printer, "creates", plan->creates);
  print_number(printer, "prepare_timeout", plan->policy.prepare_timeout, " ms");
}

/* The endpoint as far as it is known. */
static const char *describe_endpoint(const struct hp_plan *plan, char text[HP_ENDPOINT_TEXT_SIZE]) {
  bool brackets = strchr(plan->known.host, ':') != NULL;
  if (plan->known.kind == HP_ENDPOINT_TCP && plan->known.port == 0)
    snprintf(text, HP_ENDPOINT_TEXT_SIZE, "tcp://%s%s%s:<port%s>", brackets ? "[" : "",
             plan->known.host, brackets ? "]" : "",
             plan->address.child_picks ? ", picked by the server" : "");
  else if (plan->known.kind == HP_ENDPOINT_UNIX && !plan->known.path[0])
    snprintf(text, HP_ENDPOINT_TEXT_SIZE, "unix://%s/%s", plan->runtime_dir,
             plan->address.name ? plan->address.name : "s");
  else if (plan->known.kind == HP_ENDPOINT_PIPE && !plan->known.path[0])
    snprintf(text, HP_ENDPOINT_TEXT_SIZE, "npipe://./pipe/<name>");
  else
    hp_endpoint_print(&plan->known, text);
  return text;
}

static void print_named_template(struct printer *printer, const char *name,
                                 const struct hp_template *text) {
  if (text->count == 0)
    return;
  print_name(printer, name);
  print_template(printer, text);
  end_line(printer);
}

static void print_readiness(struct printer *printer, const struct hp_plan *plan) {
  char ready[HP_READY_TEXT_SIZE];
  hp__ready_describe(&plan->ready, ready);
  print_text(printer, "ready", ready);
  print_named_template(printer, "ready_line", &plan->ready.line);
  print_named_template(printer, "report", &plan->report);
  if (plan->policy.start_timeout < HP_NEVER)
    print_number(printer, "start_timeout", plan->policy.start_timeout, " ms");
}

static void print_probe(struct printer *printer, const struct hp_health_rule *health) {
  char probe[HP_READY_TEXT_SIZE], text[HP_READY_TEXT_SIZE + 64];
  hp__ready_describe(&health->probe, probe);
  if (printer->json) {
    print_name(printer, "health");
    hp__text_add(&printer->out, "{");
    print_text(printer, "kind", hp__ready_word(health->probe.kind));
    print_text(printer, "text", probe);
    print_number(printer, "interval", health->interval, "");
    print_number(printer, "timeout", health->probe.timeout, "");
    print_number(printer, "failures", health->failures, "");
    hp__text_add(&printer->out, "}");
    return;
  }
  snprintf(text, sizeof text, "%s, every %" PRId64 " ms, lost after %" PRId64, probe,
           health->interval, health->failures);
  print_text(printer, "health", text);
}

static void print_health(struct printer *printer, const struct hp_plan *plan) {
  print_text(printer, "identity", plan->requires_identity ? "required" : NULL);
  if (plan->is_wrapped)
    return;
  if (plan->health.probe.kind != HP_READY_NONE)
    print_probe(printer, &plan->health);
  if (plan->watchdog > 0)
    print_number(printer, "watchdog", plan->watchdog, " ms");
}

/* What can be had here, and what must be. */
static void print_containment(struct printer *printer, const struct hp_plan *plan) {
  print_text(printer, "containment", hp_containment_name(plan->platform->containment));
  if (plan->required_containment > HP_CONTAINMENT_NONE)
    print_text(printer, "containment_min", hp_containment_name(plan->required_containment));
}

static void print_log(struct printer *printer, const struct hp_log_rules *log) {
  print_text(printer, "log_dir", log->folder);
  if (log->folder && log->size_limit)
    print_number(printer, "log_size_limit", (int64_t)log->size_limit, " bytes");
  if (log->folder && log->max_count)
    print_number(printer, "log_max_count", (int64_t)log->max_count, "");
}

static void print_logs(struct printer *printer, const struct hp_plan *plan) {
  print_log(printer, &plan->log);
  print_text(printer, "event_log", plan->event_log);
}

static void print_lines(struct printer *printer, const struct hp_plan *plan) {
  char endpoint[HP_ENDPOINT_TEXT_SIZE];
  print_text(printer, "server", plan->definition->name);
  print_text(printer, "profile", plan->profile.name);
  print_text(printer, "file",
             !plan->source        ? NULL
             : plan->source->path ? plan->source->path
                                  : "built-in");
  print_text(printer, "executable", plan->executable);
  print_text(printer, "found", plan->executable_source);
  print_text(printer, "version", plan->version);
  print_templates(printer, "arguments", &plan->arguments);
  print_environment(printer, plan);
  print_inherited(printer, plan);
  print_files(printer, plan);
  print_text(printer, "working_dir", plan->working_dir);
  print_limits(printer, &plan->limits);
  print_text(printer, "user", plan->user.id >= 0 ? plan->user.name : NULL);
  print_text(printer, "transport", plan->transport->name);
  print_strings(printer, "fallbacks", &plan->fallbacks);
  print_further(printer, plan);
  print_text(printer, "endpoint", describe_endpoint(plan, endpoint));
  print_named_template(printer, "descriptor", &plan->descriptor);
  print_text(printer, "runtime_dir", plan->runtime_dir);
  print_text(printer, "data_dir",
             plan->data_dir         ? plan->data_dir
             : plan->needs_data_dir ? "temporary"
                                    : NULL);
  print_logs(printer, plan);
  print_preparation(printer, plan);
  print_readiness(printer, plan);
  print_steps(printer, plan);
  print_health(printer, plan);
  print_ladder(printer, &plan->stop);
  print_text(printer, "on_host_death",
             plan->host_death_signal ? plan->host_death_signal : "tether");
  print_containment(printer, plan);
  print_strings(printer, "warnings", &plan->warnings);
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
