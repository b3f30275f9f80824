/* SPDX-License-Identifier: MIT */
/* Standard input to a stream, and the stream to standard output, each as fast as the slower end. */
#ifndef HP_CLI_RELAY_H
#define HP_CLI_RELAY_H

#include <uv.h>

#include <stdbool.h>

struct relay;
struct relay_end {
  union {
    uv_handle_t handle;
    uv_stream_t stream;
    uv_tty_t tty;
    uv_pipe_t pipe;
    uv_tcp_t tcp;
  } as;
  uv_stream_t *stream; /* NULL: a file, by its number, which is negative where there is none */
  uv_file file;
};

struct relay_flow {
  struct relay *relay;
  struct relay_end *from, *to;
  void (*over)(struct relay_flow *flow, int status); /* 0: its end; else it cannot be read */
  void (*refused)(struct relay_flow *flow, int status);
  uv_fs_t read;
  uv_write_t write;
  char buffer[65536];
};

struct relay { /* zeroed */
  void *data;
  void (*ended)(struct relay *relay); /* once: nothing more will come */
  int status;                         /* then: why the stream could not be read; 0: its end */
  int output;                         /* then: why standard output could not be written; 0 */
  /* private */
  uv_loop_t *loop;
  uv_timer_t silence;
  uv_shutdown_t shutdown;
  struct relay_end input_end, output_end, peer;
  struct relay_flow out, in;
  bool has_halves, is_half_closed, is_over;
};

/* `has_halves`: our direction can be ended alone. Where not, the end of standard input ends all
 * after a second of silence. */
void relay_begin(struct relay *relay, uv_loop_t *loop, uv_stream_t *stream, bool has_halves);
/* Closes its own handles; the stream is its owner's. */
void relay_close(struct relay *relay);

#endif
