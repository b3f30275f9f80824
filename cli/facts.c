/* SPDX-License-Identifier: MIT */
#include "cli/facts.h"

#include "core/alloc.h"
#include "core/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void facts_collect(struct facts *facts, hp_process *process) {
  uint16_t port = hp_process_port(process);
  snprintf(facts->port, sizeof facts->port, "%u", (unsigned)port);
  snprintf(facts->pid, sizeof facts->pid, "%" PRId64, hp_process_pid(process));
  const struct fact items[FACTS] = {
      {"ENDPOINT", "endpoint", hp_process_endpoint(process), false},
      {"DESCRIPTOR", "descriptor", hp_process_descriptor(process), false},
      {"TRANSPORT", "transport", hp_process_transport(process), false},
      {"PATH", "path", hp_process_path(process), false},
      {"HOST", "host", hp_process_host(process), false},
      {"PORT", "port", port ? facts->port : NULL, true},
      {"PID", "pid", facts->pid, true},
      {"DATA_DIR", "data_dir", hp_process_data_dir(process), false},
  };
  memcpy(facts->items, items, sizeof items);
}

/* ---- Formats ---- */

static void print_url(const struct facts *facts) {
  printf("%s\n", facts->items[0].value);
}

static void print_descriptor(const struct facts *facts) {
  printf("%s\n", facts->items[1].value ? facts->items[1].value : facts->items[0].value);
}

/* As a shell reads it back: bare where that is safe, else in quotes. */
static void print_quoted(const char *value) {
  static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                             "_@%+=:,./-";
  if (value[0] && value[strspn(value, safe)] == '\0') {
    fputs(value, stdout);
    return;
  }
  putchar('\'');
  for (; *value; value++)
    if (*value == '\'')
      fputs("'\\''", stdout);
    else
      putchar(*value);
  putchar('\'');
}

static void print_env(const struct facts *facts) {
  for (int i = 0; i < FACTS; i++) {
    if (!facts->items[i].value)
      continue;
    printf("HYPERPROCESS_%s=", facts->items[i].name);
    print_quoted(facts->items[i].value);
    putchar('\n');
  }
}

/* Every key is always there, so that a reader need not ask. */
static void print_json(const struct facts *facts) {
  struct hp_text text = {0};
  for (int i = 0; i < FACTS; i++) {
    const struct fact *fact = &facts->items[i];
    hp__text_format(&text, "%s\"%s\":", i ? "," : "{", fact->key);
    if (fact->is_number)
      hp__text_add(&text, fact->value ? fact->value : "null");
    else
      hp__text_add_json(&text, fact->value);
  }
  hp__text_add(&text, "}\n");
  fputs(text.data ? text.data : "", stdout);
  hp__text_fini(&text);
}

static void print_text(const struct facts *facts) {
  for (int i = 0; i < FACTS; i++)
    if (facts->items[i].value)
      printf("%-16s%s\n", facts->items[i].key, facts->items[i].value);
}

const char *const facts_formats[] = {"url", "descriptor", "env", "json", "text", NULL};

void facts_print(hp_process *process, const char *format) {
  static void (*const printers[])(const struct facts *) = {print_url, print_descriptor, print_env,
                                                           print_json, print_text};
  struct facts facts;
  size_t i = 0;
  while (format && facts_formats[i] && strcmp(facts_formats[i], format) != 0)
    i++;
  facts_collect(&facts, process);
  printers[facts_formats[i] ? i : 0](&facts);
}
