/* SPDX-License-Identifier: MIT */
/*
 * The machine's life in stories. A line is one step: "<time> <EVENT> [argument] -> <effects>
 * <state>[/<cause>]", and reads as it would be told.
 */
#include "core/lifecycle.h"
#include "tests/support/test.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PLAIN                                                                                      \
  .start_timeout = 100, .prepare_timeout = 50, .ladder = {{10, false}, {20, false}, {5, true}},    \
  .rung_count = 4, .reservation_retries = 1, .restart_limit = 2, .backoff = 10, .backoff_max = 15, \
  .stable = 1000

static const struct hp_policy plain = {PLAIN};
static const struct hp_policy mending = {PLAIN, .restart = HP_RESTART_ON_FAILURE};
static const struct hp_policy always = {PLAIN, .restart = HP_RESTART_ALWAYS};
static const struct hp_policy forcing_only = {
    .start_timeout = 100, .prepare_timeout = 50, .rung_count = 1};
static const struct hp_policy mixed = {.start_timeout = 100,
                                       .prepare_timeout = 50,
                                       .ladder = {{10, false}, {10, true}, {10, false}},
                                       .rung_count = 4};

static const char *const causes[] = {"",       "asked", "held",    "prepare", "spawn",
                                     "exited", "died",  "timeout", "health",  "step"};

static enum hp_event_type find_event(const char *name) {
  for (int type = 0; type < HP_ON_COUNT; type++)
    if (strcmp(hp__event_name((enum hp_event_type)type), name) == 0)
      return (enum hp_event_type)type;
  abort();
}

static int64_t read_time(const char *word) {
  if (strcmp(word, "never") == 0)
    return HP_NEVER;
  return strcmp(word, "patiently") == 0 ? -1 : strtoll(word, NULL, 10);
}

static struct hp_machine_event read_event(const char *line) {
  char name[16], argument[32] = "";
  struct hp_machine_event event = {0};
  sscanf(line, "%" SCNd64 " %15[A-Z_] %31[a-z0-9]", &event.now, name, argument);
  event.type = find_event(name);
  if (event.type == HP_ON_STOP)
    event.as.budget = read_time(argument);
  else if (event.type == HP_ON_EXTEND)
    event.as.until = read_time(argument);
  else if (event.type == HP_ON_PREPARED)
    event.as.success = strcmp(argument, "ok") == 0;
  else if (event.type == HP_ON_EXITED || event.type == HP_ON_SPAWN_FAILED) {
    event.as.end.clean = strcmp(argument, "clean") == 0;
    event.as.end.taken = strcmp(argument, "taken") == 0;
    event.as.end.permanent = strcmp(argument, "permanent") == 0;
  }
  return event;
}

static void print_outcome(char *text, size_t size, const struct hp_machine *machine,
                          const struct hp_update *update) {
  size_t used = 0;
  text[0] = '\0';
  for (int i = 0; i < update->count; i++) {
    const struct hp_effect *effect = &update->effects[i];
    used += (size_t)snprintf(text + used, size - used, "%s", hp__effect_name(effect->type));
    if (effect->type == HP_DO_ARM)
      used += (size_t)snprintf(text + used, size - used, "=%" PRId64, effect->deadline);
    if (effect->type == HP_DO_STOP)
      used += (size_t)snprintf(text + used, size - used, "=%d", effect->rung);
    used += (size_t)snprintf(text + used, size - used, " ");
  }
  snprintf(text + used, size - used, "%s%s%s", hp_state_name(machine->state),
           machine->cause ? "/" : "", causes[machine->cause]);
}

static void tell(const struct hp_policy *policy, const char *const *lines) {
  struct hp_machine machine;
  hp__machine_init(&machine, policy);
  for (; *lines; lines++) {
    char outcome[256];
    const char *expected = strstr(*lines, "-> ") + 3;
    struct hp_machine_event event = read_event(*lines);
    struct hp_update update = hp__step(&machine, &event);
    print_outcome(outcome, sizeof outcome, &machine, &update);
    hp_test_check_text(outcome, expected, *lines, __FILE__, __LINE__);
  }
}

#define TELL(policy, ...) tell(&(policy), (const char *const[]){__VA_ARGS__, NULL})

