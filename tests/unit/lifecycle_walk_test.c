/* SPDX-License-Identifier: MIT */
/*
 * The laws of lifecycle.h along every walk through the machine: exhaustively, for a model world
 * with times so small that all its situations can be visited, and at random, long, with large
 * times. In a fair world the shell keeps what it owes; in a hostile one any event comes at any
 * time.
 */
#include "core/lifecycle.h"
#include "tests/support/test.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NOW = 1000 }; /* situations are compared with their times moved to here */

/* What a shell would know: the effects carried out so far. */
struct world {
  bool preparing, spawning, alive, reserved;
  bool stopped;   /* a STOP was sent to a machine that was not at its end */
  bool impatient; /* … and not a patient one, or another reason brought it down */
  int rung;       /* taken last in this stop */
  int64_t timer;
};

struct situation {
  struct hp_machine machine;
  struct world world;
};

/* ---- The events of a model world ------------------------------------------------------------- */

struct choice {
  enum hp_event_type type;
  int64_t argument; /* budget, time from now, success, or bits of an end */
};

enum { CLEAN = 1, TAKEN = 2, PERMANENT = 4 };

static const struct choice choices[] = {
    {HP_ON_START, 0},      {HP_ON_PREPARED, 0},        {HP_ON_PREPARED, 1},
    {HP_ON_SPAWNED, 0},    {HP_ON_SPAWN_FAILED, 0},    {HP_ON_SPAWN_FAILED, TAKEN},
    {HP_ON_ENDPOINT, 0},   {HP_ON_READY, 0},           {HP_ON_EXTEND, -1},
    {HP_ON_EXTEND, 3},     {HP_ON_STATUS, 0},          {HP_ON_HEALTH_LOST, 0},
    {HP_ON_DEADLINE, 0},   {HP_ON_STOP, -1},           {HP_ON_STOP, 0},
    {HP_ON_STOP, 2},       {HP_ON_STOP, HP_NEVER},     {HP_ON_HOLD, 0},
    {HP_ON_RESUME, 0},     {HP_ON_EXITED, 0},          {HP_ON_EXITED, CLEAN},
    {HP_ON_EXITED, TAKEN}, {HP_ON_EXITED, PERMANENT},  {HP_ON_SPAWN_FAILED, PERMANENT},
    {HP_ON_RUNG_EMPTY, 0}, {HP_ON_STOP, HP_NEXT_RUNG}, {HP_ON_STEP_FAILED, 0}};
enum { CHOICES = sizeof choices / sizeof choices[0] };

static struct hp_machine_event make_event(const struct choice *choice, int64_t now) {
  struct hp_machine_event event = {.type = choice->type, .now = now};
  if (choice->type == HP_ON_STOP)
    event.as.budget = choice->argument;
  else if (choice->type == HP_ON_EXTEND)
    event.as.until = now + choice->argument;
  else if (choice->type == HP_ON_PREPARED)
    event.as.success = choice->argument;
  else {
    event.as.end.clean = choice->argument & CLEAN;
    event.as.end.taken = choice->argument & TAKEN;
    event.as.end.permanent = choice->argument & PERMANENT;
  }
  return event;
}

/* What a shell that keeps its word may send. */
static bool is_fair(const struct situation *s, const struct choice *choice) {
  bool stopping = s->machine.state == HP_STATE_STOPPING;
  switch (choice->type) {
  case HP_ON_PREPARED:
    return s->world.preparing;
  case HP_ON_SPAWNED:
  case HP_ON_SPAWN_FAILED:
    return s->world.spawning;
  case HP_ON_EXITED:
    return s->world.alive || (s->world.preparing && stopping);
  case HP_ON_ENDPOINT:
  case HP_ON_READY:
  case HP_ON_EXTEND:
  case HP_ON_STATUS:
  case HP_ON_HEALTH_LOST:
  case HP_ON_STEP_FAILED:
    return s->world.alive;
  case HP_ON_RUNG_EMPTY:
    return stopping && (s->world.alive || s->world.preparing);
  case HP_ON_DEADLINE:
    return s->world.timer != HP_NEVER;
  default:
    return true;
  }
}

/* ---- The laws -------------------------------------------------------------------------------- */

#define LAW(condition)                                                                             \
  do {                                                                                             \
    if (!(condition))                                                                              \
      return #condition;                                                                           \
  } while (0)

struct passage { /* one step, from both sides */
  const struct situation *before;
  struct situation *after;
  const struct hp_machine_event *event;
  bool fair;
};

