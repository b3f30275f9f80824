/* SPDX-License-Identifier: MIT */
#include "cli/catalogue.h"

#include "cli/report.h"
#include "core/error.h"

int catalogue_open(struct catalogue *catalogue, const struct arguments *arguments) {
  struct hp_error e = {0};
  hp_error *error = NULL;
  *catalogue = (struct catalogue){0};
  if (hp_context_new(&catalogue->context, &error) < 0)
    return report_failure(error);
  hp_context *context = catalogue->context;
  if (hp__sources_acquire(&context->sources, context->registry.platform, arguments->options->file,
                          &catalogue->source, &e) < 0) {
    hp__error_give(&error, &e);
    return report_failure(error);
  }
  catalogue->all = &catalogue->source->catalog;
  return EXIT_DONE;
}

void catalogue_close(struct catalogue *catalogue) {
  hp__source_release(catalogue->source);
  hp_context_free(catalogue->context);
}