#define TO_STARTING                                                                                \
  "0 START -> PREPARE ARM=50 NOTIFY preparing",                                                    \
      "10 PREPARED ok -> RESERVE SPAWN ARM=110 NOTIFY starting"
#define TO_WAITING TO_STARTING, "11 SPAWNED -> AWAIT NOTIFY waiting"
#define TO_READY TO_WAITING, "20 READY -> DISARM NOTIFY ready"
#define TO_BACKOFF TO_READY, "30 EXITED -> ARM=40 NOTIFY backoff/died" /* and keeps the address */
#define TO_HELD                                                                                    \
  TO_READY, "30 HOLD -> STOP=0 ARM=40 NOTIFY stopping/held",                                       \
      "35 EXITED clean -> DISARM NOTIFY held/held"

/* ---- Coming up ------------------------------------------------------------------------------- */

HP_TEST(starts_serves_and_stops) {
  TELL(plain, TO_WAITING, "15 ENDPOINT -> INFORM waiting", "16 STATUS -> INFORM waiting",
       "20 READY -> DISARM NOTIFY ready", "21 STATUS -> INFORM ready",
       "22 ENDPOINT -> INFORM ready", "30 STOP never -> STOP=0 ARM=40 NOTIFY stopping/asked",
       "31 STATUS -> INFORM stopping/asked",
       "33 EXITED clean -> RELEASE DISARM NOTIFY stopped/asked", "34 START -> stopped/asked");
}

HP_TEST(fails_when_the_preparation_does) {
  TELL(plain, "0 START -> PREPARE ARM=50 NOTIFY preparing",
       "9 PREPARED bad -> DISARM NOTIFY failed/prepare", "10 STOP 0 -> failed/prepare");
  TELL(mending, "0 START -> PREPARE ARM=50 NOTIFY preparing",
       "9 EXITED -> DISARM NOTIFY failed/prepare");
}

HP_TEST(gives_a_preparation_its_own_time) {
  TELL(mending, "0 START -> PREPARE ARM=50 NOTIFY preparing",
       "50 DEADLINE -> STOP=0 ARM=60 NOTIFY stopping/timeout",
       "55 EXITED -> DISARM NOTIFY failed/timeout");
}

HP_TEST(fails_when_it_cannot_spawn) {
  TELL(plain, TO_STARTING, "11 SPAWN_FAILED -> RELEASE DISARM NOTIFY failed/spawn");
}

HP_TEST(fails_when_it_ends_before_it_is_ready) {
  TELL(plain, TO_WAITING, "12 EXITED clean -> RELEASE DISARM NOTIFY failed/exited");
}

HP_TEST(fails_when_it_dies) {
  TELL(plain, TO_READY, "30 EXITED clean -> RELEASE NOTIFY failed/died",
       "31 EXITED -> failed/died");
}

HP_TEST(fails_when_it_is_not_ready_in_time) {
  TELL(plain, TO_WAITING, "110 DEADLINE -> STOP=0 ARM=120 NOTIFY stopping/timeout",
       "111 READY -> stopping/timeout", "120 DEADLINE -> STOP=1 ARM=140 INFORM stopping/timeout",
       "140 DEADLINE -> STOP=2 ARM=145 INFORM stopping/timeout",
       "145 DEADLINE -> STOP=3 INFORM stopping/timeout",
       "146 EXITED -> RELEASE NOTIFY failed/timeout");
}

HP_TEST(fails_with_a_step) {
  TELL(plain, TO_WAITING, "30 STEP_FAILED -> STOP=0 ARM=40 NOTIFY stopping/step",
       "31 READY -> stopping/step", "32 EXITED -> RELEASE DISARM NOTIFY failed/step");
  TELL(plain, TO_READY, "30 STEP_FAILED -> ready");
}

HP_TEST(fails_when_it_loses_its_health) {
  TELL(plain, TO_READY, "30 HEALTH_LOST -> STOP=0 ARM=40 NOTIFY stopping/health",
       "31 EXITED -> RELEASE DISARM NOTIFY failed/health");
}

