/* SPDX-License-Identifier: MIT */
/*
 * The life of one server as a pure function: (machine, event) -> effects. No clock, no OS, no
 * memory. The shell around it (process.c) turns what happens in the world into events, and the
 * effects into calls. The whole table is in lifecycle.c.
 *
 * Laws, each a test:
 *  - every cell of the table is filled, "ignore" included; a terminal state does nothing;
 *  - RELEASE comes exactly once for each RESERVE;
 *  - NOTIFY comes exactly when the state changed, INFORM is news within a state;
 *  - the ladder only climbs;
 *  - the first cause is kept;
 *  - a stop that is asked for in any state is honoured;
 *  - one armed timer: the earliest of the named deadlines.
 *
 * What the shell owes the machine:
 *  - one PREPARED for each PREPARE, or an EXITED in its place once STOPPING has begun;
 *  - one SPAWNED or SPAWN_FAILED for each SPAWN, the latter also when the RESERVE before it failed
 *    (SPAWN is then not carried out), and one EXITED after each SPAWNED;
 *  - DEADLINE only from the timer that ARM sets, which is then no longer armed;
 *  - RUNG_EMPTY at once when a STOP found nothing to act on (a tether that was never tied);
 *  - the next event only after the last effect of this one.
 * A STOP during PREPARING is meant for the preparation's child.
 *
 * How an attempt ends, the first that fits:
 *  - a stop was asked for: STOPPED, or FAILED when an error had brought the server down before;
 *  - a hold was asked for: HELD; when it was taken back meanwhile, the next attempt at once;
 *  - the address was taken, before READY, with a retry left: another address in STARTING;
 *  - the policy restarts it: BACKOFF;
 *  - FAILED.
 * A stop in BACKOFF or HELD, where nothing runs, is STOPPED. An address that was served (READY was
 * reached) is kept through BACKOFF and HELD for the next attempt, any other one is released.
 */
#ifndef HP_CORE_LIFECYCLE_H
#define HP_CORE_LIFECYCLE_H

#include <hyperprocess/hyperprocess.h>

/* clang-format off */
#define HP_EVENT_TYPES(X) \
  X(START) X(PREPARED) X(SPAWNED) X(SPAWN_FAILED) X(ENDPOINT) X(READY) X(EXTEND) X(STATUS) \
  X(HEALTH_LOST) X(DEADLINE) X(STOP) X(HOLD) X(RESUME) X(EXITED) X(RUNG_EMPTY) X(STEP_FAILED)
/* clang-format on */

enum hp_event_type {
#define HP_EVENT_ENUMERATOR(name) HP_ON_##name,
  HP_EVENT_TYPES(HP_EVENT_ENUMERATOR)
#undef HP_EVENT_ENUMERATOR
      HP_ON_COUNT
};

#define HP_EFFECT_TYPES(X)                                                                         \
  X(PREPARE) /* claim the data directory, run the definition's own preparation */                  \
  X(RESERVE) /* make the address ours */                                                           \
  X(SPAWN)   /* open our own ends (callback, notify), fill in what is known now, execute */        \
  X(AWAIT)   /* let the readiness race begin */                                                    \
  X(ARM)     /* set the timer to `deadline` */                                                     \
  X(DISARM)  /* no deadline is left */                                                             \
  X(STOP)    /* take rung `rung` of the ladder, on whatever of ours runs */                        \
  X(RELEASE) /* undo RESERVE */                                                                    \
  X(NOTIFY)  /* the state changed */                                                               \
  X(INFORM)  /* news within a state */

enum hp_effect_type {
#define HP_EFFECT_ENUMERATOR(name) HP_DO_##name,
  HP_EFFECT_TYPES(HP_EFFECT_ENUMERATOR)
#undef HP_EFFECT_ENUMERATOR
};

#define HP_NEVER INT64_MAX
#define HP_NEXT_RUNG (INT64_MAX - 1) /* as the budget of a STOP */

/* The named ones; times on the caller's clock, in milliseconds. */
enum hp_deadline {
  HP_DEADLINE_START,   /* READY must have come */
  HP_DEADLINE_RUNG,    /* the next rung of the ladder is due */
  HP_DEADLINE_KILL,    /* patience with a stop ends: the last rung is due */
  HP_DEADLINE_BACKOFF, /* the next attempt is due */
  HP_DEADLINE_STABLE,  /* up so long that earlier failures are forgotten */
  HP_DEADLINE_COUNT
};

