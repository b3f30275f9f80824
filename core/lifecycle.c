/* SPDX-License-Identifier: MIT */
#include "core/lifecycle.h"

/* One step under way: what the handlers below read and write. */
struct step {
  struct hp_machine *machine;
  const struct hp_machine_event *event;
  struct hp_update update;
  bool news; /* worth an INFORM, should the state stay */
};

#define LIVES_IN(deadline) (1u << HP_DEADLINE_##deadline)

/* The deadlines that have a meaning in a state; all others are dropped when it is entered. */
static const unsigned lives[HP_STATE_COUNT] = {
    [HP_STATE_PREPARING] = LIVES_IN(START), [HP_STATE_STARTING] = LIVES_IN(START),
    [HP_STATE_WAITING] = LIVES_IN(START),   [HP_STATE_READY] = LIVES_IN(STABLE),
    [HP_STATE_BACKOFF] = LIVES_IN(BACKOFF), [HP_STATE_STOPPING] = LIVES_IN(RUNG) | LIVES_IN(KILL)};

static void emit(struct step *step, struct hp_effect effect) {
  step->update.effects[step->update.count++] = effect;
}

static void act(struct step *step, enum hp_effect_type type) {
  emit(step, (struct hp_effect){.type = type});
}

static void enter(struct hp_machine *machine, enum hp_state state) {
  machine->state = state;
  for (int i = 0; i < HP_DEADLINE_COUNT; i++)
    if (!(lives[state] & (1u << i)))
      machine->deadlines[i] = HP_NEVER;
}

/* ---- Time ------------------------------------------------------------------------------------ */

static int64_t earlier(int64_t a, int64_t b) {
  return a < b ? a : b;
}

static int64_t later(int64_t a, int64_t b) {
  return a > b ? a : b;
}

static int64_t after(int64_t now, int64_t delay) {
  return now > 0 && delay > HP_NEVER - now ? HP_NEVER : now + delay;
}

static void set(struct step *step, enum hp_deadline which, int64_t delay) {
  step->machine->deadlines[which] = after(step->event->now, delay);
}

static bool expired(const struct step *step, enum hp_deadline which) {
  int64_t deadline = step->machine->deadlines[which];
  return deadline != HP_NEVER && deadline <= step->event->now;
}

static void extend(struct step *step, enum hp_deadline which, int64_t limit) {
  int64_t *deadline = &step->machine->deadlines[which];
  int64_t until = later(*deadline, earlier(step->event->as.until, limit));
  step->news = until != *deadline;
  *deadline = until;
}

static void arm_timer(struct step *step) {
  struct hp_machine *machine = step->machine;
  int64_t earliest = HP_NEVER;
  for (int i = 0; i < HP_DEADLINE_COUNT; i++)
    earliest = earlier(earliest, machine->deadlines[i]);
  if (earliest == machine->armed)
    return;
  machine->armed = earliest;
  emit(step, (struct hp_effect){.type = earliest == HP_NEVER ? HP_DO_DISARM : HP_DO_ARM,
                                .deadline = earliest});
}

/* ---- Attempts -------------------------------------------------------------------------------- */

static void release(struct step *step) {
  if (step->machine->reserved)
    act(step, HP_DO_RELEASE);
  step->machine->reserved = false;
}

static void launch(struct step *step) {
  struct hp_machine *machine = step->machine;
  if (!machine->reserved)
    act(step, HP_DO_RESERVE);
  machine->reserved = true;
  machine->served = false;
  act(step, HP_DO_SPAWN);
  enter(machine, HP_STATE_STARTING);
}

static void begin(struct step *step) {
  struct hp_machine *machine = step->machine;
  machine->cause = HP_CAUSE_NONE;
  machine->retries = 0;
  if (machine->prepared) {
    launch(step);
    set(step, HP_DEADLINE_START, machine->policy.start_timeout);
    return;
  }
  act(step, HP_DO_PREPARE);
  machine->running = true;
  enter(machine, HP_STATE_PREPARING);
  set(step, HP_DEADLINE_START, machine->policy.prepare_timeout);
}