HP_TEST(tries_another_address_in_the_same_time) {
  TELL(plain, TO_WAITING, "12 EXITED taken -> RELEASE RESERVE SPAWN NOTIFY starting",
       "13 SPAWNED -> AWAIT NOTIFY waiting",
       "14 EXITED taken -> RELEASE DISARM NOTIFY failed/exited");
  TELL(plain, TO_STARTING, "11 SPAWN_FAILED taken -> RELEASE RESERVE SPAWN INFORM starting",
       "12 SPAWN_FAILED taken -> RELEASE DISARM NOTIFY failed/spawn");
}

HP_TEST(moves_its_deadline_when_told) {
  TELL(plain, TO_WAITING, "50 EXTEND 300 -> ARM=300 INFORM waiting", "60 EXTEND 200 -> waiting",
       "110 DEADLINE -> ARM=300 waiting", "300 DEADLINE -> STOP=0 ARM=310 NOTIFY stopping/timeout");
  TELL(plain, TO_WAITING, "50 EXTEND never -> DISARM INFORM waiting");
  TELL(plain, TO_READY, "50 EXTEND 300 -> ready");
}

HP_TEST(arms_again_when_the_timer_is_early) {
  TELL(plain, TO_WAITING, "109 DEADLINE -> ARM=110 waiting",
       "110 DEADLINE -> STOP=0 ARM=120 NOTIFY stopping/timeout",
       "119 DEADLINE -> ARM=120 stopping/timeout");
  TELL(plain, TO_READY, "109 DEADLINE -> ready");
}

/* ---- What a stop means ----------------------------------------------------------------------- */

HP_TEST(stops_with_the_ladders_own_waits) {
  TELL(plain, TO_READY, "30 STOP never -> STOP=0 ARM=40 NOTIFY stopping/asked",
       "40 DEADLINE -> STOP=1 ARM=60 INFORM stopping/asked",
       "60 DEADLINE -> STOP=2 ARM=65 INFORM stopping/asked",
       "65 DEADLINE -> STOP=3 INFORM stopping/asked", "66 EXITED -> RELEASE NOTIFY stopped/asked");
}

HP_TEST(stops_patiently) {
  TELL(plain, TO_READY, "30 STOP patiently -> STOP=0 ARM=40 NOTIFY stopping/asked",
       "40 DEADLINE -> STOP=1 INFORM stopping/asked", "9000 DEADLINE -> stopping/asked",
       "9001 EXITED -> RELEASE NOTIFY stopped/asked");
  TELL(mixed, TO_READY, "30 STOP patiently -> STOP=0 ARM=40 NOTIFY stopping/asked",
       "40 DEADLINE -> STOP=2 INFORM stopping/asked");
  TELL(forcing_only, TO_READY, "30 STOP patiently -> NOTIFY stopping/asked",
       "31 STOP never -> STOP=0 INFORM stopping/asked");
}

HP_TEST(leaves_a_rung_that_is_empty) {
  TELL(plain, TO_READY, "30 STOP never -> STOP=0 ARM=40 NOTIFY stopping/asked",
       "30 RUNG_EMPTY -> STOP=1 ARM=50 INFORM stopping/asked",
       "31 EXITED -> RELEASE DISARM NOTIFY stopped/asked");
  TELL(mixed, TO_READY, "30 STOP patiently -> STOP=0 ARM=40 NOTIFY stopping/asked",
       "30 RUNG_EMPTY -> STOP=2 DISARM INFORM stopping/asked", "31 RUNG_EMPTY -> stopping/asked");
}

HP_TEST(kills_at_once) {
  TELL(plain, TO_READY, "30 STOP 0 -> STOP=3 NOTIFY stopping/asked", "31 STOP 0 -> stopping/asked",
       "32 STOP 50 -> stopping/asked", "33 STOP never -> stopping/asked",
       "34 EXITED -> RELEASE NOTIFY stopped/asked");
}

HP_TEST(kills_when_the_budget_is_spent) {
  TELL(plain, TO_READY, "30 STOP 100 -> STOP=0 ARM=40 NOTIFY stopping/asked",
       "40 DEADLINE -> STOP=1 ARM=130 INFORM stopping/asked",
       "130 DEADLINE -> STOP=3 INFORM stopping/asked");
  TELL(plain, TO_READY, "30 STOP 5 -> STOP=0 ARM=35 NOTIFY stopping/asked",
       "35 DEADLINE -> STOP=3 INFORM stopping/asked");
}

