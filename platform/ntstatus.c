/* SPDX-License-Identifier: MIT */
#include "platform/ntstatus.h"

#include <stddef.h>

#define SEE_OUTPUT "see its last output, and the Application log of the Event Viewer"

static const struct hp_ntstatus statuses[] = {
    {0x40010004U, "DBG_TERMINATE_PROCESS", "it was ended by a debugger, or with the session",
     "whoever logs off or shuts the system down ends it"},
    {0x80000003U, "STATUS_BREAKPOINT", "it hit a breakpoint or a built-in check", SEE_OUTPUT},
    {0xC0000005U, "STATUS_ACCESS_VIOLATION", "it crashed: invalid memory access", SEE_OUTPUT},
    {0xC0000006U, "STATUS_IN_PAGE_ERROR",
     "it crashed: a part of a file that it runs or has mapped could not be read",
     "look at the drive or the network share that it lies on"},
    {0xC0000017U, "STATUS_NO_MEMORY", "the system had no memory left for it",
     "look at the size of the page file and at what else uses memory"},
    {0xC000001DU, "STATUS_ILLEGAL_INSTRUCTION",
     "it ran an instruction that this processor does not have", "use a build for this processor"},
    {0xC0000022U, "STATUS_ACCESS_DENIED",
     "a library that it needs, or the program itself, is closed to this user",
     "look at the permissions of its folder, and at what a virus scanner has put aside"},
    {0xC000007BU, "STATUS_INVALID_IMAGE_FORMAT",
     "the program or a library that it needs is built for another architecture, or damaged",
     "put libraries of the program's own architecture first in its folder or in PATH"},
    {0xC000008EU, "STATUS_FLOAT_DIVIDE_BY_ZERO", "it crashed: a division by zero", SEE_OUTPUT},
    {0xC0000094U, "STATUS_INTEGER_DIVIDE_BY_ZERO", "it crashed: a division by zero", SEE_OUTPUT},
    {0xC0000096U, "STATUS_PRIVILEGED_INSTRUCTION",
     "it crashed: an instruction that no program may use", SEE_OUTPUT},
    {0xC00000FDU, "STATUS_STACK_OVERFLOW", "it crashed: its stack was used up", SEE_OUTPUT},
    {0xC000012DU, "STATUS_COMMITMENT_LIMIT", "the system had no memory left for it",
     "enlarge the page file, or end what uses the memory"},
    {0xC0000135U, "STATUS_DLL_NOT_FOUND", "a library that it needs was not found",
     "install it beside the program or in a folder of PATH"},
    {0xC0000138U, "STATUS_ORDINAL_NOT_FOUND",
     "a library that it needs is of another version: a function in it is missing",
     "install the version that the program was built with, beside it"},
    {0xC0000139U, "STATUS_ENTRYPOINT_NOT_FOUND",
     "a library that it needs is of another version: a function in it is missing",
     "install the version that the program was built with, beside it"},
    {0xC000013AU, "STATUS_CONTROL_C_EXIT",
     "somebody asked it to end (Ctrl-C, Ctrl-Break or its console was closed)", NULL},
    {0xC0000142U, "STATUS_DLL_INIT_FAILED", "a library that it needs could not be initialised",
     "too many processes in a session without a desktop are one reason; its last output may say "
     "another"},
    {0xC0000194U, "STATUS_POSSIBLE_DEADLOCK", "it gave up waiting for a lock", SEE_OUTPUT},
    {0xC000026BU, "STATUS_DLL_INIT_FAILED_LOGOFF",
     "it was started while the session or the system was being shut down", NULL},
    {0xC0000374U, "STATUS_HEAP_CORRUPTION", "it crashed: its memory was damaged", SEE_OUTPUT},
    {0xC0000409U, "STATUS_STACK_BUFFER_OVERRUN",
     "it gave up by itself: abort, a failed assertion or a security check", SEE_OUTPUT},
    {0xC0000417U, "STATUS_INVALID_CRUNTIME_PARAMETER",
     "it crashed: a wrong argument to the C runtime", SEE_OUTPUT},
    {0xC0000420U, "STATUS_ASSERTION_FAILURE", "it gave up by itself: a failed assertion",
     SEE_OUTPUT},
    {0xC0000428U, "STATUS_INVALID_IMAGE_HASH",
     "the signature of the program or of a library that it needs was refused",
     "use a signed build, or look at the code integrity policy of this system"},
    {0xC0000602U, "STATUS_FAIL_FAST_EXCEPTION", "it gave up by itself after a grave error",
     SEE_OUTPUT},
    {0xE0434352U, "COMPLUS_EXCEPTION", "it ended by an exception of .NET that nobody caught",
     SEE_OUTPUT},
    {0xE06D7363U, "CPP_EXCEPTION", "it ended by an exception of C++ that nobody caught",
     SEE_OUTPUT},
};

const struct hp_ntstatus *hp__ntstatus(uint32_t code) {
  for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
    if (statuses[i].code == code)
      return &statuses[i];
  return NULL;
}
