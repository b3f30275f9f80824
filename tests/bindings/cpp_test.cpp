/* SPDX-License-Identifier: MIT */
/* The C++ header: what a scope ends, what an exception tells. */
extern "C" {
#include "tests/support/os.h"
}

#include <hyperprocess/hyperprocess.hpp>

#include <uv.h>

using namespace hyperprocess;
using namespace std::chrono_literals;

static Options echo() {
  uv_os_setenv("XDG_RUNTIME_DIR", hp_test_directory());
  Options options;
  options.server("echo").binary(hp_test_program("hyperprocess-echod")).start_timeout(20s);
  return options;
}

extern "C" {

HP_TEST(a_scope_ends_what_it_began) {
  int64_t pid;
  {
    Process process(echo());
    pid = process.pid();
    CHECK(process.is_open() && process.is_alive() && process.is_verified());
    CHECK_HAS(process.endpoint().c_str(), process.path().c_str());
    CHECK_INT(process.state(), HP_STATE_READY);
    CHECK(hp_os_is_running(pid));
  }
  CHECK(!hp_os_is_running(pid));
}

HP_TEST(several_share_a_context) {
  Context context;
  Process one(context, echo()), other(context, echo());
  CHECK(one.endpoint() != other.endpoint());
  one.close();
  CHECK(other.is_alive());
}

HP_TEST(a_failure_is_an_exception_with_the_whole_error) {
  bool thrown = false;
  try {
    Process process(echo().transport("tcp").setting("greting", "hello"));
  } catch (const Error &error) {
    Error copy = error;
    thrown = true;
    CHECK_INT(copy.code(), HP_ECONFIG);
    CHECK_TEXT(copy.code_name(), "HP_ECONFIG");
    CHECK_HAS(copy.what(), "greting");
    CHECK_HAS(copy.json().c_str(), "\"code\":\"HP_ECONFIG\"");
  }
  CHECK(thrown);
}

HP_TEST(a_start_that_fails_leaves_nothing) {
  bool thrown = false;
  try {
    Process process(echo().argument("--no-such-option"));
  } catch (const Error &error) {
    thrown = true;
    CHECK_INT(error.code(), HP_EEXITED);
    CHECK_HAS(error.detail(HP_DETAIL_COMMAND).c_str(), "--no-such-option");
  }
  CHECK(thrown);
}

HP_TEST(one_that_was_moved_from_says_so) {
  Process first(echo());
  int64_t pid = first.pid();
  Process second(std::move(first));
  bool thrown = false;
  try {
    (void)first.endpoint();
  } catch (const std::logic_error &) {
    thrown = true;
  }
  CHECK(thrown && !first.is_open());
  CHECK_INT(second.pid(), pid);
  second = Process(echo()); /* the one that it held is stopped */
  CHECK(!hp_os_is_running(pid));
  CHECK(second.is_alive());
}

HP_TEST(shutdown_has_its_three_meanings) {
  Process patient(echo()), killed(echo()), limited(echo());
  patient.shutdown();
  CHECK_TEXT(patient.stop_rung().c_str(), "tether");
  killed.shutdown(0ms);
  CHECK_TEXT(killed.stop_rung().c_str(), "kill");
  limited.shutdown(20s);
  CHECK_INT(limited.state(), HP_STATE_STOPPED);
  patient.close();
  patient.close();
}

} // extern "C"