HP_TEST(kills_first_when_all_deadlines_have_passed) {
  TELL(plain, TO_READY, "30 STOP 10 -> STOP=0 ARM=40 NOTIFY stopping/asked",
       "99 DEADLINE -> STOP=3 INFORM stopping/asked");
}

HP_TEST(climbs_one_rung_after_a_sleep) {
  TELL(plain, TO_READY, "30 STOP never -> STOP=0 ARM=40 NOTIFY stopping/asked",
       "9000 DEADLINE -> STOP=1 ARM=9020 INFORM stopping/asked");
}

HP_TEST(is_hurried_by_a_later_stop) {
  TELL(plain, TO_READY, "30 STOP never -> STOP=0 ARM=40 NOTIFY stopping/asked",
       "31 STOP 0 -> STOP=3 DISARM INFORM stopping/asked");
  TELL(plain, TO_READY, "30 STOP 50 -> STOP=0 ARM=40 NOTIFY stopping/asked",
       "31 STOP 5 -> ARM=36 stopping/asked", "32 STOP 900 -> stopping/asked",
       "33 STOP patiently -> stopping/asked", "36 DEADLINE -> STOP=3 INFORM stopping/asked");
}

HP_TEST(loses_its_patience) {
  TELL(plain, TO_READY, "30 STOP patiently -> STOP=0 ARM=40 NOTIFY stopping/asked",
       "40 DEADLINE -> STOP=1 INFORM stopping/asked", "90 STOP never -> ARM=110 stopping/asked",
       "110 DEADLINE -> STOP=2 ARM=115 INFORM stopping/asked");
  TELL(plain, TO_READY, "30 STOP patiently -> STOP=0 ARM=40 NOTIFY stopping/asked",
       "40 DEADLINE -> STOP=1 INFORM stopping/asked", "90 STOP 60 -> ARM=150 stopping/asked",
       "150 DEADLINE -> STOP=3 INFORM stopping/asked");
}

HP_TEST(gets_no_patience_back) {
  TELL(plain, TO_READY, "30 STOP never -> STOP=0 ARM=40 NOTIFY stopping/asked",
       "31 STOP patiently -> stopping/asked", "40 DEADLINE -> STOP=1 ARM=60 INFORM stopping/asked",
       "60 DEADLINE -> STOP=2 ARM=65 INFORM stopping/asked");
}

HP_TEST(gives_a_saving_server_more_time) {
  TELL(plain, TO_READY, "30 STOP never -> STOP=0 ARM=40 NOTIFY stopping/asked",
       "35 EXTEND 95 -> ARM=95 INFORM stopping/asked", "36 EXTEND 50 -> stopping/asked",
       "95 DEADLINE -> STOP=1 ARM=115 INFORM stopping/asked");
  TELL(plain, TO_READY, "30 STOP 40 -> STOP=0 ARM=40 NOTIFY stopping/asked",
       "35 EXTEND 95 -> ARM=70 INFORM stopping/asked", "36 EXTEND 99 -> stopping/asked",
       "70 DEADLINE -> STOP=3 INFORM stopping/asked", "71 EXTEND 500 -> stopping/asked");
}

/* ---- A stop in any state --------------------------------------------------------------------- */

HP_TEST(stops_before_it_starts) {
  TELL(plain, "0 STOP never -> NOTIFY stopped/asked", "1 START -> stopped/asked");
}

HP_TEST(stops_a_preparation) {
  TELL(plain, "0 START -> PREPARE ARM=50 NOTIFY preparing",
       "5 STOP never -> STOP=0 ARM=15 NOTIFY stopping/asked",
       "6 PREPARED ok -> DISARM NOTIFY stopped/asked");
  TELL(plain, "0 START -> PREPARE ARM=50 NOTIFY preparing",
       "5 STOP 0 -> STOP=3 DISARM NOTIFY stopping/asked", "6 EXITED -> NOTIFY stopped/asked",
       "7 PREPARED ok -> stopped/asked");
}