static void note_event(struct world *world, const struct passage *p) {
  enum hp_state state = p->before->machine.state;
  switch (p->event->type) {
  case HP_ON_PREPARED:
    world->preparing = false;
    break;
  case HP_ON_SPAWN_FAILED:
    world->spawning = false;
    break;
  case HP_ON_SPAWNED:
    world->alive = world->alive || world->spawning;
    world->spawning = false;
    break;
  case HP_ON_EXITED:
    world->alive = world->preparing = false;
    break;
  case HP_ON_DEADLINE:
    world->timer = HP_NEVER;
    break;
  case HP_ON_STOP:
    world->impatient = world->impatient || p->event->as.budget >= 0 ||
                       (state == HP_STATE_STOPPING && !world->stopped);
    world->stopped = world->stopped || !hp__state_is_terminal(state);
    break;
  default:
    break;
  }
}

static const char *note_effect(struct world *world, const struct passage *p,
                               const struct hp_effect *effect) {
  const struct hp_policy *policy = &p->after->machine.policy;
  int last = policy->rung_count - 1;
  switch (effect->type) {
  case HP_DO_PREPARE:
    LAW(!p->fair || (!world->preparing && !world->spawning && !world->alive));
    LAW(!world->stopped);
    world->preparing = true;
    return NULL;
  case HP_DO_RESERVE:
    LAW(!world->reserved);
    world->reserved = true;
    return NULL;
  case HP_DO_RELEASE:
    LAW(world->reserved);
    LAW(!p->fair || (!world->spawning && !world->alive));
    world->reserved = false;
    return NULL;
  case HP_DO_SPAWN:
    LAW(world->reserved);
    LAW(!p->fair || (!world->preparing && !world->spawning && !world->alive));
    LAW(!world->stopped);
    world->spawning = true;
    return NULL;
  case HP_DO_AWAIT:
    LAW(p->after->machine.state == HP_STATE_WAITING);
    return NULL;
  case HP_DO_STOP:
    LAW(!p->fair || world->alive || world->preparing);
    LAW(effect->rung > world->rung && effect->rung <= last);
    LAW(!world->stopped || world->impatient ||
        (effect->rung < last && !policy->ladder[effect->rung].force));
    world->rung = effect->rung;
    return NULL;
  case HP_DO_ARM:
    LAW(effect->deadline != world->timer && effect->deadline != HP_NEVER);
    world->timer = effect->deadline;
    return NULL;
  case HP_DO_DISARM:
    LAW(world->timer != HP_NEVER);
    world->timer = HP_NEVER;
    return NULL;
  default:
    return NULL;
  }
}

static int count(const struct hp_update *update, enum hp_effect_type type) {
  int found = 0;
  for (int i = 0; i < update->count; i++)
    found += update->effects[i].type == type;
  return found;
}

static const char *check_effects(const struct passage *p, const struct hp_update *update) {
  enum hp_state before = p->before->machine.state, after = p->after->machine.state;
  LAW(update->count >= 0 && update->count <= HP_EFFECTS_MAX);
  LAW(count(update, HP_DO_NOTIFY) == (before != after));
  LAW(count(update, HP_DO_INFORM) <= (before == after));
  LAW(count(update, HP_DO_ARM) + count(update, HP_DO_DISARM) <= 1);
  LAW(count(update, HP_DO_STOP) <= 1);
  LAW(count(update, HP_DO_AWAIT) == (before != after && after == HP_STATE_WAITING));
  LAW(!hp__state_is_terminal(before) || (update->count == 0 && before == after));
  for (int i = 0; i < update->count; i++) {
    const char *broken = note_effect(&p->after->world, p, &update->effects[i]);
    if (broken)
      return broken;
  }
  return NULL;
}

static const char *check_stop(const struct passage *p) {
  const struct hp_machine *machine = &p->after->machine;
  const struct world *world = &p->after->world;
  bool asked = p->event->type == HP_ON_STOP && !hp__state_is_terminal(p->before->machine.state);
  bool live = world->alive || world->preparing;
  LAW(!world->stopped || machine->state == HP_STATE_STOPPING ||
      hp__state_is_terminal(machine->state));
  LAW(!asked || !p->fair || !live || p->event->as.budget != 0 ||
      world->rung == machine->policy.rung_count - 1);
  LAW(!asked || !p->fair || live || world->spawning || hp__state_is_terminal(machine->state));
  LAW(machine->state != HP_STATE_STOPPED || world->stopped);
  return NULL;
}

