/* SPDX-License-Identifier: MIT */
/* `init`: a profile with everything that it could say, as comments. */
#include "cli/report.h"
#include "cli/subcommands.h"
#include "config/catalog.h"
#include "core/error.h"
#include "core/registry.h"
#include "core/text.h"

#include <stdio.h>
#include <string.h>
#include <uv.h>

static const char DEFAULT_FILE[] = "./hyperprocess.yaml", DEFAULT_SERVER[] = "echo";

static void write_names(struct hp_text *out, const struct hp_catalog *all) {
  for (size_t i = 0; i < all->definition_count; i++)
    hp__text_format(out, "%s%s", i ? ", " : "", all->definitions[i].name);
}

static void write_transports(struct hp_text *out, const struct hp_definition *definition) {
  for (size_t i = 0; i < definition->transport_count; i++)
    hp__text_format(out, "%s%s", i ? ", " : "", definition->transports[i].kind);
}

/* Bare where YAML takes it for a text as it is. */
static void write_scalar(struct hp_text *out, const char *value) {
  static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./";
  if (value[0] && value[strspn(value, plain)] == '\0') {
    hp__text_add(out, value);
    return;
  }
  hp__text_add(out, "'");
  for (; *value; value++)
    hp__text_add_slice(out, *value == '\'' ? "''" : value, *value == '\'' ? 2 : 1);
  hp__text_add(out, "'");
}

/* A value that its type and its range take. */
static const char *example_of(const struct hp_setting *setting) {
  static const struct {
    const char *type, *value;
  } examples[] = {{"bool", "yes"},  {"int", "1"},     {"size", "64M"},   {"duration", "30s"},
                  {"port", "5000"}, {"path", "/tmp"}, {"percent", "50%"}};
  static const char *const types[] = {
#define TYPE_NAME(name, text) [name] = text,
      HP_SETTING_TYPES(TYPE_NAME)
#undef TYPE_NAME
  };
  const char *known = setting->initial       ? setting->initial
                      : setting->value_count ? setting->values[0]
                      : setting->minimum     ? setting->minimum
                                             : setting->maximum;
  for (size_t i = 0; !known && i < sizeof examples / sizeof *examples; i++)
    if (strcmp(examples[i].type, types[setting->type]) == 0)
      known = examples[i].value;
  return known ? known : "text";
}

static void write_setting(struct hp_text *out, const struct hp_setting *setting) {
  if (setting->description)
    hp__text_format(out, "    #   # %s%s\n", setting->is_required ? "To be chosen: " : "",
                    setting->description);
  for (size_t i = 0; i < setting->value_count; i++)
    hp__text_format(out, "%s%s%s", i ? ", " : "    #   # one of: ", setting->values[i],
                    i + 1 == setting->value_count ? "\n" : "");
  if (setting->minimum || setting->maximum)
    hp__text_format(out, "    #   #%s%s%s%s\n", setting->minimum ? " at least " : "",
                    setting->minimum ? setting->minimum : "", setting->maximum ? " at most " : "",
                    setting->maximum ? setting->maximum : "");
  hp__text_format(out, "    #   %s: ", setting->name);
  write_scalar(out, example_of(setting));
  hp__text_add(out, "\n");
}

/* On this system, and to somebody who has not asked for adventures. */
static bool is_offered(const struct hp_setting *setting) {
  struct hp_registry registry = {0};
  hp__registry_init(&registry, NULL);
  bool is_here = setting->platforms == 0;
  for (int os = 0; os < HP_OS_COUNT; os++)
    is_here = is_here || ((setting->platforms & (1u << os)) &&
                          strcmp(hp__os_names[os], registry.platform->name) == 0);
  return is_here && !setting->is_experimental && !setting->is_deprecated && !setting->belongs_to;
}

static void write_settings(struct hp_text *out, const struct hp_definition *definition) {
  if (definition->setting_count == 0)
    return;
  hp__text_format(out, "\n    # What %s itself can be told; without them its own defaults hold.\n",
                  definition->name);
  hp__text_add(out, "    # settings:\n");
  for (size_t i = 0; i < definition->setting_count; i++)
    if (is_offered(&definition->settings[i]))
      write_setting(out, &definition->settings[i]);
}

/* The system's own, where the server speaks it. */
static const char *choose_transport(const struct hp_definition *definition) {
  struct hp_registry registry = {0};
  const char *own = hp__registry_init(&registry, NULL) == 0 ? registry.platform->local : "unix";
  for (size_t i = 0; i < definition->transport_count; i++)
    if (strcmp(definition->transports[i].kind, own) == 0)
      return "local";
  return "tcp";
}