HP_TEST(stops_what_is_being_spawned) {
  TELL(plain, TO_STARTING, "11 STOP never -> ARM=21 NOTIFY stopping/asked",
       "12 PREPARED ok -> stopping/asked", "12 EXITED -> stopping/asked",
       "13 SPAWNED -> STOP=0 ARM=23 stopping/asked", "14 SPAWNED -> stopping/asked",
       "15 SPAWN_FAILED -> stopping/asked", "16 PREPARED ok -> stopping/asked",
       "17 EXITED -> RELEASE DISARM NOTIFY stopped/asked");
  TELL(plain, TO_STARTING, "11 STOP 0 -> DISARM NOTIFY stopping/asked",
       "12 SPAWNED -> STOP=3 stopping/asked", "13 EXITED -> RELEASE NOTIFY stopped/asked");
  TELL(plain, TO_STARTING, "11 STOP never -> ARM=21 NOTIFY stopping/asked",
       "12 SPAWN_FAILED taken -> RELEASE DISARM NOTIFY stopped/asked");
}

HP_TEST(stops_while_it_waits) {
  TELL(plain, TO_WAITING, "12 STOP never -> STOP=0 ARM=22 NOTIFY stopping/asked",
       "13 EXITED taken -> RELEASE DISARM NOTIFY stopped/asked");
}

HP_TEST(stops_between_two_attempts) {
  TELL(mending, TO_BACKOFF, "31 STOP never -> RELEASE DISARM NOTIFY stopped/asked");
}

HP_TEST(stops_while_it_is_held) {
  TELL(plain, TO_HELD, "40 STOP never -> RELEASE NOTIFY stopped/asked");
}

HP_TEST(keeps_the_first_cause) {
  TELL(mending, TO_READY, "30 HEALTH_LOST -> STOP=0 ARM=40 NOTIFY stopping/health",
       "31 STOP never -> stopping/health", "32 EXITED -> RELEASE DISARM NOTIFY failed/health");
  TELL(plain, TO_READY, "30 HOLD -> STOP=0 ARM=40 NOTIFY stopping/held",
       "31 STOP 0 -> STOP=3 DISARM INFORM stopping/held",
       "32 EXITED -> RELEASE NOTIFY stopped/held");
  TELL(plain, TO_READY, "30 STOP never -> STOP=0 ARM=40 NOTIFY stopping/asked",
       "31 HEALTH_LOST -> stopping/asked", "32 HOLD -> stopping/asked",
       "33 EXITED -> RELEASE DISARM NOTIFY stopped/asked");
}

/* ---- Hold and resume ------------------------------------------------------------------------- */

HP_TEST(holds_and_resumes_at_the_same_address) {
  TELL(plain, TO_HELD, "40 HOLD -> held/held", "41 START -> held/held",
       "50 RESUME -> SPAWN ARM=150 NOTIFY starting", "51 SPAWNED -> AWAIT NOTIFY waiting");
}

HP_TEST(resumes_a_preparation_that_was_held) {
  TELL(plain, "0 START -> PREPARE ARM=50 NOTIFY preparing",
       "5 HOLD -> STOP=0 ARM=15 NOTIFY stopping/held", "6 EXITED -> DISARM NOTIFY held/held",
       "7 RESUME -> PREPARE ARM=57 NOTIFY preparing");
  TELL(plain, "0 START -> PREPARE ARM=50 NOTIFY preparing",
       "5 HOLD -> STOP=0 ARM=15 NOTIFY stopping/held", "6 PREPARED ok -> DISARM NOTIFY held/held",
       "7 RESUME -> RESERVE SPAWN ARM=107 NOTIFY starting");
}

HP_TEST(releases_an_address_that_was_never_served) {
  TELL(plain, TO_STARTING, "11 HOLD -> ARM=21 NOTIFY stopping/held",
       "12 SPAWN_FAILED -> RELEASE DISARM NOTIFY held/held",
       "13 RESUME -> RESERVE SPAWN ARM=113 NOTIFY starting");
  TELL(plain, TO_WAITING, "12 HOLD -> STOP=0 ARM=22 NOTIFY stopping/held",
       "13 EXITED -> RELEASE DISARM NOTIFY held/held");
}

HP_TEST(resumes_before_it_is_held) {
  TELL(plain, TO_READY, "30 HOLD -> STOP=0 ARM=40 NOTIFY stopping/held",
       "31 RESUME -> stopping/held", "32 EXITED -> SPAWN ARM=132 NOTIFY starting");
}