static const char *check_machine(const struct passage *p) {
  const struct hp_machine *old = &p->before->machine, *new = &p->after->machine;
  const struct world *world = &p->after->world;
  int64_t earliest = HP_NEVER;
  for (int i = 0; i < HP_DEADLINE_COUNT; i++)
    earliest = new->deadlines[i] < earliest ? new->deadlines[i] : earliest;
  LAW(world->timer == earliest && new->armed == earliest);
  LAW(p->event->type != HP_ON_DEADLINE || earliest > p->event->now);
  LAW(old->cause == HP_CAUSE_NONE || new->cause == old->cause || old->state == HP_STATE_BACKOFF ||
      old->state == HP_STATE_HELD ||
      (old->state == HP_STATE_STOPPING && new->cause == HP_CAUSE_NONE));
  LAW((new->cause == HP_CAUSE_NONE) == (new->state <= HP_STATE_READY));
  LAW(new->reserved == world->reserved);
  LAW(!hp__state_is_terminal(new->state) || (!world->reserved && earliest == HP_NEVER));
  LAW(new->state != HP_STATE_READY || !p->fair || world->alive);
  bool quiet = new->state == HP_STATE_IDLE || new->state >= HP_STATE_BACKOFF;
  LAW(!quiet || !p->fair || (!world->alive && !world->preparing && !world->spawning));
  LAW(quiet || !p->fair || world->alive || world->preparing || world->spawning);
  return NULL;
}

/* A stop that may use force comes to the last rung by waiting alone, unless time itself ends. */
static const char *check_climb(const struct hp_machine *start, int64_t now) {
  struct hp_machine machine = *start;
  if (machine.state != HP_STATE_STOPPING || now > HP_NEVER / 4 ||
      (machine.patient && machine.deadlines[HP_DEADLINE_KILL] == HP_NEVER))
    return NULL;
  for (int i = 0; i < HP_RUNGS_MAX && machine.rung < machine.policy.rung_count - 1; i++) {
    struct hp_machine_event event = {.type = HP_ON_DEADLINE, .now = machine.armed};
    LAW(machine.armed != HP_NEVER);
    hp__step(&machine, &event);
  }
  LAW(machine.rung == machine.policy.rung_count - 1);
  return NULL;
}

/* One step of the machine and its world; the law that it broke, or NULL. */
static const char *pass(const struct situation *before, struct situation *after,
                        const struct hp_machine_event *event, bool fair) {
  struct passage p = {before, after, event, fair};
  *after = *before;
  struct hp_update update = hp__step(&after->machine, event);
  if (before->machine.state != HP_STATE_STOPPING)
    after->world.rung = -1;
  note_event(&after->world, &p);
  const char *broken = check_effects(&p, &update);
  if (!broken)
    broken = check_machine(&p);
  if (!broken)
    broken = check_stop(&p);
  return broken ? broken : check_climb(&after->machine, event->now);
}

static struct situation begin(const struct hp_policy *policy) {
  struct situation s;
  memset(&s, 0, sizeof s);
  hp__machine_init(&s.machine, policy);
  s.world.rung = -1;
  s.world.timer = HP_NEVER;
  return s;
}

static void show_step(const struct choice *choice, const struct hp_machine *after) {
  printf("  %s %" PRId64 " -> %s\n", hp__event_name(choice->type), choice->argument,
         hp_state_name(after->state));
}

/* ---- Every walk ------------------------------------------------------------------------------ */

enum { SITUATIONS = 1 << 18, SLOTS = 2 * SITUATIONS };

struct visit {
  struct situation situation;
  int parent, choice;
};

struct walk {
  struct visit *visits;
  int count, *slots;
};

/* The past is one: how long ago a deadline was missed makes no difference. */
static int64_t relative(int64_t time, int64_t now) {
  int64_t moved = time == HP_NEVER ? HP_NEVER : time - now + NOW;
  return moved < NOW - 1 ? NOW - 1 : moved;
}

static void move_to_now(struct situation *s, int64_t now) {
  for (int i = 0; i < HP_DEADLINE_COUNT; i++)
    s->machine.deadlines[i] = relative(s->machine.deadlines[i], now);
  s->machine.armed = relative(s->machine.armed, now);
  s->world.timer = relative(s->world.timer, now);
}