static int64_t backoff_delay(const struct hp_policy *policy, int failures) {
  int64_t delay = policy->backoff;
  for (int i = 1; i < failures && delay < policy->backoff_max; i++)
    delay = delay > policy->backoff_max / 2 ? policy->backoff_max : delay * 2;
  return earlier(delay, policy->backoff_max);
}

/* `mendable`: the end itself does not speak against another attempt. */
static bool restarts(const struct hp_machine *machine, bool mendable) {
  return machine->policy.restart != HP_RESTART_NEVER && machine->prepared && mendable &&
         machine->failures < machine->policy.restart_limit;
}

static void finish(struct step *step, enum hp_state state) {
  release(step);
  enter(step->machine, state);
}

/* Nothing of ours runs any more and the cause is known: the rules of lifecycle.h in their order. */
static void conclude(struct step *step, bool mendable, bool taken) {
  struct hp_machine *machine = step->machine;
  bool unwanted = machine->cause == HP_CAUSE_ASKED || machine->cause == HP_CAUSE_HELD;
  machine->running = false;
  if (taken || !machine->served)
    release(step);
  if (machine->asked) {
    finish(step, unwanted ? HP_STATE_STOPPED : HP_STATE_FAILED);
  } else if (machine->held) {
    enter(machine, HP_STATE_HELD);
  } else if (machine->cause == HP_CAUSE_HELD) {
    begin(step);
  } else if (restarts(machine, mendable)) {
    machine->failures++;
    enter(machine, HP_STATE_BACKOFF);
    set(step, HP_DEADLINE_BACKOFF, backoff_delay(&machine->policy, machine->failures));
  } else {
    finish(step, HP_STATE_FAILED);
  }
}

static void fail(struct step *step, enum hp_cause cause) {
  step->machine->cause = cause;
  conclude(step, !step->event->as.end.permanent, step->event->as.end.taken);
}

/* An attempt that ended before READY: of a taken address, another one is tried in the same time. */
static void fail_early(struct step *step, enum hp_cause cause) {
  struct hp_machine *machine = step->machine;
  if (!step->event->as.end.taken || machine->retries >= machine->policy.reservation_retries) {
    fail(step, cause);
    return;
  }
  machine->retries++;
  machine->running = false;
  release(step);
  launch(step);
  step->news = true;
}

/* ---- The ladder ------------------------------------------------------------------------------ */

/* The next rung that waiting alone leads to; rung_count when there is none. */
static int next_rung(const struct hp_machine *machine) {
  const struct hp_policy *policy = &machine->policy;
  int last = policy->rung_count - 1, rung = machine->rung + 1;
  while (machine->patient && rung < last && policy->ladder[rung].force)
    rung++;
  return machine->patient && rung == last ? policy->rung_count : rung;
}

static void wait_on_rung(struct step *step) {
  struct hp_machine *machine = step->machine;
  machine->deadlines[HP_DEADLINE_RUNG] = HP_NEVER;
  if (machine->rung >= 0 && next_rung(machine) < machine->policy.rung_count)
    set(step, HP_DEADLINE_RUNG, machine->policy.ladder[machine->rung].wait);
}

static void take_rung(struct step *step) {
  struct hp_machine *machine = step->machine;
  if (machine->running && machine->rung >= 0)
    emit(step, (struct hp_effect){.type = HP_DO_STOP, .rung = machine->rung});
  wait_on_rung(step);
}

/* While a SPAWN is under way there is nothing to take it on yet: SPAWNED does that. */
static void climb(struct step *step, int rung) {
  struct hp_machine *machine = step->machine;
  if (rung <= machine->rung || rung >= machine->policy.rung_count)
    return;
  machine->rung = rung;
  if (rung == machine->policy.rung_count - 1)
    machine->deadlines[HP_DEADLINE_KILL] = HP_NEVER;
  take_rung(step);
  step->news = true;
}