/* Why the server is, or was, brought down: the first one is kept. */
enum hp_cause {
  HP_CAUSE_NONE,
  HP_CAUSE_ASKED,   /* STOP */
  HP_CAUSE_HELD,    /* HOLD */
  HP_CAUSE_PREPARE, /* the preparation failed */
  HP_CAUSE_SPAWN,   /* SPAWN_FAILED */
  HP_CAUSE_EXITED,  /* it ended before READY */
  HP_CAUSE_DIED,    /* it ended after READY, unasked */
  HP_CAUSE_TIMEOUT, /* not READY in time */
  HP_CAUSE_HEALTH,  /* HEALTH_LOST */
  HP_CAUSE_STEP     /* STEP_FAILED */
};

enum { HP_RUNGS_MAX = 8 };

struct hp_ladder_step {
  int64_t wait; /* until the next rung */
  bool force;   /* never taken by a patient stop; the last rung is so by itself */
};

enum hp_restart { HP_RESTART_NEVER, HP_RESTART_ON_FAILURE, HP_RESTART_ALWAYS };

/* Does not change while the machine lives. Times are >= 0; HP_NEVER is one that never passes. */
struct hp_policy {
  int64_t start_timeout, prepare_timeout;
  struct hp_ladder_step ladder[HP_RUNGS_MAX]; /* the last one kills */
  int rung_count;                             /* 1 to HP_RUNGS_MAX */
  int reservation_retries; /* how often a server that died of a taken address gets another one */
  enum hp_restart restart;
  int restart_limit;                    /* restarts in a row until it is given up */
  int64_t backoff, backoff_max, stable; /* first and longest delay; uptime that clears failures */
};

struct hp_machine {
  struct hp_policy policy;
  enum hp_state state;
  enum hp_cause cause;
  int64_t deadlines[HP_DEADLINE_COUNT]; /* HP_NEVER: not set */
  int64_t armed;                        /* what the timer is set to, HP_NEVER: not armed */
  int rung;                             /* of this stop, due or taken last; -1: none */
  int failures;                         /* in a row: READY for `stable` clears it */
  int retries;                          /* other addresses tried by this attempt */
  bool patient;  /* forcing rungs wait for HP_DEADLINE_KILL, which may be HP_NEVER */
  bool prepared; /* the preparation is done; before that, it is what runs */
  bool reserved; /* a RESERVE is not yet released */
  bool running;  /* a process of ours is alive: the server's or the preparation's */
  bool served;   /* this attempt was READY: its address is kept for the next one */
  bool asked;    /* STOP was asked for */
  bool held;     /* HOLD was asked for: after the stop, HELD */
};

struct hp_machine_event {
  enum hp_event_type type;
  int64_t now; /* milliseconds */
  union {
    int64_t budget; /* STOP: < 0 patient, 0 kill now, > 0 patient, and kill after it; HP_NEVER: the
                       ladder's own waits; HP_NEXT_RUNG: those, and the next rung at once */
    int64_t until;  /* EXTEND: the new deadline; an earlier one changes nothing */
    bool success;   /* PREPARED */
    struct {        /* EXITED, SPAWN_FAILED */
      bool clean;   /* EXITED: status 0 */
      bool taken;   /* of a taken address, so that another may serve */
      bool permanent; /* of the kind that no restart mends */
    } end;
  } as;
};

enum { HP_EFFECTS_MAX = 8 };

struct hp_effect {
  enum hp_effect_type type;
  int rung;         /* STOP */
  int64_t deadline; /* ARM */
};

struct hp_update {
  struct hp_effect effects[HP_EFFECTS_MAX]; /* to be carried out in this order */
  int count;
};

void hp__machine_init(struct hp_machine *machine, const struct hp_policy *policy);
struct hp_update hp__step(struct hp_machine *machine, const struct hp_machine_event *event);

bool hp__state_is_terminal(enum hp_state state);
const char *hp__event_name(enum hp_event_type type);
const char *hp__effect_name(enum hp_effect_type type);

#endif
