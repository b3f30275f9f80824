/* SPDX-License-Identifier: MIT */
#include "docs/manual/manual.h"

#include <hyperprocess/hyperprocess.h>

#define HEAD "version: 1\n"
#define MINE "profiles:\n  default: {server: mine"
/* A server that is a line of shell; it is asked for nothing but to say "up". */
#define SHELL(script)                                                                              \
  HEAD "servers:\n"                                                                                \
       "  mine:\n"                                                                                 \
       "    binary: {names: [sh]}\n"                                                               \
       "    arguments: [-c, '" script "']\n"                                                       \
       "    transports: {unix: {}}\n"                                                              \
       "    ready: {kind: line, line: up}\n"

const struct provoked provoked[] = {
    {HP_ENOMEM, SAID,
     "An allocation failed. The message names the step; nothing is left half done.", NULL},
    {HP_EUSAGE, SAID,
     "A function was given what its comment in the header forbids: a NULL that it needs, a time "
     "below zero, a context that is somebody else's. "
     "`hp_options_set_start_timeout(options, -1, &error)` gives it.",
     NULL},
    {HP_ECONFIG, STARTED,
     "A file, or an option, says what cannot be. Nothing was started. The message has the place.",
     HEAD "profiles:\n  default: {server: redsi}\n"},
    {HP_ENOTFOUND, STARTED,
     "No file of that name is fit to be run. `hyperprocess locate SERVER --verbose` lists every "
     "place that was looked at; a named file, or data that are missing, give it as well.",
     HEAD "servers:\n  mine: {extends: echo, binary: {names: [no-such-server]}}\n" MINE "}\n"},
    {HP_ETOOLONG, STARTED,
     "The path of a socket, or the name of a pipe, does not fit into the system's limit.",
     HEAD
     "profiles:\n"
     "  default:\n"
     "    server: echo\n"
     "    transport: unix:/tmp/a-directory-with-a-long-name/another-directory-with-a-long-name/"
     "and-one-more-directory-with-a-long-name/socket\n"},
    {HP_EADDRINUSE, SECOND,
     "Somebody else has the address. A port that was not named is tried again with another number.",
     HEAD "profiles:\n  default: {server: echo, transport: \"tcp:@PORT@\"}\n"},
    {HP_EACCESS, SAID,
     "The system does not permit it to this user: a directory that cannot be entered or written "
     "to, a port below 1024, a binary without the right to execute it, a file of configuration "
     "that everybody may write to.",
     NULL},
    {HP_EUNSUPPORTED, STARTED,
     "This system does not have it. The hint names what serves in its place.",
     HEAD "profiles:\n  default: {server: echo, transport: pipe}\n"},
    {HP_EPREPARE, STARTED,
     "The command that makes the server's data failed; `output` has its last lines. What it left "
     "is removed before the next try.",
     SHELL("echo up; sleep 60") "    prepare: {command: [/bin/sh, -c, 'exit 3'], creates: "
                                "data}\n" MINE "}\n"},
    {HP_ESTEP, STARTED,
     "A program of the profile's `after_ready` failed; the server, which was ready for it, was "
     "stopped by its own ladder. `output` has the step's last lines.",
     SHELL("echo up; sleep 60") MINE
     ", after_ready: [{name: seed, command: [sh, -c, 'echo no such table >&2; exit 4']}]}\n"},
    {HP_ESPAWN, STARTED,
     "The system did not start the program: its working directory is gone, its interpreter or a "
     "limit is in the way.",
     SHELL("echo up; sleep 60") "    working_dir: /nonexistent\n" MINE "}\n"},
    {HP_EEXITED, STARTED, "The server ended while it was waited for. `output` has what it said.",
     SHELL("echo its own words >&2; exit 3") MINE "}\n"},
    {HP_EDIED, ENDED, "It was READY, and ended without being asked to.",
     SHELL("echo up; exit 3") MINE "}\n"},
    {HP_ETIMEDOUT, STARTED,
     "It lives, but did not say in time that it is ready, and was stopped. `start_timeout` gives "
     "it more.",
     SHELL("sleep 60") "    start_timeout: 100ms\n" MINE "}\n"},
    {HP_ECANCELED, CANCELED, "`hp_process_stop_async()`, or a close, came while it was starting.",
     SHELL("sleep 60") MINE "}\n"},
    {HP_EKILLED, CUT,
     "It did not end in the time that was given, and was killed. It is gone; what it had not "
     "saved is lost.",
     SHELL("trap : TERM; echo up; while :; do sleep 1; done") MINE "}\n"},
    {HP_EPEER, SAID,
     "Another process answered at the server's address, or called back in its place. `identity: "
     "required` makes it an error also where the system cannot tell who answers.",
     NULL},
    {HP_EDEADLK, SAID,
     "A call that blocks was made inside an event callback, on the thread that it would wait for: "
     "`hp_process_wait()` in a callback gives it, and does nothing.",
     NULL},
    {HP_ESTATE, SAID,
     "The call comes too early or too late: `hp_context_poll_fd()` after the first start gives it.",
     NULL},
    {HP_EINUSE, SECOND,
     "Another instance, of this program or another, has the data directory open; `owner` says who.",
     HEAD "profiles:\n  default: {server: echo, data_dir: '@DIR@/data'}\n"},
    {HP_ECONTAINMENT, STARTED, "What the profile asks for is more than the system can promise.",
     HEAD "profiles:\n  default: {server: echo, containment: tree+crash}\n"},
    {HP_EPLUGIN, SAID,
     "A transport or a platform of the host's own has another version, lacks a function, or has a "
     "name that is taken: `hp_context_register_transport()` says which.",
     NULL},
    {HP_EIO, SAID,
     "The operating system refused an operation for a reason that has no code of its own here; "
     "`cause` decodes the system's.",
     NULL},
};
const size_t provoked_count = sizeof provoked / sizeof *provoked;
