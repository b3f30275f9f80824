/* SPDX-License-Identifier: MIT */
/* What the steps of making a plan share. Private to core/plan*.c. */
#ifndef HP_CORE_PLAN_STEPS_H
#define HP_CORE_PLAN_STEPS_H

#include "core/listed.h"
#include "core/plan.h"

struct hp_plan_maker {
  struct hp_plan *plan;
  const struct hp_registry *registry;
  struct hp_sources *sources;
  struct hp_source *source;
  const hp_options *options;
  bool must_not_block;
  hp_error *error;
  const char **values;     /* of the definition's settings, in their order; NULL: not set */
  struct hp_value *passed; /* settings that the definition does not declare, for pass_through */
  size_t passed_count;
  size_t choice;        /* which of the profile's transports, */
  size_t choice_count;  /* and how many there are */
  char choice_name[64]; /* "tcp:6380", for messages */
  bool is_passed_over;  /* what is wrong is about the transport alone: another one may serve */
  const struct hp_transport_rule *rule;
  bool tells_name; /* the server is told the name of its socket, not its directory alone */
};

/* The default one is for the default server, not for any program. */
bool hp__plan_needs_profile(const hp_options *options);
int hp__plan_no_memory(struct hp_plan_maker *maker);

/* plan_warnings.c: what is told of a plan that is good all the same: one line that names the thing
 * and says what serves better. Said twice, it is kept once. 0, or HP_ENOMEM without an error. */
int hp__plan_warn(struct hp_plan *plan, const char *format, ...) HP_PRINTF(2, 3);
int hp__plan_warn_at(struct hp_plan *plan, struct hp_position position, const char *format, ...)
    HP_PRINTF(3, 4);
/* Those of the plans that may come after it. */
int hp__plan_share_warnings(struct hp_plan *plan);

/* plan.c: all steps, for one transport; *plan is NULL after a failure. */
int hp__plan_make_one(struct hp_plan **plan, struct hp_plan_maker *maker);

/* plan_listener.c: what the settings that stand for the transport say of it. */
int hp__plan_choose_listener(struct hp_plan_maker *maker);
/* The folder for sockets that such a setting names, absolute; NULL: none does. */
int hp__plan_find_folder(struct hp_plan_maker *maker, const char **folder);
/* The value that counts for a setting: what was said last; NULL: nothing was. */
const struct hp_value *hp__plan_said(const struct hp_plan_maker *maker, const char *name);
/* plan_settings.c: values of the settings, checked, with warnings. */
int hp__plan_read_settings(struct hp_plan_maker *maker);
/* plan_build.c: what this build of the server says of a setting that the definition does not know;
 * false: nothing, or it cannot be asked. */
bool hp__plan_find_listed(struct hp_plan_maker *maker, const char *name, struct hp_listed *listed,
                          const char **nearest);
/* plan_build.c: whether this build of the server takes the values. */
int hp__plan_check_build(struct hp_plan_maker *maker);
/* plan_address.c: which transport and what of the address is known. */
int hp__plan_choose_address(struct hp_plan_maker *maker);
/* plan_address.c: an absolute form of a path that the user named. */
int hp__plan_make_absolute(struct hp_plan_maker *maker, const char *what, const char *path,
                           const char **result);
/* plan_address.c: where private directories are made, and whether the address fits there. */
int hp__plan_choose_places(struct hp_plan_maker *maker);
/* plan_limits.c: what it may take of the machine. */
int hp__plan_limit(struct hp_plan_maker *maker);
/* plan_environment.c: what of our environment the server gets. */
int hp__plan_inherit(struct hp_plan_maker *maker);
/* plan_texts.c: command line, environment, files, with all that is known filled in. */
int hp__plan_fill_texts(struct hp_plan_maker *maker);
/* plan_ready.c: whether it can be learnt here that the server is ready, and who it is. */
int hp__plan_check_ready(struct hp_plan_maker *maker);
/* plan_wrap.c: what runs the server, and who has the terminal. */
int hp__plan_wrap(struct hp_plan_maker *maker);
/* plan_texts.c: whether a variable, or one that begins with "prefix.", is left anywhere. */
bool hp__plan_uses(const struct hp_plan *plan, const char *variable);

#endif
