/* SPDX-License-Identifier: MIT */
/* The codes that Windows itself ends a process with. */
#include "platform/ntstatus.h"

#include "core/process.h"
#include "tests/support/test.h"

#include <stddef.h>
#include <string.h>

static const struct {
  uint32_t code;
  const char *name, *part; /* of the cause */
} known[] = {
    {0xC0000005, "STATUS_ACCESS_VIOLATION", "memory access"},
    {0xC000001D, "STATUS_ILLEGAL_INSTRUCTION", "processor"},
    {0xC000007B, "STATUS_INVALID_IMAGE_FORMAT", "another architecture"},
    {0xC00000FD, "STATUS_STACK_OVERFLOW", "stack"},
    {0xC0000135, "STATUS_DLL_NOT_FOUND", "was not found"},
    {0xC0000139, "STATUS_ENTRYPOINT_NOT_FOUND", "another version"},
    {0xC000013A, "STATUS_CONTROL_C_EXIT", "Ctrl-C"},
    {0xC0000142, "STATUS_DLL_INIT_FAILED", "initialised"},
    {0xC0000374, "STATUS_HEAP_CORRUPTION", "damaged"},
    {0xC0000409, "STATUS_STACK_BUFFER_OVERRUN", "abort"},
};

HP_TEST(the_codes_of_the_system_are_known) {
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    const struct hp_ntstatus *status = hp__ntstatus(known[i].code);
    REQUIRE(status != NULL);
    CHECK(status->code == known[i].code);
    CHECK_TEXT(status->name, known[i].name);
    CHECK_HAS(status->cause, known[i].part);
    CHECK(status->hint || status->code == 0xC000013A); /* that one was asked for */
  }
}

HP_TEST(those_of_programs_say_nothing) {
  static const uint32_t codes[] = {0, 1, 2, 77, 127, 128, 255, 256, 0x7FFFFFFF, 0xFFFFFFFF};
  for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
    CHECK(!hp__ntstatus(codes[i]));
}

HP_TEST(an_exit_code_is_written_as_its_system_does) {
  char text[64];
  hp__describe_exit(&(struct hp_exit){HP_EXIT_CODE, (int)0xC0000005U}, text, sizeof text);
  CHECK_TEXT(text, "ended with exit code 0xC0000005");
  hp__describe_exit(&(struct hp_exit){HP_EXIT_CODE, 255}, text, sizeof text);
  CHECK_TEXT(text, "ended with exit code 255");
}
