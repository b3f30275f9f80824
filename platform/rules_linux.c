/* SPDX-License-Identifier: MIT */
#include "platform/locate.h"

/* Side by side in a build or an archive; installed, bin and lib lie next to libexec. */
static const char *const beside_library[] = {".", "../bin", "../libexec/hyperprocess", NULL};
static const char *const beside_executable[] = {".", "../libexec/hyperprocess",
                                                "../lib/hyperprocess", NULL};

static const struct hp_locate_step steps[] = {
    {HP_LOCATE_BESIDE_LIBRARY, beside_library, NULL},
    {HP_LOCATE_BESIDE_EXECUTABLE, beside_executable, NULL},
    {HP_LOCATE_FOLDERS, NULL, NULL},
    {HP_LOCATE_PATH, NULL, NULL},
};

const struct hp_locate_rules hp__locate_rules_linux = {
    .name = "linux",
    .suffix = "",
    .separators = "/",
    .list_separator = ':',
    .steps = steps,
    .step_count = sizeof steps / sizeof *steps,
};