HP_TEST(holds_what_would_be_restarted) {
  TELL(mending, TO_BACKOFF, "31 HOLD -> DISARM NOTIFY held/died",
       "90 RESUME -> SPAWN ARM=190 NOTIFY starting");
  TELL(mending, TO_READY, "30 HEALTH_LOST -> STOP=0 ARM=40 NOTIFY stopping/health",
       "31 HOLD -> stopping/health", "32 EXITED -> DISARM NOTIFY held/health");
}

/* ---- Restarts -------------------------------------------------------------------------------- */

HP_TEST(restarts_at_the_same_address_until_the_limit) {
  TELL(mending, TO_BACKOFF, "39 DEADLINE -> ARM=40 backoff/died", "39 START -> backoff/died",
       "40 DEADLINE -> SPAWN ARM=140 NOTIFY starting", "41 SPAWNED -> AWAIT NOTIFY waiting",
       "42 READY -> ARM=1042 NOTIFY ready", "50 EXITED -> ARM=65 NOTIFY backoff/died",
       "65 DEADLINE -> SPAWN ARM=165 NOTIFY starting",
       "66 SPAWN_FAILED -> RELEASE DISARM NOTIFY failed/spawn");
}

HP_TEST(restarts_at_a_new_address_when_the_old_one_did_not_serve) {
  TELL(mending, TO_READY, "30 EXITED taken -> RELEASE ARM=40 NOTIFY backoff/died",
       "40 DEADLINE -> RESERVE SPAWN ARM=140 NOTIFY starting",
       "41 SPAWN_FAILED -> RELEASE ARM=56 NOTIFY backoff/spawn");
  TELL(mending, TO_WAITING, "12 EXITED -> RELEASE ARM=22 NOTIFY backoff/exited");
  TELL(mending, TO_WAITING, "110 DEADLINE -> STOP=0 ARM=120 NOTIFY stopping/timeout",
       "112 EXITED -> RELEASE ARM=122 NOTIFY backoff/timeout");
}

HP_TEST(forgets_failures_after_a_stable_time) {
  TELL(mending, TO_BACKOFF, "40 DEADLINE -> SPAWN ARM=140 NOTIFY starting",
       "41 SPAWNED -> AWAIT NOTIFY waiting", "42 READY -> ARM=1042 NOTIFY ready",
       "1041 DEADLINE -> ARM=1042 ready", "1042 DEADLINE -> ready",
       "2000 EXITED -> ARM=2010 NOTIFY backoff/died");
}

HP_TEST(gives_each_attempt_its_own_retries) {
  TELL(mending, TO_WAITING, "12 EXITED taken -> RELEASE RESERVE SPAWN NOTIFY starting",
       "13 SPAWN_FAILED taken -> RELEASE ARM=23 NOTIFY backoff/spawn",
       "23 DEADLINE -> RESERVE SPAWN ARM=123 NOTIFY starting",
       "24 SPAWN_FAILED taken -> RELEASE RESERVE SPAWN INFORM starting");
}

HP_TEST(restarts_by_policy_only) {
  TELL(mending, TO_READY, "30 EXITED clean -> RELEASE NOTIFY failed/died");
  TELL(mending, TO_READY, "30 EXITED permanent -> RELEASE NOTIFY failed/died");
  TELL(mending, TO_WAITING, "12 EXITED permanent -> RELEASE DISARM NOTIFY failed/exited");
  TELL(mending, TO_WAITING, "12 EXITED clean -> RELEASE ARM=22 NOTIFY backoff/exited");
  TELL(mending, TO_READY, "30 HEALTH_LOST -> STOP=0 ARM=40 NOTIFY stopping/health",
       "31 EXITED clean -> ARM=41 NOTIFY backoff/health");
  TELL(always, TO_READY, "30 EXITED clean -> ARM=40 NOTIFY backoff/died");
  TELL(always, TO_READY, "30 EXITED permanent -> RELEASE NOTIFY failed/died");
}

/* ---- The table, the clock and the names ------------------------------------------------------ */

