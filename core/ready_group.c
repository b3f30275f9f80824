/* SPDX-License-Identifier: MIT */
/* Readiness by several together: all of them, or the first of any. What has answered, or is not
 * needed any more, is asked no longer. */
#include "core/readiness_kinds.h"

#include "core/alloc.h"

struct member {
  struct group *group;
  hp_readiness *readiness; /* NULL: never opened, or closed */
  bool ready;
};

struct group {
  struct hp_readiness base;
  struct member *members;
  size_t count, ready;
  bool unverified;
};

static const hp_child *child_of(void *data) {
  const struct member *member = data;
  const struct hp_readiness_owner *owner = &member->group->base.owner;
  return owner->child(owner->data);
}

static void pass_on(struct group *group, const struct hp_report *report) {
  if (!group->base.closing)
    group->base.owner.report(group->base.owner.data, report);
}

static void take_one_of_all(struct member *member, const struct hp_report *report) {
  struct group *group = member->group;
  if (member->ready || group->base.settled)
    return;
  member->ready = true;
  group->unverified |= !report->verified;
  hp__readiness_settle(member->readiness);
  if (++group->ready == group->count)
    hp__readiness_ready(&group->base, !group->unverified);
}

static void report_of_all(void *data, const struct hp_report *report) {
  struct member *member = data;
  bool last = member->group->ready + 1 == member->group->count;
  if (report->kind == HP_REPORT_READY)
    take_one_of_all(member, report);
  else if (report->kind != HP_REPORT_NEAR || last)
    pass_on(member->group, report);
}

/* READY too: whoever takes it settles us. */
static void report_of_any(void *data, const struct hp_report *report) {
  struct group *group = ((struct member *)data)->group;
  if (report->kind != HP_REPORT_READY || !group->base.settled)
    pass_on(group, report);
}

static void member_closed(void *data) {
  struct member *member = data;
  member->readiness = NULL;
  hp__readiness_release(&member->group->base);
}

static int open_member(struct group *group, size_t index, hp_error *error) {
  struct member *member = &group->members[index];
  struct hp_readiness_owner owner = group->base.owner;
  member->group = group;
  owner.data = member;
  owner.ready = &group->base.owner.ready->items[index];
  owner.child = child_of;
  owner.report = group->base.ops->kind == HP_READY_ALL ? report_of_all : report_of_any;
  owner.closed = member_closed;
  int result = hp__readiness_open(&member->readiness, &owner, error);
  if (member->readiness)
    group->base.open++;
  return result;
}

static int open_group(hp_readiness *readiness, hp_error *error) {
  struct group *group = (struct group *)readiness;
  size_t count = readiness->owner.ready->item_count;
  int result = 0;
  group->members = hp__alloc(count * sizeof *group->members);
  if (!group->members)
    return hp_error_set(error, HP_ENOMEM, HP_PHASE_RESERVE, "no memory for the readiness check");
  for (; result == 0 && group->count < count; group->count++)
    result = open_member(group, group->count, error);
  return result;
}

static void each(hp_readiness *readiness, void (*act)(hp_readiness *)) {
  struct group *group = (struct group *)readiness;
  for (size_t i = 0; i < group->count; i++)
    if (group->members[i].readiness)
      act(group->members[i].readiness);
}

static void begin(hp_readiness *readiness) {
  each(readiness, hp__readiness_begin);
}

static void read_line(hp_readiness *readiness, const char *line) {
  struct group *group = (struct group *)readiness;
  for (size_t i = 0; i < group->count; i++)
    hp__readiness_text(group->members[i].readiness, line);
}

static void settle(hp_readiness *readiness) {
  each(readiness, hp__readiness_settle);
}

static void rest(hp_readiness *readiness) {
  each(readiness, hp__readiness_rest);
}

static bool cut_tether(hp_readiness *readiness) {
  struct group *group = (struct group *)readiness;
  bool any = false;
  for (size_t i = 0; i < group->count; i++)
    any |= hp__readiness_cut_tether(group->members[i].readiness);
  return any;
}

static void close_group(hp_readiness *readiness) {
  each(readiness, hp__readiness_close);
}

static void fini(hp_readiness *readiness) {
  hp__free(((struct group *)readiness)->members);
}

#define GROUP(kind_of_it, text_of_it)                                                              \
  {                                                                                                \
    .kind = (kind_of_it), .text = (text_of_it), .size = sizeof(struct group), .open = open_group,  \
    .begin = begin, .line = read_line, .settle = settle, .rest = rest, .cut_tether = cut_tether,   \
    .close = close_group, .fini = fini                                                             \
  }

const struct hp_ready_ops hp__ready_all = GROUP(HP_READY_ALL, "all of these ");
const struct hp_ready_ops hp__ready_any = GROUP(HP_READY_ANY, "any of these ");