static void climb_to_last(struct step *step) {
  climb(step, step->machine->policy.rung_count - 1);
}

/* A budget can only make a stop that is under way faster. */
static void hurry(struct step *step, int64_t budget) {
  struct hp_machine *machine = step->machine;
  bool last = machine->rung == machine->policy.rung_count - 1;
  if (budget == 0) {
    climb_to_last(step);
    return;
  }
  if (budget == HP_NEXT_RUNG) {
    machine->patient = false;
    climb(step, next_rung(machine));
    return;
  }
  if (budget == HP_NEVER)
    machine->patient = false;
  else if (budget > 0 && !last)
    machine->deadlines[HP_DEADLINE_KILL] =
        earlier(machine->deadlines[HP_DEADLINE_KILL], after(step->event->now, budget));
  if (machine->rung < 0)
    climb(step, next_rung(machine));
  else if (machine->deadlines[HP_DEADLINE_RUNG] == HP_NEVER)
    wait_on_rung(step);
}

static void bring_down(struct step *step, enum hp_cause cause, int64_t budget) {
  step->machine->cause = cause;
  step->machine->rung = -1;
  step->machine->patient = true;
  enter(step->machine, HP_STATE_STOPPING);
  hurry(step, budget);
}

/* ---- Handlers: one for each kind of cell ----------------------------------------------------- */

static void ignore(struct step *step) {
  (void)step;
}

static void inform(struct step *step) {
  step->news = true;
}

static void prepared(struct step *step) {
  struct hp_machine *machine = step->machine;
  machine->running = false;
  machine->prepared = step->event->as.success;
  if (machine->prepared) {
    begin(step);
    return;
  }
  machine->cause = HP_CAUSE_PREPARE;
  conclude(step, false, false);
}

static void unprepared(struct step *step) {
  fail(step, HP_CAUSE_PREPARE);
}

static void spawned(struct step *step) {
  step->machine->running = true;
  enter(step->machine, HP_STATE_WAITING);
  act(step, HP_DO_AWAIT);
}

static void not_spawned(struct step *step) {
  fail_early(step, HP_CAUSE_SPAWN);
}

static void exited_early(struct step *step) {
  fail_early(step, HP_CAUSE_EXITED);
}

static void prolong_start(struct step *step) {
  extend(step, HP_DEADLINE_START, HP_NEVER);
}

static void ready(struct step *step) {
  struct hp_machine *machine = step->machine;
  machine->served = true;
  enter(machine, HP_STATE_READY);
  if (machine->failures > 0)
    set(step, HP_DEADLINE_STABLE, machine->policy.stable);
}

static void too_late(struct step *step) {
  if (expired(step, HP_DEADLINE_START))
    bring_down(step, HP_CAUSE_TIMEOUT, HP_NEVER);
}

static void proven(struct step *step) {
  if (!expired(step, HP_DEADLINE_STABLE))
    return;
  step->machine->failures = 0;
  step->machine->deadlines[HP_DEADLINE_STABLE] = HP_NEVER;
}

static void unhealthy(struct step *step) {
  bring_down(step, HP_CAUSE_HEALTH, HP_NEVER);
}

static void unstepped(struct step *step) {
  bring_down(step, HP_CAUSE_STEP, HP_NEVER);
}

static void died(struct step *step) {
  struct hp_machine *machine = step->machine;
  bool wanted = step->event->as.end.clean && machine->policy.restart == HP_RESTART_ON_FAILURE;
  machine->cause = HP_CAUSE_DIED;
  conclude(step, !wanted && !step->event->as.end.permanent, step->event->as.end.taken);
}

static void stop(struct step *step) {
  step->machine->asked = true;
  bring_down(step, HP_CAUSE_ASKED, step->event->as.budget);
}

static void stop_harder(struct step *step) {
  step->machine->asked = true;
  hurry(step, step->event->as.budget);
}

