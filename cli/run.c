/* SPDX-License-Identifier: MIT */
/*
 * `run`: a server for a command, or until it is interrupted. The library's news come from the
 * context's thread and are taken over by this one's loop, where the signals and the command's end
 * arrive too; what happens next is decided in one place, by what is over and what was asked.
 */
#include "cli/command.h"
#include "cli/facts.h"
#include "cli/keep.h"
#include "cli/progress.h"
#include "cli/report.h"
#include "cli/signals.h"
#include "cli/subcommands.h"
#include "cli/system.h"
#include "core/context.h"
#include "core/error.h"
#include "core/process.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

/* The Ctrl-C that ends the command may be told after that end: one in this time was the command's.
 */
enum { CTRL_C_MS = 100 };

struct news { /* the latest, under the lock */
  enum hp_state state;
  char text[192];
  int64_t remaining;
};

struct run {
  const struct arguments *arguments;
  uv_loop_t loop;
  uv_async_t wake;
  uv_mutex_t lock;
  struct news news;
  struct signals signals;
  struct progress progress;
  hp_context *context;
  hp_process *process;
  struct command command;
  struct keep keep;
  int asked;           /* the signal that asked us to end; 0: none */
  int failure;         /* exit code of what went wrong first */
  bool lends_terminal; /* to what runs the server, which then has Ctrl-C too */
  bool has_terminal, was_ready, is_stopping, is_over, is_closed;
  uint64_t command_ended; /* on the loop's clock; 0: not yet */
};

/* ---- News ---- */

static void take_event(hp_process *process, const hp_event *event, void *user) {
  struct run *run = user;
  const char *text = hp_event_text(event);
  (void)process;
  uv_mutex_lock(&run->lock);
  if (text || run->news.state != hp_event_state(event)) /* the last word stays while it holds */
    snprintf(run->news.text, sizeof run->news.text, "%s", text ? text : "");
  run->news.state = hp_event_state(event);
  run->news.remaining = hp_event_remaining(event);
  uv_mutex_unlock(&run->lock);
  uv_async_send(&run->wake);
}

static void describe(const struct run *run, const struct news *news, char *line, size_t size) {
  static const char *const texts[HP_STATE_COUNT] = {
      [HP_STATE_PREPARING] = "preparing the data of ",
      [HP_STATE_STARTING] = "starting ",
      [HP_STATE_WAITING] = "waiting for ",
      [HP_STATE_STOPPING] = "stopping ",
      [HP_STATE_BACKOFF] = "about to restart ",
  };
  const struct hp_plan *plan = run->process->plan;
  const char *begin = texts[news->state] ? texts[news->state] : "";
  const char *text = news->text;
  char waited[HP_READY_TEXT_SIZE];
  if (!text[0] && news->state == HP_STATE_WAITING) {
    hp__ready_describe(&plan->ready, waited);
    text = waited;
  }
  snprintf(line, size, "%s%s%s%s", begin, plan->definition->name, text[0] ? ": " : "", text);
}

static void show_progress(struct run *run, const struct news *news) {
  char line[HP_READY_TEXT_SIZE + 256];
  describe(run, news, line, sizeof line);
  if (news->state == HP_STATE_READY || run->command.running)
    progress_clear(&run->progress);
  else
    progress_show(&run->progress, line, news->remaining);
}

static void say_ready(const struct run *run) {
  const char *endpoint = hp_process_endpoint(run->process);
  const char *descriptor = hp_process_descriptor(run->process);
  facts_print(run->process, run->arguments->format);
  if (run->arguments->quiet || !report_is_terminal())
    return;
  fprintf(stderr, "%s%s%s is ready, process %lld", report_color(COLOR_BOLD),
          run->process->plan->definition->name, report_color(COLOR_OFF),
          (long long)hp_process_pid(run->process));
  if (descriptor && strcmp(descriptor, endpoint) != 0) {
    fputs(", ", stderr);
    report_visible(descriptor, strlen(descriptor));
  }
  fprintf(stderr, "; Ctrl-C stops it\n");
  fflush(stderr);
}

