/* SPDX-License-Identifier: MIT */
#include "cli/report.h"

#include "cli/system.h"
#include "core/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Exit codes ---- */

enum { ANY_PHASE = -1 };

static const struct {
  int code, phase, exit;
} exits[] = {
    {HP_EUSAGE, ANY_PHASE, EXIT_USAGE},
    {HP_ECONFIG, ANY_PHASE, EXIT_CONFIG},
    {HP_ETOOLONG, ANY_PHASE, EXIT_CONFIG},
    {HP_EUNSUPPORTED, HP_PHASE_CONFIG, EXIT_CONFIG},
    {HP_EUNSUPPORTED, HP_PHASE_PLAN, EXIT_CONFIG},
    {HP_ECONTAINMENT, HP_PHASE_PLAN, EXIT_CONFIG},
    {HP_ENOTFOUND, HP_PHASE_LOCATE, EXIT_NOT_FOUND},
    {HP_ENOTFOUND, ANY_PHASE, EXIT_CONFIG},
    {HP_ETIMEDOUT, ANY_PHASE, EXIT_TIMED_OUT},
    {HP_EDIED, ANY_PHASE, EXIT_SERVER_DIED},
};

int exit_code_of(const hp_error *error) {
  for (size_t i = 0; i < sizeof exits / sizeof *exits; i++)
    if (exits[i].code == hp_error_code(error) &&
        (exits[i].phase == ANY_PHASE || exits[i].phase == (int)hp_error_phase(error)))
      return exits[i].exit;
  return EXIT_NOT_STARTED;
}

/* ---- The terminal ---- */

static const char *variable(const char *name) {
  const char *value = getenv(name);
  return value ? value : "";
}

bool report_is_terminal(void) {
  return uv_guess_handle(2) == UV_TTY && strcmp(variable("TERM"), "dumb") != 0 &&
         system_redraws_lines();
}

const char *report_color(const char *sequence) {
  return report_is_terminal() && !variable("NO_COLOR")[0] ? sequence : "";
}

/* ---- Errors ---- */

/* The server's own words may be in it, and a terminal obeys what it is sent: C0 and DEL as ^X, C1
 * (two bytes of UTF-8) as \x9b. */
void report_visible(const char *text, size_t length) {
  for (size_t i = 0; i < length; i++) {
    unsigned char c = (unsigned char)text[i];
    unsigned char next = i + 1 < length ? (unsigned char)text[i + 1] : 0;
    if ((c < ' ' && c != '\t') || c == 127)
      fprintf(stderr, "^%c", c ^ 0x40);
    else if (c == 0xC2 && next >= 0x80 && next < 0xA0)
      fprintf(stderr, "\\x%02x", (unsigned char)text[++i]);
    else
      fputc(c, stderr);
  }
}

/* Of a text of several lines, each below the name and further in. */
static void print_block(const char *name, const char *text) {
  if (!text || !text[0])
    return;
  fprintf(stderr, "  %s:\n", name);
  while (*text) {
    size_t length = strcspn(text, "\n");
    fputs("    ", stderr);
    report_visible(text, length);
    fputc('\n', stderr);
    text += length + (text[length] == '\n');
  }
}

static void print_line(const char *name, const char *text) {
  if (!text)
    return;
  fprintf(stderr, "  %s: ", name);
  report_visible(text, strlen(text));
  fputc('\n', stderr);
}

void report_error(const hp_error *error) {
  static const char *const names[] = {
#define DETAIL_NAME(name, text) [name] = text,
      HP_DETAILS(DETAIL_NAME)
#undef DETAIL_NAME
  };
  if (!error)
    return;
  const char *message = hp_error_message(error);
  fprintf(stderr, "%shyperprocess:%s ", report_color(COLOR_RED), report_color(COLOR_OFF));
  report_visible(message, strlen(message));
  fputc('\n', stderr);
  print_line("cause", hp_error_cause(error));
  print_line("hint", hp_error_hint(error));
  for (int i = HP_DETAIL_COUNT - 1; i >= 0; i--)
    print_block(names[i], hp_error_detail(error, (enum hp_detail)i));
  fflush(stderr);
}

void report_warnings(const hp_plan *plan) {
  for (size_t i = 0; i < hp_plan_warning_count(plan); i++) {
    const char *text = hp_plan_warning(plan, i);
    fprintf(stderr, "%swarning:%s ", report_color(COLOR_BOLD), report_color(COLOR_OFF));
    report_visible(text, strlen(text));
    fputc('\n', stderr);
  }
  fflush(stderr);
}

int report_failure(hp_error *error) {
  int code = exit_code_of(error);
  report_error(error);
  hp_error_free(error);
  return code;
}

int report_output(int code) {
  if (fflush(stdout) == 0 && !ferror(stdout))
    return code;
  clearerr(stdout);
  fprintf(stderr, "hyperprocess: standard output cannot be written\n");
  return code == EXIT_DONE ? EXIT_NOT_STARTED : code;
}
