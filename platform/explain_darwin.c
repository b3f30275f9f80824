/* SPDX-License-Identifier: MIT */
/* What is said on macOS alone. */
#include "platform/darwin.h"

#include <errno.h>
#include <signal.h>

static const struct hp_advice on_errno[] = {
    {ENFILE, "the whole system has as many files open as it may",
     "raise kern.maxfiles (sysctl), or find who leaves files open"},
    {ENOMEM, "the system has no memory left, or a limit forbids more",
     "look at free memory and swap space"},
    {EAGAIN, "the user has as many processes as it may",
     "raise the limit (ulimit -u, kern.maxprocperuid) or end what is not needed"},
    {EPERM, "the system does not allow it to this user",
     "look at the privacy settings of the host, and at the flags of the file (ls -lO)"},
};

static const struct hp_advice on_exec[] = {
    {EBADARCH, "it was built for another processor",
     "look at it with `lipo -archs`; programs for Intel need Rosetta on Apple's processors"},
    {EBADEXEC, "it is damaged, or its code signature is", "install it anew"},
    {EBADMACHO, "it is a damaged program file", "install it anew"},
    {ESHLIBVERS, "a shared library that it needs has another version", "see `otool -L`"},
};

static const struct hp_advice on_signal[] = {
    {SIGSEGV, "it crashed: invalid memory access (SIGSEGV)",
     "see its last output, and the report in ~/Library/Logs/DiagnosticReports"},
    {SIGBUS, "it crashed: memory behind a file was gone, or an invalid access (SIGBUS)",
     "look at the space left in its data directory, and at ~/Library/Logs/DiagnosticReports"},
    {SIGABRT, "it gave up by itself, or a shared library that it needs was not found (SIGABRT)",
     "its last output usually says why; `otool -L` lists the libraries of a program"},
    {SIGKILL,
     "it was killed by SIGKILL: by hand, for lack of memory, or because its code signature or its "
     "quarantine did not let it run",
     "see `codesign -v` and `xattr` of the program, and the log (Console.app)"},
    {SIGSYS, "it made a system call that does not exist or that a sandbox forbids (SIGSYS)", NULL},
};

static const struct hp_advice on_exit[] = {
    {127, "a command that it needs was not found (exit code 127)", "see its last output"},
};

const struct hp_advice_tables hp__advice_here = {
    .on_errno = {on_errno, HP__COUNT(on_errno)},
    .on_exec = {on_exec, HP__COUNT(on_exec)},
    .on_signal = {on_signal, HP__COUNT(on_signal)},
    .on_exit = {on_exit, HP__COUNT(on_exit)},
    .other_loader = "`otool -l`",
};