static void stop_idle(struct step *step) {
  step->machine->asked = true;
  step->machine->cause = HP_CAUSE_ASKED;
  finish(step, HP_STATE_STOPPED);
}

static void next_rung_due(struct step *step) {
  if (expired(step, HP_DEADLINE_KILL))
    climb_to_last(step);
  else if (expired(step, HP_DEADLINE_RUNG))
    climb(step, next_rung(step->machine));
}

/* Waiting on it would be waiting for nothing. */
static void rung_empty(struct step *step) {
  if (step->machine->running)
    climb(step, next_rung(step->machine));
}

static void prolong_rung(struct step *step) {
  if (step->machine->deadlines[HP_DEADLINE_RUNG] != HP_NEVER)
    extend(step, HP_DEADLINE_RUNG, step->machine->deadlines[HP_DEADLINE_KILL]);
}

static void spawned_late(struct step *step) {
  if (step->machine->running)
    return;
  step->machine->running = true;
  take_rung(step);
}

/* What a server's end says after we have asked for it has no bearing on the next attempt. */
static void stopped(struct step *step) {
  if (step->machine->running)
    conclude(step, true, step->event->as.end.taken);
}

static void never_spawned(struct step *step) {
  if (!step->machine->running)
    conclude(step, !step->event->as.end.permanent, step->event->as.end.taken);
}

static void prepared_late(struct step *step) {
  if (step->machine->prepared)
    return;
  step->machine->prepared = step->event->as.success;
  conclude(step, true, false);
}

static void hold(struct step *step) {
  step->machine->held = true;
  bring_down(step, HP_CAUSE_HELD, HP_NEVER);
}

static void hold_later(struct step *step) {
  step->machine->held = true;
}

static void hold_idle(struct step *step) {
  step->machine->held = true;
  enter(step->machine, HP_STATE_HELD);
}

static void resume(struct step *step) {
  step->machine->held = false;
  begin(step);
}

static void resume_later(struct step *step) {
  step->machine->held = false;
}

static void try_again(struct step *step) {
  if (expired(step, HP_DEADLINE_BACKOFF))
    begin(step);
}

/* ---- The table ------------------------------------------------------------------------------- */

typedef void (*handler)(struct step *step);

/* A cell too few does not compile; a row too few, a test finds. */
#define CELL(event, state) [HP_ON_##event][HP_STATE_##state]
#define UP(event, idle, preparing, starting, waiting, ready)                                       \
  CELL(event, IDLE) = (idle), CELL(event, PREPARING) = (preparing),                                \
              CELL(event, STARTING) = (starting), CELL(event, WAITING) = (waiting),                \
              CELL(event, READY) = (ready)
#define DOWN(event, stopping, backoff, held, stopped, failed)                                      \
  CELL(event, STOPPING) = (stopping), CELL(event, BACKOFF) = (backoff),                            \
              CELL(event, HELD) = (held), CELL(event, STOPPED) = (stopped),                        \
              CELL(event, FAILED) = (failed)

