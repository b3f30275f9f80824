/* SPDX-License-Identifier: MIT */
/* `connect`: standard input and output at an endpoint. */
#include "cli/relay.h"
#include "cli/report.h"
#include "cli/signals.h"
#include "cli/subcommands.h"
#include "core/error.h"
#include "core/plan.h"

#include <hyperprocess/uv.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct visit {
  uv_loop_t loop;
  hp_connection *connection;
  struct relay *relay;
  struct hp_endpoint endpoint;
  char text[HP_ENDPOINT_TEXT_SIZE];
  int code;
};

/* ---- Where to ---- */

/* What a profile says of its server's address; only a fixed one can be known from outside. */
static int find_by_profile(struct visit *visit, const struct arguments *arguments,
                           hp_error **error) {
  hp_context *context;
  hp_plan *plan = NULL;
  int result = hp_context_new(&context, error);
  if (result < 0)
    return result;
  result = hp_plan_make(context, arguments->options, &plan, error);
  if (result == 0 && (plan->address.path || plan->address.port))
    visit->endpoint = plan->known;
  else if (result == 0)
    result = refuse_usage(error, "connect: the address of profile '%s' is another one each time",
                          arguments->options->profile);
  hp_plan_free(plan);
  hp_context_free(context);
  return result;
}

static int find_by_text(struct visit *visit, const char *text, hp_error **error) {
  struct hp_error e = {0};
  if (hp_endpoint_parse(&visit->endpoint, text, &e) == 0)
    return 0;
  e.code = HP_EUSAGE; /* it is a word of the command line */
  hp_error_set_hint(&e, "endpoints look like unix:///run/x/s, tcp://127.0.0.1:6379, "
                        "npipe://./pipe/name");
  return hp__error_give(error, &e);
}

static int find(struct visit *visit, const struct arguments *arguments, hp_error **error) {
  const char *variable = getenv("HYPERPROCESS_ENDPOINT");
  if (arguments->word)
    return find_by_text(visit, arguments->word, error);
  if (arguments->options->profile)
    return find_by_profile(visit, arguments, error);
  if (variable && variable[0])
    return find_by_text(visit, variable, error);
  return refuse_usage(error, "connect: where to? An endpoint, --profile, or HYPERPROCESS_ENDPOINT");
}

/* ---- Being there ---- */

static void leave(struct visit *visit) {
  if (visit->relay)
    relay_close(visit->relay);
  hp_connection_close(visit->connection, NULL, NULL);
}

static void end_visit(struct relay *relay) {
  struct visit *visit = relay->data;
  hp_error *error = NULL;
  if (relay->status < 0) {
    struct hp_error e = {0};
    hp_error_set(&e, HP_EDIED, HP_PHASE_CONNECT, "the connection to %s broke", visit->text);
    hp_error_set_cause(&e, "%s", uv_strerror(relay->status));
    hp__error_give(&error, &e);
    visit->code = report_failure(error);
  } else if (relay->output < 0) {
    fprintf(stderr, "hyperprocess: standard output cannot be written: %s\n",
            uv_strerror(relay->output));
    visit->code = EXIT_NOT_STARTED;
  }
  leave(visit);
}

static void arrive(hp_connection *connection, const hp_error *error, void *user) {
  struct visit *visit = user;
  visit->relay = error ? NULL : calloc(1, sizeof *visit->relay);
  if (!visit->relay) {
    report_error(error);
    visit->code = error ? exit_code_of(error) : EXIT_NOT_STARTED;
    leave(visit);
    return;
  }
  visit->relay->data = visit;
  visit->relay->ended = end_visit;
  relay_begin(visit->relay, &visit->loop, hp_connection_stream(connection),
              visit->endpoint.kind != HP_ENDPOINT_PIPE);
}

static int connect_to(struct visit *visit, const struct arguments *arguments, hp_error **error) {
  int64_t timeout = arguments->options->start_timeout;
  hp_endpoint_print(&visit->endpoint, visit->text);
  return hp_connect_uv(&visit->loop, &visit->connection, visit->text, timeout ? timeout : -1,
                       arrive, visit, error);
}

int cli_connect(const struct arguments *arguments) {
  struct visit visit = {.code = EXIT_DONE};
  hp_error *error = NULL;
  if (find(&visit, arguments, &error) < 0)
    return report_failure(error);
  signals_ignore_broken_pipes();
  uv_loop_init(&visit.loop);
  if (connect_to(&visit, arguments, &error) < 0)
    visit.code = report_failure(error);
  uv_run(&visit.loop, UV_RUN_DEFAULT);
  uv_loop_close(&visit.loop);
  free(visit.relay);
  return visit.code;
}
