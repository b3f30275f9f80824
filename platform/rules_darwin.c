/* SPDX-License-Identifier: MIT */
#include "platform/locate.h"

/* Where Apple's guide to bundles puts helpers: beside the program, in Helpers or in Resources of
 * the app's or the framework's own folder. An app may hold frameworks, plug-ins and other apps.
 * Outside of a bundle the folders above are somebody else's, perhaps everybody's: nothing is taken
 * there. */
static const char *const own[] = {".", NULL};
static const char *const of_framework[] = {"Helpers", "Resources", "Resources/bin", NULL};
static const char *const of_contents[] = {"../MacOS",         "../Helpers",    "../Resources",
                                          "../Resources/bin", "../Frameworks", NULL};
static const char *const of_outer_contents[] = {
    "../../../../MacOS",         "../../../../Helpers",    "../../../../Resources",
    "../../../../Resources/bin", "../../../../Frameworks", NULL};
static const char *const installed[] = {"../bin", "../libexec/hyperprocess", NULL};

static const struct hp_locate_step steps[] = {
    {HP_LOCATE_BESIDE_LIBRARY, own, NULL},
    {HP_LOCATE_BESIDE_LIBRARY, of_framework, "*.framework/Versions/*"},
    {HP_LOCATE_BESIDE_LIBRARY, of_outer_contents, "Contents/Frameworks/*.framework/Versions/*"},
    {HP_LOCATE_BESIDE_LIBRARY, of_contents, "Contents/Frameworks"},
    {HP_LOCATE_BESIDE_LIBRARY, of_contents, "Contents/MacOS"},
    {HP_LOCATE_BESIDE_LIBRARY, of_outer_contents, "Contents/*/*/Contents/MacOS"},
    {HP_LOCATE_BESIDE_LIBRARY, installed, NULL},
    {HP_LOCATE_BESIDE_EXECUTABLE, own, NULL},
    {HP_LOCATE_BESIDE_EXECUTABLE, of_contents, "Contents/MacOS"},
    {HP_LOCATE_BESIDE_EXECUTABLE, of_outer_contents, "Contents/*/*/Contents/MacOS"},
    {HP_LOCATE_BESIDE_EXECUTABLE, installed, NULL},
    {HP_LOCATE_FOLDERS, NULL, NULL},
    {HP_LOCATE_PATH, NULL, NULL},
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