/* clang-format off */
static const handler table[HP_ON_COUNT][HP_STATE_COUNT] = {
  /*               IDLE       PREPARING   STARTING     WAITING        READY */
  UP(START,        begin,     ignore,     ignore,      ignore,        ignore),
  UP(PREPARED,     ignore,    prepared,   ignore,      ignore,        ignore),
  UP(SPAWNED,      ignore,    ignore,     spawned,     ignore,        ignore),
  UP(SPAWN_FAILED, ignore,    ignore,     not_spawned, ignore,        ignore),
  UP(ENDPOINT,     ignore,    ignore,     ignore,      inform,        inform),
  UP(READY,        ignore,    ignore,     ignore,      ready,         ignore),
  UP(EXTEND,       ignore,    ignore,     ignore,      prolong_start, ignore),
  UP(STATUS,       ignore,    ignore,     ignore,      inform,        inform),
  UP(HEALTH_LOST,  ignore,    ignore,     ignore,      ignore,        unhealthy),
  UP(DEADLINE,     ignore,    too_late,   too_late,    too_late,      proven),
  UP(STOP,         stop_idle, stop,       stop,        stop,          stop),
  UP(HOLD,         ignore,    hold,       hold,        hold,          hold),
  UP(RESUME,       ignore,    ignore,     ignore,      ignore,        ignore),
  UP(EXITED,       ignore,    unprepared, ignore,      exited_early,  died),
  UP(RUNG_EMPTY,   ignore,    ignore,     ignore,      ignore,        ignore),
  UP(STEP_FAILED,  ignore,    ignore,     ignore,      unstepped,     ignore),

  /*                STOPPING       BACKOFF    HELD       STOPPED  FAILED */
  DOWN(START,        ignore,        ignore,    ignore,    ignore,  ignore),
  DOWN(PREPARED,     prepared_late, ignore,    ignore,    ignore,  ignore),
  DOWN(SPAWNED,      spawned_late,  ignore,    ignore,    ignore,  ignore),
  DOWN(SPAWN_FAILED, never_spawned, ignore,    ignore,    ignore,  ignore),
  DOWN(ENDPOINT,     ignore,        ignore,    ignore,    ignore,  ignore),
  DOWN(READY,        ignore,        ignore,    ignore,    ignore,  ignore),
  DOWN(EXTEND,       prolong_rung,  ignore,    ignore,    ignore,  ignore),
  DOWN(STATUS,       inform,        ignore,    ignore,    ignore,  ignore),
  DOWN(HEALTH_LOST,  ignore,        ignore,    ignore,    ignore,  ignore),
  DOWN(DEADLINE,     next_rung_due, try_again, ignore,    ignore,  ignore),
  DOWN(STOP,         stop_harder,   stop_idle, stop_idle, ignore,  ignore),
  DOWN(HOLD,         hold_later,    hold_idle, ignore,    ignore,  ignore),
  DOWN(RESUME,       resume_later,  ignore,    resume,    ignore,  ignore),
  DOWN(EXITED,       stopped,       ignore,    ignore,    ignore,  ignore),
  DOWN(RUNG_EMPTY,   rung_empty,    ignore,    ignore,    ignore,  ignore),
  DOWN(STEP_FAILED,  ignore,        ignore,    ignore,    ignore,  ignore),
};
/* clang-format on */

void hp__machine_init(struct hp_machine *machine, const struct hp_policy *policy) {
  *machine = (struct hp_machine){.policy = *policy, .armed = HP_NEVER, .rung = -1};
  enter(machine, HP_STATE_IDLE);
}

struct hp_update hp__step(struct hp_machine *machine, const struct hp_machine_event *event) {
  struct step step = {.machine = machine, .event = event};
  enum hp_state before = machine->state;
  if (event->type == HP_ON_DEADLINE)
    machine->armed = HP_NEVER; /* it has fired, early or not */
  table[event->type][before](&step);
  arm_timer(&step);
  if (machine->state != before)
    act(&step, HP_DO_NOTIFY);
  else if (step.news)
    act(&step, HP_DO_INFORM);
  return step.update;
}

/* ---- Names ----------------------------------------------------------------------------------- */

bool hp__state_is_terminal(enum hp_state state) {
  return state == HP_STATE_STOPPED || state == HP_STATE_FAILED;
}

const char *hp__event_name(enum hp_event_type type) {
#define NAME(name) [HP_ON_##name] = #name,
  static const char *const names[] = {HP_EVENT_TYPES(NAME)};
#undef NAME
  return (unsigned)type < HP_ON_COUNT ? names[type] : "unknown";
}

const char *hp__effect_name(enum hp_effect_type type) {
#define NAME(name) [HP_DO_##name] = #name,
  static const char *const names[] = {HP_EFFECT_TYPES(NAME)};
#undef NAME
  return (unsigned)type < sizeof names / sizeof names[0] ? names[type] : "unknown";
}
