/* SPDX-License-Identifier: MIT */
#ifndef HP_CLI_SETTINGS_H
#define HP_CLI_SETTINGS_H

#include "config/definition.h"

/* Each of a definition's settings, with all that counts for its value. */
void settings_print(const struct hp_definition *definition, const char *indent);

#endif
