/* SPDX-License-Identifier: MIT */
/* What an errno, an exit code or a signal means to a person, and what to do about it. */
#include "platform/posix.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct hp_advice errno_advice[] = {
    {EMFILE, "the host has as many descriptors open as it may",
     "raise the limit (ulimit -n) or find what the host leaves open"},
    {ENOSPC, "the filesystem is full", "make room, or name a directory on another one"},
    {EDQUOT, "the user's disk quota is used up", "make room, or name a directory elsewhere"},
    {EROFS, "the filesystem is mounted read-only", "name a directory on a writable one"},
    {EACCES, "a directory or file on the way is closed to this user",
     "look at the owner and mode of each part of the path"},
    {EPERM, "the system does not allow it to this user", NULL},
    {ENOTDIR, "a part of the path is not a directory", NULL},
    {ENOENT, "a part of the path does not exist", NULL},
    {EADDRINUSE, "something of that name exists already", NULL},
    {ENAMETOOLONG, "the path is too long", "name a shorter directory"},
};

static const struct hp_advice exec_advice[] = {
    {ENOEXEC,
     "it is no program that this system can run: another format or architecture, an empty "
     "file, or a script without a #! line",
     "look at it with `file`"},
    {E2BIG, "arguments and environment together are too long",
     "pass less of the host's environment, or raise the stack limit (ulimit -s)"},
    {ETXTBSY, "the file is open for writing: it is being installed or downloaded at this moment",
     "try again when that is finished"},
    {ELOOP, "too many symbolic links, or interpreters that name each other", NULL},
    {EAGAIN, "the user that it runs as has as many processes as it may",
     "raise that user's limit (ulimit -u) or end what is not needed"},
};

#define TABLE(array)                                                                               \
  (struct hp_advice_table) {                                                                       \
    array, HP__COUNT(array)                                                                        \
  }

static const struct hp_advice *look(struct hp_advice_table table, int number) {
  for (size_t i = 0; i < table.count; i++)
    if (table.items[i].number == number)
      return &table.items[i];
  return NULL;
}

static const struct hp_advice *find(struct hp_advice_table here, struct hp_advice_table everywhere,
                                    int number) {
  const struct hp_advice *found = look(here, number);
  return found ? found : look(everywhere, number);
}

static const struct hp_advice *about_errno(int number) {
  return find(hp__advice_here.on_errno, TABLE(errno_advice), number);
}

static void give(hp_error *error, const struct hp_advice *advice) {
  if (advice && advice->cause)
    hp_error_set_cause(error, "%s", advice->cause);
  if (advice && advice->hint)
    hp_error_set_hint(error, "%s", advice->hint);
}

static int code_of(int os_code, int otherwise) {
  return os_code == ENOMEM                       ? HP_ENOMEM
         : os_code == EACCES || os_code == EPERM ? HP_EACCESS
         : os_code == ENAMETOOLONG               ? HP_ETOOLONG
                                                 : otherwise;
}

static int set(hp_error *error, int code, enum hp_phase phase, int os_code, const char *what,
               const char *name) {
  char text[128], symbol[32];
  uv_strerror_r(-os_code, text, sizeof text);
  uv_err_name_r(-os_code, symbol, sizeof symbol);
  hp_error_set(error, code, phase, "cannot %s %s: %s (%s)", what, name, text, symbol);
  hp_error_set_os_code(error, os_code);
  return code;
}

int hp__explain_errno(hp_error *error, enum hp_phase phase, int os_code, const char *what,
                      const char *name) {
  int code = code_of(os_code, phase == HP_PHASE_SPAWN ? HP_ESPAWN : HP_EIO);
  set(error, code, phase, os_code, what, name);
  give(error, about_errno(os_code));
  return code;
}

/* The interpreter that a script's first line names; "" when it is no script. */
static void read_interpreter(const char *path, char name[256]) {
  char line[256] = "";
  int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  name[0] = '\0';
  if (file < 0)
    return;
  if (read(file, line, sizeof line - 1) > 0 && strncmp(line, "#!", 2) == 0)
    sscanf(line + 2, " %255[^ \t\r\n]", name);
  close(file);
}

static void explain_missing(hp_error *error, const char *path) {
  char interpreter[256];
  if (access(path, F_OK) < 0) {
    hp_error_set_cause(error, "the file does not exist");
    hp_error_set_hint(error, "it was there when the plan was made, or the path is mistyped");
    return;
  }
  read_interpreter(path, interpreter);
  if (interpreter[0]) {
    hp_error_set_cause(error, "the interpreter in its first line does not exist: %s", interpreter);
    hp_error_set_hint(error, "install it, or correct the #! line (a Windows line end breaks it)");
    return;
  }
  hp_error_set_cause(error, "the file exists, but the dynamic loader that it names does not");
  hp_error_set_hint(error, "it was built for another system or C library; see %s",
                    hp__advice_here.other_loader);
}

