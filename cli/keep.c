/* SPDX-License-Identifier: MIT */
#include "cli/keep.h"

#include "cli/files.h"
#include "cli/report.h"
#include "core/alloc.h"
#include "core/plan.h"

#include <stdio.h>
#include <string.h>

/* Another user may not be able to enter a place of ours: see the plan's own temporary data. */
static void make_scratch(struct keep *keep, const hp_plan *plan) {
  enum { ENTERED_BY_ALL = 0711 };
  bool other = plan->user.id >= 0;
  char base[HP_PATH_SIZE], pattern[HP_PATH_SIZE + 16];
  uv_fs_t request;
  if (plan->platform->place(other ? HP_PLACE_SHORT : HP_PLACE_TEMPORARY, base) != 0)
    return;
  snprintf(pattern, sizeof pattern, "%s/hp-keep-XXXXXX", base);
  if (uv_fs_mkdtemp(NULL, &request, pattern, NULL) == 0 && strlen(request.path) < HP_PATH_SIZE)
    strcpy(keep->scratch, request.path);
  uv_fs_req_cleanup(&request);
  if (!keep->scratch[0])
    return;
  if (other) {
    uv_fs_chmod(NULL, &request, keep->scratch, ENTERED_BY_ALL, NULL);
    uv_fs_req_cleanup(&request);
  }
  snprintf(keep->data, sizeof keep->data, "%s/data", keep->scratch);
}

void keep_begin(struct keep *keep, hp_context *context, const struct arguments *arguments) {
  hp_plan *plan = NULL;
  *keep = (struct keep){.directory = arguments->keep};
  if (!keep->directory || hp_plan_make(context, arguments->options, &plan, NULL) < 0)
    return;
  keep->plan = hp_plan_print_json(plan);
  if (plan->needs_data_dir && !plan->data_dir)
    make_scratch(keep, plan);
  if (keep->data[0])
    hp_options_set_data_dir(arguments->options, keep->data, NULL);
  hp_plan_free(plan);
}

void keep_error(struct keep *keep, const hp_error *error) {
  if (!keep->directory || !error || keep->error)
    return;
  const char *output = hp_error_detail(error, HP_DETAIL_OUTPUT);
  keep->error = hp_error_to_json(error);
  keep->output = output ? hp__strdup(output) : NULL;
}

static void check(const struct keep *keep, const char *name, int status) {
  if (status < 0)
    fprintf(stderr, "hyperprocess: %s/%s could not be kept whole: %s\n", keep->directory, name,
            uv_strerror(status));
}

static void save_text(const struct keep *keep, const char *name, const char *text) {
  char path[HP_PATH_SIZE * 2];
  if (!text)
    return;
  snprintf(path, sizeof path, "%s/%s", keep->directory, name);
  check(keep, name, files_write(path, text));
}

static void save(const struct keep *keep) {
  char path[HP_PATH_SIZE * 2];
  int status = files_make_directory(keep->directory);
  if (status < 0) {
    fprintf(stderr, "hyperprocess: nothing could be kept in %s: %s\n", keep->directory,
            uv_strerror(status));
    return;
  }
  save_text(keep, "plan.json", keep->plan);
  save_text(keep, "error.json", keep->error);
  save_text(keep, "output.txt", keep->output);
  snprintf(path, sizeof path, "%s/data", keep->directory);
  if (keep->data[0])
    check(keep, "data", files_copy_tree(keep->data, path, HP_SECRET_PREFIX));
}

void keep_end(struct keep *keep, int code) {
  if (!keep->directory)
    return;
  if (code != EXIT_DONE)
    save(keep);
  if (keep->scratch[0])
    files_remove_tree(keep->scratch);
  hp_free(keep->plan);
  hp_free(keep->error);
  hp__free(keep->output);
}
