/* SPDX-License-Identifier: MIT */
/*
 * Spawning by posix_spawn(2), which Apple's kernel does in one piece: nothing of the host runs in
 * the child, and it inherits no descriptor but those that are named.
 *
 * What it cannot do: become another user, which is refused; and ask for a signal at the host's
 * death, which no call of macOS offers. A server whose host was killed learns it by the end of its
 * tether alone, so the wish for such a signal is no error.
 */
#include "platform/darwin.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

/* What is made for one spawn and gone after it. */
struct launch {
  struct hp_pipes pipes;
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
};

static int refuse_user(const struct hp_spawn *spawn, hp_error *error) {
  if (spawn->user.id < 0 || (uid_t)spawn->user.id == geteuid())
    return 0;
  hp_error_set(error, HP_EUNSUPPORTED, HP_PHASE_SPAWN,
               "macOS cannot start %s as user '%s' (uid %lld)", spawn->executable, spawn->user.name,
               (long long)spawn->user.id);
  hp_error_set_cause(error, "its posix_spawn() has no way to change the user");
  hp_error_set_hint(error, "start the host as that user, or name no user");
  return HP_EUNSUPPORTED;
}

static int check_death_signal(const struct hp_spawn *spawn, hp_error *error) {
  const char *name = spawn->host_death_signal;
  if (!name || !name[0] || hp__signal_number(name) != 0)
    return 0;
  return hp_error_set(error, HP_EUNSUPPORTED, HP_PHASE_SPAWN, "there is no signal '%s' on %s", name,
                      hp__system_name);
}

/* One of the host's that is closed cannot be inherited: nothing takes its place. */
static int add_stdio(struct launch *launch) {
  int code = 0;
  for (int fd = 0; code == 0 && fd < 3; fd++) {
    int source = launch->pipes.stdio[fd];
    if (source < 0 && fcntl(fd, F_GETFD) < 0)
      source = launch->pipes.null;
    code = source < 0 ? posix_spawn_file_actions_addinherit_np(&launch->actions, fd)
                      : posix_spawn_file_actions_adddup2(&launch->actions, source, fd);
  }
  return code;
}

/* Ignored signals would stay ignored after exec, and blocked ones blocked. */
static int set_attributes(posix_spawnattr_t *attributes, enum hp_session session) {
  short flags = POSIX_SPAWN_CLOEXEC_DEFAULT | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK;
  sigset_t signals;
  if (session == HP_SESSION_OWN)
    flags |= POSIX_SPAWN_SETSID;
  sigemptyset(&signals);
  int code = posix_spawnattr_setsigmask(attributes, &signals);
  sigfillset(&signals);
  sigdelset(&signals, SIGKILL);
  sigdelset(&signals, SIGSTOP);
  if (code == 0)
    code = posix_spawnattr_setsigdefault(attributes, &signals);
  return code == 0 ? posix_spawnattr_setflags(attributes, flags) : code;
}

/* The kernel says an errno, and not of what. */
static enum hp_exec_step guess_step(const struct hp_spawn *spawn, int code) {
  if (code == EAGAIN || code == ENOMEM)
    return HP_STEP_CLONE;
  bool enters = !spawn->directory || access(spawn->directory, X_OK) == 0;
  return enters ? HP_STEP_EXEC : HP_STEP_DIRECTORY;
}

/* By its old name: the new one is of macOS 26. */
static int add_directory(struct launch *launch, const char *directory) {
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wdeprecated-declarations"
  return directory ? posix_spawn_file_actions_addchdir_np(&launch->actions, directory) : 0;
#pragma clang diagnostic pop
}

static int execute(struct launch *launch, const struct hp_spawn *spawn, pid_t *pid) {
  int code = add_stdio(launch);
  if (code == 0)
    code = add_directory(launch, spawn->directory);
  if (code == 0)
    code = set_attributes(&launch->attributes, spawn->session);
  return code == 0 ? posix_spawn(pid, spawn->executable, &launch->actions, &launch->attributes,
                                 spawn->argv, spawn->environment)
                   : code;
}

static int start(struct launch *launch, const struct hp_spawn *spawn, pid_t *pid) {
  int code = posix_spawn_file_actions_init(&launch->actions);
  if (code != 0)
    return code;
  code = posix_spawnattr_init(&launch->attributes);
  if (code == 0) {
    code = execute(launch, spawn, pid);
    posix_spawnattr_destroy(&launch->attributes);
  }
  posix_spawn_file_actions_destroy(&launch->actions);
  return code;
}

static int run(struct hp_posix_child *self, struct launch *launch, const struct hp_spawn *spawn,
               hp_error *error) {
  pid_t pid;
  int code = start(launch, spawn, &pid);
  if (code != 0)
    return hp__explain_spawn(error, spawn, &(struct hp_exec_report){guess_step(spawn, code), code});
  int result = hp__pipes_open(&launch->pipes, spawn, error);
  if (result < 0) {
    kill(pid, SIGKILL); /* not collected yet: the number is still its own */
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
      ;
    return result;
  }
  struct hp_process_stat stat;
  self->base.pid = pid;
  self->start = hp__process_stat(pid, &stat) == 0 ? stat.start : 0;
  hp__pipes_remember(&launch->pipes, self->output);
  return 0;
}

int hp__spawn_darwin(uv_loop_t *loop, hp_child *child, const struct hp_spawn *spawn,
                     hp_error *error) {
  struct hp_posix_child *self = (struct hp_posix_child *)child;
  struct launch launch = {.pipes = HP_NO_PIPES};
  int result = refuse_user(spawn, error);
  if (result == 0)
    result = check_death_signal(spawn, error);
  if (result == 0)
    result = hp__pipes_make(&launch.pipes, spawn, error);
  if (result == 0)
    result = run(self, &launch, spawn, error);
  hp__pipes_close(&launch.pipes);
  if (result < 0)
    return result;
  self->exit_fd = hp__exit_fd_new((pid_t)child->pid);
  self->loop = loop;
  self->session = spawn->session;
  child->containment =
      spawn->session == HP_SESSION_OWN ? HP_CONTAINMENT_TREE : HP_CONTAINMENT_DIRECT;
  return 0;
}
