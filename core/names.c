/* SPDX-License-Identifier: MIT */
/* Names of public values that belong to no other file. */
#include <hyperprocess/hyperprocess.h>

#define TEXT_OF(value) #value
#define VERSION(major, minor, patch) TEXT_OF(major) "." TEXT_OF(minor) "." TEXT_OF(patch)

const char *hp_version(void) {
  return VERSION(HP_VERSION_MAJOR, HP_VERSION_MINOR, HP_VERSION_PATCH);
}

static const char *const containments[] = {
#define CONTAINMENT_NAME(name, text) [name] = text,
    HP_CONTAINMENTS(CONTAINMENT_NAME)
#undef CONTAINMENT_NAME
};

const char *hp_containment_name(enum hp_containment containment) {
  return containments[containment];
}

static const char *const states[] = {
#define STATE_NAME(name, text) [name] = text,
    HP_STATES(STATE_NAME)
#undef STATE_NAME
};

const char *hp_state_name(enum hp_state state) {
  return (unsigned)state < HP_STATE_COUNT ? states[state] : "unknown";
}
