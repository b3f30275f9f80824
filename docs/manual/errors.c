/* SPDX-License-Identifier: MIT */
/* Every code of HP_CODES, and the error itself where an example provokes it. */
#include "docs/manual/manual.h"

#include <hyperprocess/hyperprocess.h>

#include <string.h>
#include <uv.h>

struct scene {
  hp_context *context;
  hp_options *options;
  hp_process *first, *process;
  hp_error *error;
};

/* ---- what differs each time is written as one thing ---- */

static const char *replace(const char *text, const char *old, const char *new) {
  static char buffers[2][8192];
  static int turn;
  char *out = buffers[turn = !turn];
  size_t length = 0;
  out[0] = '\0';
  while (*text && length + strlen(new) + 2 < sizeof buffers[0]) {
    bool here = old[0] && strncmp(text, old, strlen(old)) == 0;
    length += (size_t)snprintf(out + length, sizeof buffers[0] - length, "%.*s",
                               here ? (int)strlen(new) : 1, here ? new : text);
    text += here ? strlen(old) : 1;
  }
  return out;
}

/* ---- one example ---- */

static int prepare(struct scene *scene, const char *yaml, const char *directory) {
  const char *file = write_file(directory, yaml);
  int result = file ? hp_context_new(&scene->context, &scene->error) : HP_EIO;
  if (result == 0)
    result = hp_options_new(&scene->options, &scene->error);
  return result == 0 ? hp_options_set_file(scene->options, file, &scene->error) : result;
}

/* Holds a port on which the example is to run. */
static int hold_port(struct scene *scene, char *port, size_t size) {
  hp_options *echo = NULL;
  int result = hp_options_new(&echo, NULL);
  if (result == 0)
    result = hp_options_set_server(echo, "echo", NULL);
  if (result == 0)
    result = hp_options_set_transport(echo, "tcp", NULL);
  if (result == 0)
    result = hp_process_start(scene->context, echo, &scene->first, &scene->error);
  if (result == 0)
    snprintf(port, size, "%u", hp_process_port(scene->first));
  hp_options_free(echo);
  return result;
}

static int run(struct scene *scene, enum provoked_how how) {
  if (how == CANCELED) {
    int begun = hp_process_start_async(scene->context, scene->options, NULL, NULL, &scene->process,
                                       &scene->error);
    if (begun != 0)
      return begun;
    hp_process_stop_async(scene->process);
    return hp_process_wait_ready(scene->process, -1, &scene->error);
  }
  int result = hp_process_start(scene->context, scene->options, &scene->process, &scene->error);
  if (result == 0 && how == ENDED)
    return hp_process_wait(scene->process, -1, &scene->error);
  return result == 0 && how == CUT ? hp_process_shutdown(scene->process, 100, &scene->error)
                                   : result;
}

static int provoke(struct scene *scene, const struct provoked *one, const char *directory,
                   char *port, size_t size) {
  const char *yaml = replace(one->yaml, "@DIR@", directory);
  int result = prepare(scene, yaml, directory);
  if (result != 0 || one->how != SECOND)
    return result == 0 ? run(scene, one->how) : result;
  if (!strstr(yaml, "@PORT@"))
    result = hp_process_start(scene->context, scene->options, &scene->first, &scene->error);
  else
    result = hold_port(scene, port, size);
  if (result != 0)
    return result;
  return write_file(directory, replace(yaml, "@PORT@", port)) ? run(scene, STARTED) : HP_EIO;
}

static void leave(struct scene *scene) {
  hp_process_close(scene->process);
  hp_process_close(scene->first);
  hp_error_free(scene->error);
  hp_options_free(scene->options);
  hp_context_free(scene->context);
}

/* The number behind `before`. */
static const char *replace_number(const char *text, const char *before, const char *number) {
  char old[64], new[64];
  const char *place = strstr(text, before);
  if (!place)
    return text;
  int length = (int)(strlen(before) + strspn(place + strlen(before), "0123456789"));
  snprintf(old, sizeof old, "%.*s", length, place);
  snprintf(new, sizeof new, "%s%s", before, number);
  return replace(text, old, new);
}

static const char *own_folder(void) {
  static char path[1024];
  size_t size = sizeof path;
  char *slash = uv_exepath(path, &size) == 0 ? strrchr(path, '/') : NULL;
  if (slash)
    *slash = '\0';
  return slash ? path : "";
}

static void print_line(FILE *page, const char *name, const char *text, const char *directory,
                       const char *port) {
  if (!text)
    return;
  text = replace(replace(text, directory, "/tmp/example"), port, "40123");
  text = replace_number(replace(text, own_folder(), "/usr/bin"), "by process ", "4711");
  text = replace_number(replace_number(text, "of user ", "1000"), "any of ", "15");
  fprintf(page, "%s%s\n", name, text);
}

static bool print_provoked(FILE *page, const struct provoked *one, const char *directory) {
  struct scene scene = {0};
  char port[16] = "";
  int result = provoke(&scene, one, directory, port, sizeof port);
  bool good = result == one->code && hp_error_code(scene.error) == one->code;
  if (good) {
    const char *yaml = replace(replace(one->yaml, "@DIR@", "/tmp/example"), "@PORT@", "40123");
    fprintf(page, "```yaml\n%s```\n\n```text\n", yaml);
    print_line(page, "", hp_error_message(scene.error), directory, port);
    print_line(page, "  cause: ", hp_error_cause(scene.error), directory, port);
    print_line(page, "  hint: ", hp_error_hint(scene.error), directory, port);
    fputs("```\n\n", page);
  } else {
    fprintf(stderr, "hp-manual: the example of %s gave %s: %s\n", hp_code_name(one->code),
            hp_code_name(result), scene.error ? hp_error_message(scene.error) : "no error");
  }
  leave(&scene);
  return good;
}

/* ---- the page ---- */

static bool print_code(FILE *page, int code, const char *text, const char *directory) {
  for (size_t i = 0; i < provoked_count; i++)
    if (provoked[i].code == code) {
      fprintf(page, "## `%s` (%d): %s\n\n%s\n\n", hp_code_name(code), code, text, provoked[i].text);
      return provoked[i].how == SAID || print_provoked(page, &provoked[i], directory);
    }
  fprintf(stderr, "hp-manual: nothing is said of %s: add it to docs/manual/provoked.c\n",
          hp_code_name(code));
  return false;
}

bool write_errors(FILE *page, const char *directory, bool complete) {
  static const struct {
    int code;
    const char *text;
  } codes[] = {
#define CODE_ENTRY(name, value, text) {value, text},
      HP_CODES(CODE_ENTRY)
#undef CODE_ENTRY
  };
  bool good = true;
  (void)complete; /* it always is */
  fputs("# Every error\n\nMade by `cmake --build build/dev --target manual`: each example is a "
        "`hyperprocess.yaml` that is started while this is made, on Linux, and what is below it is "
        "what the library said. `hp_error_code()` gives the number, `hp_code_name()` its name; the "
        "exit codes of the tool are in its manual page.\n\n",
        page);
  for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
    good = print_code(page, codes[i].code, codes[i].text, directory) && good;
  return good;
}
