/* SPDX-License-Identifier: MIT */
/* What is said on Linux alone. */
#include "platform/linux.h"

#include <errno.h>
#include <signal.h>

static const struct hp_advice on_errno[] = {
    {ENFILE, "the whole system has as many files open as it may", "raise fs.file-max"},
    {ENOMEM, "the system has no memory left, or a limit forbids more",
     "look at free memory, the cgroup's limit and vm.overcommit_memory"},
    {EAGAIN, "the user or the cgroup has as many processes as it may",
     "raise the limit (ulimit -u, the cgroup's pids.max) or end what is not needed"},
};

static const struct hp_advice on_exec[] = {
    {ELIBBAD, "its dynamic loader is damaged or for another architecture", NULL},
};

static const struct hp_advice on_signal[] = {
    {SIGSEGV, "it crashed: invalid memory access (SIGSEGV)",
     "see its last output; `coredumpctl` or a core file may say where"},
    {SIGBUS, "it crashed: memory behind a file or device was gone (SIGBUS)",
     "look at the space left in its data directory and in /dev/shm"},
    {SIGKILL, "it was killed by SIGKILL: by hand, or by the kernel for lack of memory",
     "look for \"Out of memory\" in `dmesg` and at the cgroup's memory limit"},
    {SIGSYS, "it made a system call that a sandbox forbids (SIGSYS)",
     "look at the seccomp profile of the container or service"},
};

static const struct hp_advice on_exit[] = {
    {127, "a command or shared library that it needs was not found (exit code 127)",
     "see its last output; `ldd` lists the libraries of a program"},
};

const struct hp_advice_tables hp__advice_here = {
    .on_errno = {on_errno, HP__COUNT(on_errno)},
    .on_exec = {on_exec, HP__COUNT(on_exec)},
    .on_signal = {on_signal, HP__COUNT(on_signal)},
    .on_exit = {on_exit, HP__COUNT(on_exit)},
    .other_loader = "`readelf -l`",
};
