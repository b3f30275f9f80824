/* SPDX-License-Identifier: MIT */
/* One buffer in each direction: what was read is written before more is read. */
#include "cli/relay.h"

#include <string.h>

enum { SILENCE_MS = 1000 };

static void read_more(struct relay_flow *flow);

/* ---- Ends ---- */

static void open_stdio(uv_loop_t *loop, struct relay_end *end, uv_file file) {
  int code = UV_EINVAL;
  end->file = -1;
  switch (uv_guess_handle(file)) {
  case UV_TTY:
    code = uv_tty_init(loop, &end->as.tty, file, 0);
    break;
  case UV_NAMED_PIPE:
    uv_pipe_init(loop, &end->as.pipe, 0);
    end->stream = &end->as.stream; /* to be closed in every case */
    code = uv_pipe_open(&end->as.pipe, file);
    break;
  case UV_TCP:
    uv_tcp_init(loop, &end->as.tcp);
    end->stream = &end->as.stream;
    code = uv_tcp_open(&end->as.tcp, (uv_os_sock_t)uv_get_osfhandle(file));
    break;
  case UV_FILE:
    end->file = file;
    break;
  default:
    break;
  }
  if (code == 0)
    end->stream = &end->as.stream;
}

static void close_end(struct relay_end *end) {
  if (end->stream && !uv_is_closing((uv_handle_t *)end->stream))
    uv_close((uv_handle_t *)end->stream, NULL);
}

static void finish(struct relay *relay) {
  if (relay->is_over)
    return;
  relay->is_over = true;
  relay->ended(relay);
}

/* ---- Writing ---- */

static void written(uv_write_t *write, int status) {
  struct relay_flow *flow = write->data;
  if (flow->relay->is_over)
    return;
  if (status < 0)
    flow->refused(flow, status);
  else
    read_more(flow);
}

static int write_file(uv_file file, char *data, size_t size) {
  int code = 1;
  for (size_t length = 0; code > 0 && length<size; length += code> 0 ? (size_t)code : 0) {
    uv_buf_t buffer = uv_buf_init(data + length, (unsigned)(size - length));
    uv_fs_t request;
    code = (int)uv_fs_write(NULL, &request, file, &buffer, 1, -1, NULL);
    uv_fs_req_cleanup(&request);
  }
  return code < 0 ? code : 0;
}

static void write_out(struct relay_flow *flow, size_t size) {
  uv_buf_t buffer = uv_buf_init(flow->buffer, (unsigned)size);
  flow->write.data = flow;
  int code = flow->to->stream ? uv_write(&flow->write, flow->to->stream, &buffer, 1, written)
                              : write_file(flow->to->file, flow->buffer, size);
  if (code < 0)
    flow->refused(flow, code);
  else if (!flow->to->stream)
    read_more(flow);
}

/* ---- Reading ---- */

static void lend(uv_handle_t *handle, size_t size, uv_buf_t *buffer) {
  struct relay_flow *flow = handle->data;
  (void)size;
  *buffer = uv_buf_init(flow->buffer, sizeof flow->buffer);
}

static void restart_silence(struct relay *relay);

static void take(uv_stream_t *stream, ssize_t length, const uv_buf_t *buffer) {
  struct relay_flow *flow = stream->data;
  (void)buffer;
  if (length == 0 || flow->relay->is_over)
    return;
  uv_read_stop(stream);
  restart_silence(flow->relay);
  if (length < 0)
    flow->over(flow, length == UV_EOF ? 0 : (int)length);
  else
    write_out(flow, (size_t)length);
}

static void take_file(uv_fs_t *request) {
  struct relay_flow *flow = request->data;
  ssize_t length = request->result;
  uv_fs_req_cleanup(request);
  if (flow->relay->is_over)
    return;
  if (length > 0)
    write_out(flow, (size_t)length);
  else
    flow->over(flow, (int)length);
}

static void read_more(struct relay_flow *flow) {
  uv_buf_t buffer = uv_buf_init(flow->buffer, sizeof flow->buffer);
  int code = UV_EBADF;
  flow->read.data = flow;
  if (flow->from->stream)
    code = uv_read_start(flow->from->stream, lend, take);
  else if (flow->from->file >= 0)
    code = uv_fs_read(flow->relay->loop, &flow->read, flow->from->file, &buffer, 1, -1, take_file);
  if (code < 0)
    flow->over(flow, code);
}

/* ---- Standard input has ended ---- */

static void be_silent(uv_timer_t *timer) {
  finish(timer->data);
}

static void restart_silence(struct relay *relay) {
  if (relay->is_half_closed && !relay->has_halves)
    uv_timer_start(&relay->silence, be_silent, SILENCE_MS, 0);
}

static void ignore(uv_shutdown_t *shutdown, int status) {
  (void)shutdown;
  (void)status; /* who does not read any more may still answer */
}

static void end_input(struct relay_flow *flow, int status) {
  struct relay *relay = flow->relay;
  (void)status;
  relay->is_half_closed = true;
  if (relay->has_halves)
    uv_shutdown(&relay->shutdown, relay->peer.stream, ignore);
  restart_silence(relay);
}

/* The server reads no more: what it still says is read to its end. */
static void forget_input(struct relay_flow *flow, int status) {
  (void)flow;
  (void)status;
}

/* ---- The stream has ended, or standard output ---- */

static void end_stream(struct relay_flow *flow, int status) {
  flow->relay->status = status;
  finish(flow->relay);
}

static void lose_output(struct relay_flow *flow, int status) {
  flow->relay->output = status;
  finish(flow->relay);
}

/* ---- The whole ---- */

static void begin_flow(struct relay *relay, struct relay_flow *flow, struct relay_end *from,
                       struct relay_end *to) {
  flow->relay = relay;
  flow->from = from;
  flow->to = to;
  if (from->stream)
    from->stream->data = flow;
  read_more(flow);
}

void relay_begin(struct relay *relay, uv_loop_t *loop, uv_stream_t *stream, bool has_halves) {
  relay->loop = loop;
  relay->has_halves = has_halves;
  relay->peer.stream = stream;
  relay->out.over = end_input;
  relay->out.refused = forget_input;
  relay->in.over = end_stream;
  relay->in.refused = lose_output;
  uv_timer_init(loop, &relay->silence);
  relay->silence.data = relay;
  open_stdio(loop, &relay->input_end, 0);
  open_stdio(loop, &relay->output_end, 1);
  begin_flow(relay, &relay->in, &relay->peer, &relay->output_end);
  begin_flow(relay, &relay->out, &relay->input_end, &relay->peer);
}

void relay_close(struct relay *relay) {
  close_end(&relay->input_end);
  close_end(&relay->output_end);
  uv_close((uv_handle_t *)&relay->silence, NULL);
}