/* ---- What comes next ---- */

static void stop_server(struct run *run) {
  if (run->is_over)
    return;
  if (run->is_stopping)
    hp__process_hurry(run->process);
  else
    hp_process_stop_async(run->process);
  run->is_stopping = true;
}

static void keep_failure(struct run *run, int code) {
  if (run->failure == EXIT_DONE)
    run->failure = code;
}

static void close_when_over(struct run *run) {
  if (!run->is_over || run->command.running || run->is_closed)
    return;
  run->is_closed = true;
  progress_close(&run->progress);
  signals_close(&run->signals);
  uv_close((uv_handle_t *)&run->wake, NULL);
}

static void begin_command(struct run *run) {
  struct hp_error error = {0};
  int code = command_start(&run->command, &run->loop, run->process, &error);
  if (code == EXIT_DONE)
    return;
  report_error(&error);
  hp__error_fini(&error);
  keep_failure(run, code);
  stop_server(run);
}

static void serve(struct run *run) {
  run->was_ready = true;
  progress_clear(&run->progress);
  if (run->is_stopping)
    return;
  if (run->arguments->command) {
    begin_command(run);
    return;
  }
  say_ready(run);
  int code = report_output(EXIT_DONE);
  if (code == EXIT_DONE)
    return;
  keep_failure(run, code);
  stop_server(run);
}

static void say_stopped(const struct run *run) {
  const char *rung = hp_process_stop_rung(run->process);
  bool wanted = run->arguments->verbose || (!run->arguments->quiet && report_is_terminal());
  if (rung && wanted)
    fprintf(stderr, "%s ended by %s, %.0f ms after the stop began\n",
            run->process->plan->definition->name, rung, hp_process_stop_time(run->process));
  fflush(stderr);
}

/* HP_EKILLED is worth a line, but what was asked for was done. */
static void end_server(struct run *run) {
  hp_error *error = NULL;
  run->is_over = true;
  progress_clear(&run->progress);
  int result = hp_process_wait(run->process, -1, &error);
  bool failed = hp_process_state(run->process) == HP_STATE_FAILED;
  bool asked = run->was_ready && run->asked; /* the same signal may have reached the server first */
  if (failed && !asked)
    keep_failure(run, exit_code_of(error));
  if (result < 0 && !(failed && asked))
    report_error(error);
  keep_error(&run->keep, failed ? error : NULL);
  hp_error_free(error);
  say_stopped(run);
  if (failed && run->command.running && !asked)
    command_stop(&run->command, "TERM");
  close_when_over(run);
}

static void take_news(uv_async_t *wake) {
  struct run *run = wake->data;
  uv_mutex_lock(&run->lock);
  struct news news = run->news;
  uv_mutex_unlock(&run->lock);
  if (run->is_over)
    return;
  if (hp__state_is_terminal(news.state)) {
    end_server(run);
    return;
  }
  show_progress(run, &news);
  if (news.state == HP_STATE_READY && !run->was_ready)
    serve(run);
}

static void command_over(struct command *command) {
  struct run *run = command->data;
  run->command_ended = uv_now(&run->loop);
  stop_server(run);
  close_when_over(run);
}

/* ---- Signals ---- */

/* The terminal gives Ctrl-C to the command by itself; one that was sent to us alone is passed on.
 * The others are for both of us. */
static void pass_on(struct run *run, int number, bool sent) {
  if (number != SIGINT) {
    run->asked = run->asked ? run->asked : number;
    command_stop(&run->command, signal_name(number));
  } else if (!run->has_terminal || sent) {
    command_signal(&run->command, "INT");
  }
}

static bool was_for_the_command(const struct run *run, int number, bool sent) {
  return number == SIGINT && run->has_terminal && !sent && run->command_ended &&
         uv_now(&run->loop) - run->command_ended < CTRL_C_MS;
}

