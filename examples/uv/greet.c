/* SPDX-License-Identifier: MIT */
/*
 * A program with a loop of libuv's that has work of its own: on that loop a server is started, said
 * hello to, and stopped, and the loop never waits for any of it. What happens next is always in the
 * callback of what happened before; read from the bottom up.
 */
#include <hyperprocess/uv.h>

#include <stdio.h>
#include <string.h>

struct program {
  uv_loop_t loop;
  uv_timer_t work; /* what the program has the loop for */
  int rounds;
  hp_context *context;
  hp_process *server;
  hp_connection *connection;
  uv_write_t write;
  char heard[64];
  int code;
};

/* ---- The end ---- */

static void be_gone(void *user) {
  struct program *program = user;
  printf("nothing is left of it, after %s rounds of work\n", program->rounds > 0 ? "some" : "no");
  uv_close((uv_handle_t *)&program->work, NULL);
}

/* Closes what still runs; be_gone() comes when that has ended. */
static void end(struct program *program, int code) {
  program->code = code;
  hp_connection_close(program->connection, NULL, NULL);
  program->connection = NULL;
  hp_context_detach(program->context, be_gone, program);
}

static void complain(struct program *program, const char *what, const hp_error *error) {
  fprintf(stderr, "%s: %s\n", what, hp_error_message(error));
  end(program, 1);
}

/* ---- The connection ---- */

static void lend(uv_handle_t *stream, size_t size, uv_buf_t *buffer) {
  struct program *program = stream->data;
  size_t length = strlen(program->heard);
  (void)size;
  *buffer = uv_buf_init(program->heard + length, (unsigned)(sizeof program->heard - 1 - length));
}

static void hear(uv_stream_t *stream, ssize_t length, const uv_buf_t *buffer) {
  struct program *program = stream->data;
  (void)buffer;
  if (length >= 0 && !strchr(program->heard, '\n'))
    return;
  printf("it says: %s", program->heard);
  uv_read_stop(stream);
  hp_process_stop_async(program->server);
}

static void connected(hp_connection *connection, const hp_error *error, void *user) {
  static char hello[] = "hello\n";
  struct program *program = user;
  uv_buf_t text = uv_buf_init(hello, sizeof hello - 1);
  if (error) {
    complain(program, "no connection", error);
    return;
  }
  uv_stream_t *stream = hp_connection_stream(connection);
  stream->data = program;
  uv_read_start(stream, lend, hear);
  uv_write(&program->write, stream, &text, 1, NULL);
}

/* ---- The server ---- */

static void visit(struct program *program) {
  hp_error *error = NULL;
  printf("it is ready at %s\n", hp_process_endpoint(program->server));
  if (hp_process_connect_uv(program->server, &program->loop, &program->connection, 5000, connected,
                            program, &error) < 0)
    complain(program, "no connection", error);
  hp_error_free(error);
}

static void note_event(hp_process *server, const hp_event *event, void *user) {
  struct program *program = user;
  if (hp_event_kind(event) != HP_EVENT_STATE)
    return;
  printf("%s\n", hp_state_name(hp_event_state(event)));
  if (hp_event_state(event) == HP_STATE_READY)
    visit(program);
  else if (hp_event_state(event) == HP_STATE_FAILED)
    complain(program, "the server failed", hp_event_error(event));
  else if (hp_event_state(event) == HP_STATE_STOPPED) {
    hp_process_close(server);
    end(program, 0);
  }
}

static int start(struct program *program, hp_error **error) {
  hp_options *options;
  int result = hp_options_new(&options, error);
  if (result == 0)
    result = hp_options_set_server(options, "echo", error);
  if (result == 0)
    result = hp_process_start_async(program->context, options, note_event, program,
                                    &program->server, error);
  hp_options_free(options);
  return result;
}

/* ---- The program ---- */

static void work(uv_timer_t *timer) {
  struct program *program = timer->data;
  program->rounds++;
}

int main(void) {
  static struct program program;
  hp_error *error = NULL;
  uv_loop_init(&program.loop);
  uv_timer_init(&program.loop, &program.work);
  program.work.data = &program;
  uv_timer_start(&program.work, work, 0, 1);
  if (hp_context_attach(&program.loop, &program.context, &error) < 0) {
    fprintf(stderr, "no context: %s\n", hp_error_message(error));
    return 1;
  }
  if (start(&program, &error) < 0)
    complain(&program, "no server", error);
  hp_error_free(error);
  uv_run(&program.loop, UV_RUN_DEFAULT);
  return uv_loop_close(&program.loop) == 0 ? program.code : 1;
}
