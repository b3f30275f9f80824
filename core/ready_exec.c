/* SPDX-License-Identifier: MIT */
/* Readiness by a command that ends well. One at a time; a command that hangs is killed with all
 * that it has started, and so is one that runs when the answer is not needed any more. */
#include "core/probe.h"

#include "core/alloc.h"
#include "core/error.h"
#include "core/subprocess.h"

#include <string.h>

struct command {
  struct hp_probe probe;
  struct hp_spawn spawn; /* filled in once: argv NULL before */
  hp_subprocess *subprocess;
};

/* By whom such a command was answered nobody knows. */
static const struct hp_peer nobody = {.pid = -1, .user = -1};

static void closed(void *data) {
  struct command *command = data;
  hp__probe_end(&command->probe);
}

static void end_command(struct command *command) {
  if (command->subprocess)
    hp__subprocess_close(command->subprocess);
  command->subprocess = NULL;
}

static void note_failure(struct command *command, const hp_subprocess *subprocess) {
  char how[64];
  char *output = hp__output_tail(&subprocess->output);
  const char *line = output ? strrchr(output, '\n') : NULL;
  line = line ? line + 1 : output;
  hp__describe_exit(&subprocess->exit, how, sizeof how);
  hp__probe_miss(&command->probe, "%s %s%s%s", command->spawn.argv[0], how, line ? ": " : "",
                 line ? line : "");
  hp__free(output);
}

static void ended(hp_subprocess *subprocess) {
  struct command *command = subprocess->owner.data;
  if (subprocess->exit.kind == HP_EXIT_CODE && subprocess->exit.value == 0)
    hp__probe_pass(&command->probe, &nobody, -1);
  else
    note_failure(command, subprocess);
  end_command(command);
}

static int fill_in(struct command *command, hp_error *error) {
  const struct hp_readiness_owner *owner = &command->probe.base.owner;
  if (command->spawn.argv)
    return 0;
  return hp__launch_spawn(owner->launch, &owner->ready->command, &command->spawn, error);
}

static int run(struct command *command, hp_error *error) {
  const struct hp_readiness_owner *owner = &command->probe.base.owner;
  struct hp_subprocess_owner ours = {
      .data = command,
      .loop = owner->loop,
      .platform = owner->platform,
      .buffer = owner->buffer,
      .secrets = &owner->launch->known,
      .ended = ended,
      .closed = closed,
  };
  struct hp_spawn spawn;
  int result = fill_in(command, error);
  if (result < 0)
    return result;
  spawn = command->spawn;
  spawn.host_death_signal = "KILL"; /* nothing is worth saving */
  return hp__subprocess_start(&command->subprocess, &ours, &spawn, error);
}

static void ask(struct hp_probe *probe) {
  struct command *command = (struct command *)probe;
  struct hp_error error = {0};
  if (run(command, &error) == 0) {
    hp__error_fini(&error);
    return;
  }
  hp__probe_miss(probe, "%s", hp_error_message(&error));
  hp__error_fini(&error);
  if (command->subprocess)
    end_command(command); /* the end of the attempt comes from there */
  else
    hp__probe_end(probe);
}

static void give_up(struct hp_probe *probe) {
  end_command((struct command *)probe);
}

/* A command costs more than a connection: it is asked less often. */
static const struct hp_probe_rule rule = {
    .first = 1000 * 1000,
    .longest = 500 * 1000 * 1000,
    .share = 4,
    .timeout = 10000,
    .ask = ask,
    .give_up = give_up,
};

static int open_command(hp_readiness *readiness, hp_error *error) {
  return hp__probe_open((struct hp_probe *)readiness, &rule, error);
}

static void begin(hp_readiness *readiness) {
  hp__probe_begin((struct hp_probe *)readiness);
}

static void stop_asking(hp_readiness *readiness) {
  hp__probe_quit((struct hp_probe *)readiness);
}

const struct hp_ready_ops hp__ready_exec = {
    .kind = HP_READY_EXEC,
    .text = "a command to end well",
    .size = sizeof(struct command),
    .open = open_command,
    .begin = begin,
    .settle = stop_asking,
    .rest = stop_asking,
    .close = stop_asking,
};