static void take_signal(void *data, int number, bool sent) {
  struct run *run = data;
  if (run->lends_terminal && number == SIGINT && !sent && !run->is_stopping) {
    system_interrupt(hp_process_pid(run->process));
    return;
  }
  if (run->command.running) {
    pass_on(run, number, sent);
    return;
  }
  if (was_for_the_command(run, number, sent))
    return;
  if (!run->asked && !run->command_ended)
    run->asked = number;
  stop_server(run);
}

/* ---- The whole ---- */

static int exit_code(const struct run *run) {
  if (run->failure != EXIT_DONE)
    return run->failure;
  if (!run->arguments->command)
    return EXIT_DONE;
  return run->asked ? EXIT_BY_SIGNAL + run->asked : command_status(&run->command);
}

static int find_command(struct run *run) {
  struct hp_error error = {0};
  run->command.data = run;
  run->command.ended = command_over;
  if (!run->arguments->command)
    return EXIT_DONE;
  int code =
      command_find(&run->command, run->context->registry.platform, run->arguments->command, &error);
  if (code != EXIT_DONE)
    report_error(&error);
  hp__error_fini(&error);
  return code;
}

/* A command has it already. */
static bool lend_terminal(const struct arguments *arguments) {
  bool lends = arguments->options->wrap && !arguments->command && system_lends_terminal();
  hp_options_set_terminal(arguments->options, lends);
  return lends;
}

static int init(struct run *run) {
  int status = uv_loop_init(&run->loop);
  if (status == 0 && (status = uv_mutex_init(&run->lock)) == 0)
    status = uv_async_init(&run->loop, &run->wake, take_news);
  if (status != 0) {
    fprintf(stderr, "hyperprocess: no event loop: %s\n", uv_strerror(status));
    return EXIT_NOT_STARTED;
  }
  run->wake.data = run;
  run->has_terminal = signals_are_shared();
  signals_init(&run->signals, &run->loop, take_signal, run);
  run->lends_terminal = lend_terminal(run->arguments);
  progress_init(&run->progress, &run->loop, run->arguments->quiet || run->lends_terminal);
  return EXIT_DONE;
}

static void fini(struct run *run) {
  uv_mutex_destroy(&run->lock);
  uv_loop_close(&run->loop);
  command_fini(&run->command);
}

/* The events may come before this returns: they wait in the loop. */
static void start(struct run *run) {
  hp_error *error = NULL;
  if (hp_process_start_async(run->context, run->arguments->options, take_event, run, &run->process,
                             &error) == 0) {
    if (!run->arguments->quiet)
      report_warnings(run->process->plans);
    return;
  }
  keep_error(&run->keep, error);
  keep_failure(run, report_failure(error));
  run->is_over = true;
  close_when_over(run);
}

static int serve_in(struct run *run) {
  int code = find_command(run);
  if (code == EXIT_DONE)
    code = init(run);
  if (code != EXIT_DONE)
    return code;
  start(run);
  uv_run(&run->loop, UV_RUN_DEFAULT);
  hp_process_close(run->process);
  code = exit_code(run);
  fini(run);
  return code;
}

/* Standard output is the command's. */
static int check(const struct arguments *arguments) {
  hp_error *error = NULL;
  if (!arguments->format || !arguments->command)
    return EXIT_DONE;
  refuse_usage(&error, "--format is for a run without a command, which finds all of it in its "
                       "environment");
  return report_failure(error);
}

int cli_run(const struct arguments *arguments) {
  struct run run = {.arguments = arguments};
  hp_error *error = NULL;
  if (check(arguments) != EXIT_DONE)
    return EXIT_USAGE;
  if (hp_context_new(&run.context, &error) < 0)
    return report_failure(error);
  keep_begin(&run.keep, run.context, arguments);
  int code = serve_in(&run);
  hp_context_free(run.context);
  keep_end(&run.keep, code);
  return code;
}
