/* SPDX-License-Identifier: MIT */
/*
 * One server: the shell around the state machine. Everything here runs on the context's thread but
 * what stands under `lock`, which the public functions (process_api.c) read and the loop writes.
 *
 *   process.c          events -> hp__step -> effects
 *   process_prepare.c  the effect PREPARE
 *   process_start.c    RESERVE, SPAWN, AWAIT
 *   process_steps.c    what runs between the server's own word and READY
 *   process_fallback.c from one transport of the list to the next
 *   process_record.c   the event log
 *   process_end.c      STOP, RELEASE, what an exit means, the end of the instance
 */
#ifndef HP_CORE_PROCESS_H
#define HP_CORE_PROCESS_H

#include "core/context.h"
#include "core/error.h"
#include "core/event_log.h"
#include "core/health.h"
#include "core/lifecycle.h"
#include "core/log.h"
#include "core/steps.h"
#include "core/subprocess.h"

enum { HP_PROCESS_EVENTS = 16 }; /* an effect posts one event at most, an update has few effects */

/* What the public functions answer. Written by the loop, read by any thread, under `lock`. The
 * strings are the process's and never change once they are set. */
struct hp_process_view {
  enum hp_state state;
  int64_t pid, main_pid;
  enum hp_containment containment;
  bool alive, verified, ready_once;
  bool forced, kill_asked; /* the last rung was taken; a caller asked for just that */
  struct hp_exit exit;
  const char *endpoint, *descriptor, *path, *host, *data_dir;
  uint16_t port;
  const char *stop_rung;
  double stop_time;
  struct hp_strings fallbacks;
  char *log_path;                /* the process's own; it changes */
  struct hp_nearness near_state; /* the next one is: whoever waits may look for it, not sleep */
};

/* On the stack of a thread that closes; the context's `changed` is signalled. */
struct hp_closing {
  struct hp_nearness near_end; /* under the context's lock: the server has ended */
  atomic_bool done;
};

struct hp_process_wish { /* what callers want, merged until the loop comes to it */
  bool start, stop, patient, hurry;
  int64_t limit;              /* the smallest that was asked for; HP_NEVER: none */
  bool close;                 /* its owner has let go: free it when it has ended */
  struct hp_closing *closing; /* of the thread that waits for that; may be NULL */
};

struct hp_process {
  hp_context *context;
  /* under the context's lock */
  hp_process *next, *next_called;
  bool is_called;
  int waiters; /* threads inside a blocking call, or told of an event: it is freed after them */
  struct hp_process_wish wish;

  hp_plan *plans, *plan; /* all, and the one that is carried out; written under `lock` */
  hp_event_callback callback;
  void *user;

  /* the machine and its shell */
  struct hp_machine machine;
  struct hp_machine_event events[HP_PROCESS_EVENTS];
  int event_count;
  bool stepping;
  bool finishing; /* the machine is in a terminal state */
  bool ended;     /* and nothing is left */
  int open;       /* handles, subprocesses and work that still refer to this memory */
  uv_timer_t timer;
  uv_work_t cleanup;
  uv_work_t sweep;
  const char *swept_bases[2];

  /* this attempt */
  struct hp_launch launch;
  void *reservation;           /* the transport's state */
  int reserve_result;          /* of RESERVE: SPAWN reports it */
  struct hp_endpoint reserved; /* what each attempt begins with */
  int attempts;
  bool refused; /* we have ended it, and `attempt` says why */
  hp_directory *runtime, *data;
  struct hp_log *log;          /* NULL: none was asked for */
  struct hp_event_log *record; /* NULL: none was asked for, or its last line was written */
  enum hp_state recorded_state;
  uint64_t record_began; /* uv_hrtime() */
  char record_id[9];     /* of this instance among those that share the file */
  hp_readiness *readiness;
  hp_steps *steps;   /* NULL: none is under way */
  hp_health *health; /* NULL: nothing was asked for, or it is not READY */
  hp_subprocess *preparation, *server, *stop_command;

  /* what is told */
  struct hp_arena arena;   /* the view's strings */
  struct hp_error failure; /* the first cause */
  struct hp_error attempt; /* of the attempt at hand: forgotten when another one is made */
  const char *info;        /* of the INFORM at hand */
  char *reported;          /* the server's own descriptor */
  char rung_text[HP_RUNG_TEXT_SIZE];
  uint64_t stop_began; /* uv_hrtime() at the first rung; 0: no stop yet */
  bool verified;
  char stranger[80], missed[192]; /* whose answer did not count, why the last attempt failed */