static void explain_denied(hp_error *error, const struct hp_spawn *spawn) {
  struct stat stat_of;
  const char *path = spawn->executable;
  if (stat(path, &stat_of) == 0 && S_ISDIR(stat_of.st_mode)) {
    hp_error_set_cause(error, "it is a directory");
  } else if (hp__is_noexec(path)) {
    hp_error_set_cause(error, "it lies on a filesystem that is mounted noexec");
    hp_error_set_hint(error, "install it elsewhere, or mount that filesystem with exec");
  } else if (stat(path, &stat_of) == 0 && (stat_of.st_mode & 0111) == 0) {
    hp_error_set_cause(error, "the file is not executable");
    hp_error_set_hint(error, "chmod +x %s", path);
  } else if (spawn->user.id >= 0) {
    hp_error_set_cause(error, "user '%s' cannot reach or execute it", spawn->user.name);
    hp_error_set_hint(error, "look at the mode of each directory above it: a home is often closed");
  } else {
    give(error, about_errno(EACCES));
  }
}

static void explain_exec(hp_error *error, const struct hp_spawn *spawn, int os_code) {
  const struct hp_advice *advice = find(hp__advice_here.on_exec, TABLE(exec_advice), os_code);
  if (os_code == ENOENT)
    explain_missing(error, spawn->executable);
  else if (os_code == EACCES)
    explain_denied(error, spawn);
  else
    give(error, advice ? advice : about_errno(os_code));
}

static void explain_step(hp_error *error, const struct hp_spawn *spawn,
                         const struct hp_exec_report *report) {
  bool as_user = report->step == HP_STEP_USER || report->step == HP_STEP_GROUPS;
  if (report->step == HP_STEP_EXEC) {
    explain_exec(error, spawn, report->code);
  } else if (as_user && report->code == EPERM) {
    hp_error_set_cause(error, "only root may start a process as another user");
    hp_error_set_hint(error, "start the host as root or as that user, or name no user");
  } else if (report->step == HP_STEP_DIRECTORY && report->code == EACCES && spawn->user.id >= 0) {
    hp_error_set_cause(error, "user '%s' cannot enter it", spawn->user.name);
    hp_error_set_hint(error, "name a working directory that this user can enter, such as /");
  } else if (report->step >= HP_STEP_LIMIT_MEMORY && report->step <= HP_STEP_LIMIT_NICE) {
    hp_error_set_cause(error, "the system does not allow this value of the limit to this user");
    hp_error_set_hint(error, "only root may raise a limit or a priority above our own, and nobody "
                             "above the system's");
  } else {
    give(error, about_errno(report->code));
  }
}

int hp__explain_spawn(hp_error *error, const struct hp_spawn *spawn,
                      const struct hp_exec_report *report) {
  static const char *const steps[] = {
#define STEP(name, text) text,
      HP_EXEC_STEPS(STEP)
#undef STEP
  };
  char user[128];
  const char *name = spawn->executable;
  if (report->step == HP_STEP_DIRECTORY)
    name = spawn->directory;
  if (report->step == HP_STEP_USER || report->step == HP_STEP_GROUPS) {
    snprintf(user, sizeof user, "user %s (uid %lld)", spawn->user.name, (long long)spawn->user.id);
    name = user;
  }
  int code = code_of(report->code, HP_ESPAWN);
  set(error, code, HP_PHASE_SPAWN, report->code, steps[report->step], name);
  explain_step(error, spawn, report);
  return code;
}

static const struct hp_advice signal_advice[] = {
    {SIGABRT, "it gave up by itself: a failed assertion or abort (SIGABRT)",
     "its last output usually says why"},
    {SIGILL, "it ran an instruction that this processor does not have (SIGILL)",
     "use a build for this processor"},
    {SIGFPE, "it crashed: an arithmetic error (SIGFPE)", "see its last output"},
    {SIGTERM, "somebody asked it to end (SIGTERM)", NULL},
    {SIGINT, "somebody asked it to end (SIGINT, Ctrl-C)", NULL},
    {SIGHUP, "its terminal or session ended (SIGHUP)", NULL},
    {SIGQUIT, "somebody asked it to end at once (SIGQUIT)", NULL},
    {SIGPIPE, "it wrote to a pipe or socket that nobody reads (SIGPIPE)", NULL},
    {SIGXCPU, "it used up its limit of processor time (SIGXCPU)", "raise the limit (ulimit -t)"},
    {SIGXFSZ, "it wrote a file larger than its limit (SIGXFSZ)", "raise the limit (ulimit -f)"},
    {SIGTRAP, "it hit a breakpoint or a built-in check (SIGTRAP)", "see its last output"},
};

static const struct hp_advice exit_advice[] = {
    {126, "a command that it ran is not executable (exit code 126)", NULL},
};

void hp__explain_exit_posix(const struct hp_exit *exit, const struct hp_spawn *spawn,
                            hp_error *error) {
  const struct hp_advice *advice = NULL;
  (void)spawn;
  if (exit->kind == HP_EXIT_SIGNAL)
    advice = find(hp__advice_here.on_signal, TABLE(signal_advice), exit->value);
  else if (exit->kind == HP_EXIT_CODE && exit->value > 128)
    advice = find(hp__advice_here.on_signal, TABLE(signal_advice), exit->value - 128);
  if (!advice && exit->kind == HP_EXIT_CODE)
    advice = find(hp__advice_here.on_exit, TABLE(exit_advice), exit->value);
  if (exit->kind == HP_EXIT_UNKNOWN)
    hp_error_set_cause(error, "its status was collected by somebody else in the host, or SIGCHLD "
                              "is ignored there");
  give(error, advice);
}