/* All that distinguishes two situations, as numbers. */
enum { KEY = 21 };
static void read_key(const struct situation *s, int64_t key[KEY]) {
  const struct hp_machine *m = &s->machine;
  const struct world *w = &s->world;
  int64_t values[KEY] = {
      m->state,   m->cause,     m->rung,     m->failures,
      m->retries, m->patient,   m->prepared, m->reserved,
      m->running, m->served,    m->asked,    m->held,
      w->rung,    w->preparing, w->spawning, w->alive + 2 * w->stopped + 4 * w->impatient};
  memcpy(key, values, sizeof values);
  memcpy(key + KEY - HP_DEADLINE_COUNT, m->deadlines, sizeof m->deadlines);
}

static bool equal(const struct situation *a, const struct situation *b) {
  int64_t x[KEY], y[KEY];
  read_key(a, x);
  read_key(b, y);
  return memcmp(x, y, sizeof x) == 0;
}

static unsigned hash(const struct situation *s) {
  int64_t key[KEY];
  uint64_t sum = 14695981039346656037u;
  read_key(s, key);
  for (int i = 0; i < KEY; i++)
    sum = (sum ^ (uint64_t)key[i]) * 1099511628211u ^ (sum >> 29);
  return (unsigned)(sum ^ sum >> 32);
}

static bool add(struct walk *walk, const struct situation *s, int parent, int choice) {
  unsigned slot = hash(s) % SLOTS;
  for (; walk->slots[slot]; slot = (slot + 1) % SLOTS)
    if (equal(&walk->visits[walk->slots[slot] - 1].situation, s))
      return true;
  if (walk->count == SITUATIONS)
    return false;
  walk->visits[walk->count++] = (struct visit){*s, parent, choice};
  walk->slots[slot] = walk->count;
  return true;
}

static void show_path(const struct walk *walk, int index) {
  if (index <= 0)
    return;
  show_path(walk, walk->visits[index].parent);
  show_step(&choices[walk->visits[index].choice], &walk->visits[index].situation.machine);
}

/* All that can follow on one situation, at once or a moment later. */
static bool follow(struct walk *walk, int index, bool fair) {
  for (int i = 0; i < 2 * CHOICES; i++) {
    const struct choice *choice = &choices[i / 2];
    struct situation before = walk->visits[index].situation, after;
    int64_t now = NOW + i % 2;
    struct hp_machine_event event = make_event(choice, now);
    if (fair && !is_fair(&before, choice))
      continue;
    const char *broken = pass(&before, &after, &event, fair);
    if (broken) {
      show_path(walk, index);
      show_step(choice, &after.machine);
      return hp_test_check(false, broken, __FILE__, __LINE__);
    }
    move_to_now(&after, now);
    if (!add(walk, &after, index, i / 2))
      return hp_test_check(false, "all situations fit", __FILE__, __LINE__);
  }
  return true;
}

static void walk_everywhere(const struct hp_policy *policy, bool fair) {
  struct walk walk = {malloc(SITUATIONS * sizeof *walk.visits), 0, calloc(SLOTS, sizeof(int))};
  struct situation first = begin(policy);
  bool seen[HP_STATE_COUNT] = {false};
  if (!walk.visits || !walk.slots)
    abort();
  add(&walk, &first, 0, 0);
  for (int i = 0; i < walk.count && follow(&walk, i, fair); i++)
    seen[walk.visits[i].situation.machine.state] = true;
  printf("%d situations\n", walk.count);
  for (int state = 0; state < HP_STATE_COUNT; state++)
    hp_test_check(seen[state] || state == HP_STATE_BACKOFF, hp_state_name((enum hp_state)state),
                  __FILE__, __LINE__);
  CHECK_INT(seen[HP_STATE_BACKOFF], policy->restart != HP_RESTART_NEVER);
  free(walk.visits);
  free(walk.slots);
}

#define SMALL                                                                                      \
  .start_timeout = 2, .prepare_timeout = 2, .ladder = {{2, false}, {1, true}, {1, false}},         \
  .rung_count = 4, .backoff = 1, .backoff_max = 2, .stable = 2

HP_TEST(keeps_its_laws_on_every_walk) {
  static const struct hp_policy policies[] = {
      {SMALL, .reservation_retries = 1},
      {SMALL, .restart = HP_RESTART_ON_FAILURE, .restart_limit = 2},
      {SMALL, .restart = HP_RESTART_ALWAYS, .restart_limit = 1, .reservation_retries = 1},
      {.start_timeout = HP_NEVER, .prepare_timeout = 1, .rung_count = 1, .reservation_retries = 2}};
  for (unsigned i = 0; i < sizeof policies / sizeof policies[0]; i++)
    walk_everywhere(&policies[i], true);
}

