/* SPDX-License-Identifier: MIT */
#include "platform/locate.h"

/* Inside an app: the library in Contents/Frameworks, bare or in a framework's Versions/A, the
 * executable in Contents/MacOS, helpers where Apple's guide to bundles puts them. */
static const char *const beside_library[] = {".",
                                             "../MacOS",
                                             "../Helpers",
                                             "../Resources",
                                             "Helpers",
                                             "Resources",
                                             "../../../../Helpers",
                                             "../../../../MacOS",
                                             "../bin",
                                             "../libexec/hyperprocess",
                                             NULL};
static const char *const beside_executable[] = {".",
                                                "../Helpers",
                                                "../Resources",
                                                "../Resources/bin",
                                                "../Frameworks",
                                                "../libexec/hyperprocess",
                                                NULL};

static const struct hp_locate_step steps[] = {
    {HP_LOCATE_BESIDE_LIBRARY, beside_library},
    {HP_LOCATE_BESIDE_EXECUTABLE, beside_executable},
    {HP_LOCATE_FOLDERS, NULL},
    {HP_LOCATE_PATH, NULL},
};

/* Case is told apart: a volume may be of either kind, and a file that is there is found as written.
 */
const struct hp_locate_rules hp__locate_rules_darwin = {
    .name = "darwin",
    .suffix = "",
    .separators = "/",
    .list_separator = ':',
    .steps = steps,
    .step_count = sizeof steps / sizeof *steps,
};
