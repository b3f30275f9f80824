/* SPDX-License-Identifier: MIT */
#include "platform/locate.h"

/* Programs lie flat in one folder, or in a folder of their own below it. */
static const char *const beside[] = {".", "bin", "resources", "..\\bin", NULL};

static const struct hp_locate_step steps[] = {
    {HP_LOCATE_BESIDE_LIBRARY, beside, NULL},
    {HP_LOCATE_BESIDE_EXECUTABLE, beside, NULL},
    {HP_LOCATE_FOLDERS, NULL, NULL},
    {HP_LOCATE_PATH, NULL, NULL},
};

const struct hp_locate_rules hp__locate_rules_windows = {
    .name = "windows",
    .suffix = ".exe",
    .separators = "\\/",
    .list_separator = ';',
    .drives = true,
    .ignore_case = true,
    .steps = steps,
    .step_count = sizeof steps / sizeof *steps,
};