HP_TEST(keeps_its_laws_in_a_hostile_world) {
  static const struct hp_policy policies[] = {
      {SMALL, .reservation_retries = 1},
      {SMALL, .restart = HP_RESTART_ALWAYS, .restart_limit = 1, .reservation_retries = 1}};
  for (unsigned i = 0; i < sizeof policies / sizeof policies[0]; i++)
    walk_everywhere(&policies[i], false);
}

/* ---- Long random walks ----------------------------------------------------------------------- */

static uint64_t next_random(uint64_t *seed) { /* splitmix64 */
  uint64_t z = *seed += 0x9e3779b97f4a7c15u;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
  z = (z ^ z >> 27) * 0x94d049bb133111ebu;
  return z ^ z >> 31;
}

static int64_t random_below(uint64_t *seed, int64_t limit) {
  return (int64_t)(next_random(seed) % (uint64_t)limit);
}

static int64_t random_time(uint64_t *seed) {
  static const int64_t sizes[] = {2, 50, 10000, HP_NEVER / 16};
  return 1 + random_below(seed, sizes[random_below(seed, 4)]);
}

static struct hp_policy random_policy(uint64_t *seed) {
  struct hp_policy policy = {.start_timeout = random_time(seed),
                             .prepare_timeout = random_time(seed),
                             .rung_count = 1 + (int)random_below(seed, HP_RUNGS_MAX),
                             .reservation_retries = (int)random_below(seed, 4),
                             .restart = (enum hp_restart)random_below(seed, 3),
                             .restart_limit = (int)random_below(seed, 100),
                             .backoff = random_time(seed),
                             .backoff_max = random_time(seed),
                             .stable = random_time(seed)};
  for (int i = 0; i < policy.rung_count; i++)
    policy.ladder[i] = (struct hp_ladder_step){random_time(seed), random_below(seed, 2) == 0};
  return policy;
}

/* Stops are rare, lest each walk be a short one. */
static struct choice random_choice(uint64_t *seed) {
  struct choice choice = choices[random_below(seed, CHOICES)];
  if (choice.type == HP_ON_STOP && random_below(seed, 16) != 0)
    return (struct choice){HP_ON_DEADLINE, 0};
  if (choice.argument > 1 && choice.argument != HP_NEVER &&
      (choice.type == HP_ON_STOP || choice.type == HP_ON_EXTEND))
    choice.argument = random_below(seed, 10000);
  return choice;
}

static int64_t random_moment(uint64_t *seed, int64_t now, const struct situation *s) {
  int64_t due = s->world.timer;
  if (random_below(seed, 2) == 0 && due != HP_NEVER && due > now && due < HP_NEVER - 20000)
    now = due;
  return now < HP_NEVER - 20000 ? now + random_below(seed, 3) : now;
}

static bool walk_at_random(uint64_t seed, int steps, bool fair) {
  uint64_t first = seed;
  struct hp_policy policy = random_policy(&seed);
  struct situation s = begin(&policy), after;
  int64_t now = random_below(&seed, 100);
  for (int i = 0; i < steps && !hp__state_is_terminal(s.machine.state); i++, s = after) {
    struct choice choice = random_choice(&seed);
    after = s;
    if (fair && !is_fair(&s, &choice))
      continue;
    now = random_moment(&seed, now, &s);
    struct hp_machine_event event = make_event(&choice, now);
    const char *broken = pass(&s, &after, &event, fair);
    if (!broken)
      continue;
    printf("HP_TEST_SEED=%" PRIu64 " step %d, from %s:\n", first, i,
           hp_state_name(s.machine.state));
    show_step(&choice, &after.machine);
    return hp_test_check(false, broken, __FILE__, __LINE__);
  }
  return true;
}

/* HP_TEST_SEED replays one walk; without it, the walks are the same each time. */
static void walk_often(bool fair) {
  enum { WALKS = 3000, STEPS = 400 };
  const char *given = getenv("HP_TEST_SEED");
  uint64_t seed = given ? strtoull(given, NULL, 10) : 1;
  uint64_t end = given ? seed + 1 : seed + WALKS;
  while (seed < end && walk_at_random(seed, STEPS, fair))
    seed++;
  CHECK_INT(seed, end);
}

HP_TEST(keeps_its_laws_on_long_walks) {
  walk_often(true);
}

HP_TEST(keeps_its_laws_on_long_hostile_walks) {
  walk_often(false);
}
