/* SPDX-License-Identifier: MIT */
/*
 * The command that the server is for. It stays in our process group, so that it has the terminal
 * and its Ctrl-C; it is told to end when we die.
 */
#ifndef HP_CLI_COMMAND_H
#define HP_CLI_COMMAND_H

#include <hyperprocess/plugin.h>

struct command;
typedef void (*command_callback)(struct command *command);

struct command { /* zeroed, then command_find() */
  void *data;
  const struct hp_platform_ops *platform;
  char **argv;
  char *path; /* what is executed */
  bool running;
  struct hp_exit exit;    /* once it has ended */
  command_callback ended; /* it has ended, and nothing of it is left in the loop */
  /* private */
  hp_child *child;
  uv_timer_t patience;
  int open;
  bool stopping;
};

/* Where it is, as a shell finds it. Both return 0 or, with an error, the exit code of a shell. */
int command_find(struct command *command, const struct hp_platform_ops *platform, char **argv,
                 hp_error *error);
int command_start(struct command *command, uv_loop_t *loop, hp_process *process, hp_error *error);
/* HP_EUNSUPPORTED where there is no such signal; no error when it is gone. */
int command_signal(struct command *command, const char *name);
/* Sends the signal, NULL: it has got it already, and kills when that does not help; called again,
 * and where nobody can be asked to end, kills at once. */
void command_stop(struct command *command, const char *name);
void command_fini(struct command *command);
/* As shells have it: 128 plus the number of a signal. */
int command_status(const struct command *command);

#endif