static void write_profile(struct hp_text *out, const struct hp_catalog *all,
                          const struct hp_definition *definition) {
  hp__text_add(out, "# What `hyperprocess` starts here, unless it is told otherwise. Without the "
                    "`#` a line counts;\n# `hyperprocess check FILE` looks for mistakes, "
                    "`hyperprocess plan` shows what comes of it.\nversion: 1\n\nprofiles:\n"
                    "  default:\n    # one of: ");
  write_names(out, all);
  hp__text_format(out, "\n    server: %s\n\n    # %s speaks: ", definition->name, definition->name);
  write_transports(out, definition);
  hp__text_add(out, "; local is the first choice of the system,\n"
                    "    # tcp:PORT a fixed port, and of a list the first one that can be had is "
                    "taken\n    transport: ");
  hp__text_format(out, "%s\n", choose_transport(definition));
  hp__text_add(out,
               "\n    # Kept there; without it the data are temporary and go with the server.\n"
               "    # data_dir: ./data\n"
               "\n    # Where the binary lies, when it is not found by itself.\n"
               "    # binary: /usr/local/bin\n"
               "\n    # How long it may take to be ready.\n"
               "    # start_timeout: 30s\n"
               "\n    # Added to the server's environment and to its command line.\n"
               "    # environment: {TZ: UTC}\n"
               "    # arguments: []\n"
               "\n    # How it is stopped, in place of its own way.\n"
               "    # stop: [{signal: TERM, wait: 10s}, {kill: true}]\n"
               "\n    # The least that is required: none, direct, tree or tree+crash.\n"
               "    # containment: tree\n");
  write_settings(out, definition);
}

/* ---- The file ---- */

static int refuse_existing(const char *path) {
  hp_error *error = NULL;
  refuse_usage(&error, "init: %s exists already", path);
  if (error)
    hp_error_set_hint(error, "--force writes over it, --file names another one");
  return report_failure(error);
}

static int fail(const char *path, int status) {
  struct hp_error error = {0};
  hp_error_set(&error, HP_EIO, HP_PHASE_USE, "init: %s cannot be written: %s", path,
               uv_strerror(status));
  report_error(&error);
  hp__error_fini(&error);
  return EXIT_NOT_STARTED;
}

/* A file that somebody makes meanwhile is not written over either. */
static int write_file(const char *path, const struct hp_text *text, bool force) {
  enum { READ_BY_ALL = 0644 };
  uv_fs_t request;
  int flags = UV_FS_O_WRONLY | UV_FS_O_CREAT | (force ? UV_FS_O_TRUNC : UV_FS_O_EXCL);
  int file = uv_fs_open(NULL, &request, path, flags, READ_BY_ALL, NULL);
  uv_fs_req_cleanup(&request);
  if (file == UV_EEXIST)
    return refuse_existing(path);
  if (file < 0)
    return fail(path, file);
  uv_buf_t bytes = uv_buf_init(text->data, (unsigned)text->length);
  int status = uv_fs_write(NULL, &request, file, &bytes, 1, 0, NULL);
  uv_fs_req_cleanup(&request);
  uv_fs_close(NULL, &request, file, NULL);
  uv_fs_req_cleanup(&request);
  if (status != (int)text->length)
    return fail(path, status < 0 ? status : UV_ENOSPC);
  printf("%s\n", path);
  return EXIT_DONE;
}

static int init(const struct arguments *arguments, const struct hp_catalog *all, hp_error *error) {
  const hp_options *options = arguments->options;
  const struct hp_definition *definition;
  struct hp_text text = {0};
  int result = hp__catalog_definition(all, options->server ? options->server : DEFAULT_SERVER,
                                      &definition, error);
  if (result < 0)
    return EXIT_CONFIG;
  write_profile(&text, all, definition);
  int code = text.failed ? EXIT_NOT_STARTED
                         : write_file(options->file ? options->file : DEFAULT_FILE, &text,
                                      arguments->force);
  hp__text_fini(&text);
  return code;
}

/* The servers are the built-in ones: a file that is there may be the one that is to be replaced. */
int cli_init(const struct arguments *arguments) {
  struct hp_catalog all = {0};
  struct hp_error error = {0};
  int code = EXIT_CONFIG;
  if (hp__catalog_load(&all, NULL, "linux", &error) == 0)
    code = init(arguments, &all, &error);
  if (hp_error_code(&error) != 0)
    report_error(&error);
  hp__error_fini(&error);
  hp__catalog_fini(&all);
  return code;
}
