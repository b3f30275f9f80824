/* SPDX-License-Identifier: MIT */
/* JSON as RFC 8259 has it, and nothing that is nearly so. */
#ifndef HP_TESTS_SUPPORT_JSON_H
#define HP_TESTS_SUPPORT_JSON_H

#include <stdbool.h>

/* Whether the text is one JSON object, and nothing else. */
bool hp_test_json_is_object(const char *text);
/* The value of a member, "error.code", a text without its quotes and escapes, any other one as it
 * stands; NULL: there is none. In static storage, of which there are eight. */
const char *hp_test_json(const char *text, const char *path);

#endif