  atomic_uint turns; /* states that were published */
  uv_mutex_t lock;   /* for what follows */
  uv_cond_t changed;
  struct hp_process_view view;
  const hp_child *child; /* of the server that runs: for threads that judge who has answered */
};

/* process.c */
void hp__process_serve(hp_process *process);
/* One that was never linked into its context, or is no longer. */
void hp__process_free(hp_process *process);
void hp__process_post(hp_process *process, struct hp_machine_event event);
/* Tells the caller of news within a state; not through the machine. */
void hp__process_inform(hp_process *process, const char *text);
/* Milliseconds on the loop's clock, rounded up: a deadline never comes early. */
int64_t hp__process_now(hp_process *process);
/* What READY tells of the endpoint, as values that stay. HP_ENOMEM. */
int hp__process_view_endpoint(hp_process *process);
void hp__process_publish(hp_process *process, enum hp_state state);
/* READY or the end is a few microseconds away: wakes who waits for it. */
void hp__process_draw_near(hp_process *process);
/* One of the things that `open` counts has ended. */
void hp__process_release(hp_process *process);

/* process_prepare.c */
void hp__process_prepare(hp_process *process);

/* process_fallback.c */
/* What the plan has passed over already. */
void hp__process_note_plan(hp_process *process);
/* Goes on to the next plan, if the address could not be had and there is one, and writes down why.
 * When there is none, and there was one, the error of the attempt names them all. */
bool hp__process_fall_back(hp_process *process, int code);

/* process_start.c */
void hp__process_reserve(hp_process *process);
void hp__process_spawn(hp_process *process);
void hp__process_await(hp_process *process);
/* Starts a command of the definition's with the launch's variables filled in; the error is left in
 * `attempt`. */
int hp__process_run(hp_process *process, hp_subprocess **subprocess,
                    const struct hp_templates *command, hp_line_callback line,
                    hp_subprocess_callback ended);

/* Adds to the error of the attempt who holds its port. */
void hp__process_name_owner(hp_process *process);

/* Whom a probe of the server is asked for; the caller says what, and who is told. */
struct hp_readiness_owner hp__process_ask_as(hp_process *process);

/* The server is ready and so are its steps: READY is told. */
void hp__process_tell_ready(hp_process *process);

/* process_steps.c: false: there are none. Else they are under way, or have failed. */
bool hp__process_run_steps(hp_process *process);
void hp__process_end_steps(hp_process *process);

/* process_health.c: from READY on, and until a stop or the end. */
void hp__process_watch_health(hp_process *process);
void hp__process_hear_health(hp_process *process, const struct hp_report *report);
void hp__process_end_health(hp_process *process);

/* process_record.c: nothing where no event log was asked for. */
void hp__process_begin_record(hp_process *process);
void hp__process_record(hp_process *process, const struct hp_event *event);
/* That one of our processes has ended: "server", "preparation", "stop command". */
void hp__process_record_exit(hp_process *process, const char *what, const hp_subprocess *ended);
/* Writes the end down. true: hp__process_release() follows when that is done. */
bool hp__process_end_record(hp_process *process);

/* process_end.c */
void hp__process_take_rung(hp_process *process, int rung);
void hp__process_undo_reserve(hp_process *process);
void hp__process_server_ended(hp_subprocess *server);
void hp__process_signal_undelivered(hp_subprocess *subprocess);
void hp__process_close_subprocess(hp_subprocess **subprocess);
void hp__process_close_server(hp_process *process);
/* Gives back what the instance took beyond the reservation; ends in hp__process_publish(). */
void hp__process_finish(hp_process *process);

/* process_api.c: while a thread is inside, the process is not freed, whoever closes it meanwhile.
 * Without the context's lock. */
void hp__process_enter(hp_process *process);
void hp__process_leave(hp_process *process);
int hp__refuse_inside(hp_error **error); /* HP_EDEADLK */
/* Whether who answered at the endpoint is of the server's tree: 1, 0, -1 cannot tell. Any thread.
 */
int hp__process_judge(hp_process *process, const struct hp_endpoint *endpoint, uv_stream_t *stream);

/* process_api.c: begins a stop, or takes the next rung of one at once. Any thread. */
void hp__process_hurry(hp_process *process);

/* failure.c: writes the first cause down, once. */
void hp__process_keep_cause(hp_process *process);
/* The same for a stop that nothing was wrong with, but that needed force unasked. */
void hp__process_keep_force(hp_process *process);
void hp__describe_kill(const hp_process *process, hp_error *error);
/* Why, and what to do about it, into the error of the attempt; `output` may be NULL. */
void hp__explain_exit(hp_process *process, const struct hp_exit *exit, const char *output);

#endif