/* Which cells do something, by state: S.tart P.repared … as the events' order has it. */
HP_TEST(fills_every_cell) {
  static const char *const busy[HP_STATE_COUNT] = {
      /*                     SPsfErXTHDOhRxef: START PREPARED SPAWNED SPAWN_FAILED ENDPOINT READY
                             EXTEND STATUS HEALTH_LOST DEADLINE STOP HOLD RESUME EXITED
                             RUNG_EMPTY STEP_FAILED */
      [HP_STATE_IDLE] = "x.........x.....",     [HP_STATE_PREPARING] = ".x.......xxx.x..",
      [HP_STATE_STARTING] = "..xx.....xxx....", [HP_STATE_WAITING] = "....xxxx.xxx.x.x",
      [HP_STATE_READY] = "....x..xxxxx.x..",    [HP_STATE_STOPPING] = "......xx.xx..xx.",
      [HP_STATE_BACKOFF] = ".........xxx....",  [HP_STATE_HELD] = "..........x.x...",
      [HP_STATE_STOPPED] = "................",  [HP_STATE_FAILED] = "................"};
  for (int state = 0; state < HP_STATE_COUNT; state++) {
    char found[HP_ON_COUNT + 1] = "";
    for (int type = 0; type < HP_ON_COUNT; type++) {
      struct hp_machine machine;
      hp__machine_init(&machine, &mending);
      machine.state = (enum hp_state)state;
      machine.running = state != HP_STATE_STARTING;
      machine.prepared = state > HP_STATE_PREPARING;
      for (int i = 0; i < HP_DEADLINE_COUNT; i++)
        machine.deadlines[i] = 500 + i;
      machine.armed = 500;
      struct hp_machine_event event = {.type = (enum hp_event_type)type, .now = 600};
      if (type == HP_ON_EXTEND)
        event.as.until = 501; /* of the start or, up to the kill at 502, of the rung */
      if (type == HP_ON_EXTEND && state == HP_STATE_STOPPING)
        event.as.until = 502;
      struct hp_machine before = machine;
      struct hp_update update = hp__step(&machine, &event);
      bool changed = machine.state != before.state || machine.failures != before.failures ||
                     machine.deadlines[HP_DEADLINE_STABLE] != 504;
      bool acted = update.count > (type == HP_ON_DEADLINE); /* which arms again by itself */
      found[type] = acted || changed ? 'x' : '.';
    }
    hp_test_check_text(found, busy[state], hp_state_name((enum hp_state)state), __FILE__, __LINE__);
  }
}

HP_TEST(reckons_with_times_that_never_pass) {
  static const struct hp_policy endless = {.start_timeout = HP_NEVER,
                                           .prepare_timeout = HP_NEVER,
                                           .ladder = {{HP_NEVER, false}},
                                           .rung_count = 2};
  TELL(endless, "5 START -> PREPARE NOTIFY preparing",
       "6 PREPARED ok -> RESERVE SPAWN NOTIFY starting", "7 SPAWNED -> AWAIT NOTIFY waiting",
       "8 STOP 9223372036854775806 -> STOP=0 NOTIFY stopping/asked",
       "9223372036854775800 STOP 3 -> ARM=9223372036854775803 stopping/asked",
       "9223372036854775803 DEADLINE -> STOP=1 INFORM stopping/asked");
}

HP_TEST(backs_off_no_longer_than_allowed) {
  struct hp_policy policy = mending;
  policy.restart_limit = INT32_MAX;
  policy.backoff_max = HP_NEVER - 1;
  struct hp_machine machine;
  hp__machine_init(&machine, &policy);
  machine.state = HP_STATE_READY;
  machine.prepared = machine.running = true;
  machine.failures = 1000;
  struct hp_machine_event event = {.type = HP_ON_EXITED, .now = 0};
  hp__step(&machine, &event);
  CHECK_INT(machine.armed, HP_NEVER - 1);
}

HP_TEST(names_what_it_knows) {
  CHECK_TEXT(hp_state_name(HP_STATE_BACKOFF), "backoff");
  CHECK_TEXT(hp_state_name(HP_STATE_COUNT), "unknown");
  CHECK_TEXT(hp__event_name(HP_ON_HEALTH_LOST), "HEALTH_LOST");
  CHECK_TEXT(hp__event_name(HP_ON_COUNT), "unknown");
  CHECK_TEXT(hp__effect_name(HP_DO_INFORM), "INFORM");
  CHECK_TEXT(hp__effect_name((enum hp_effect_type)99), "unknown");
  for (int state = 0; state < HP_STATE_COUNT; state++)
    CHECK_INT(hp__state_is_terminal((enum hp_state)state), state >= HP_STATE_STOPPED);
}
