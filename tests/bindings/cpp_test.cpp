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
    CHECK_INT(copy.phase(), HP_PHASE_PLAN);
    CHECK(!copy.hint().empty());
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
    CHECK_HAS(error.detail(HP_DETAIL_OUTPUT).c_str(), "--no-such-option");
    CHECK_TEXT(error.detail(HP_DETAIL_OWNER).c_str(), "");
    CHECK(!error.cause().empty());
    CHECK_INT(error.phase(), HP_PHASE_READY);
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
  Process &same = second;
  second = std::move(same);
  CHECK(second.is_alive());
}

static_assert(!std::is_copy_constructible<Process>::value, "a server has one owner");
static_assert(!std::is_copy_assignable<Process>::value, "a server has one owner");
static_assert(std::is_nothrow_move_constructible<Process>::value, "to be kept in containers");
static_assert(std::is_nothrow_move_constructible<HyperProcess>::value, "to be kept in containers");

HP_TEST(events_are_told_also_after_a_move) {
  std::vector<hp_state> states;
  {
    Process first(echo(), [&](const Event &event) {
      if (event.kind() == HP_EVENT_STATE)
        states.push_back(event.state());
    });
    Process last(echo());
    {
      Process second(std::move(first));
      last = std::move(second);
    } /* whose handler lives on */
  }
  const std::vector<hp_state> expected = {HP_STATE_PREPARING, HP_STATE_STARTING, HP_STATE_WAITING,
                                          HP_STATE_READY,     HP_STATE_STOPPING, HP_STATE_STOPPED};
  CHECK(states == expected);
}

HP_TEST(an_event_has_the_error) {
  std::string told;
  bool thrown = false;
  try {
    Process process(echo().argument("--no-such-option"), [&](const Event &event) {
      if (event.error() && event.state() == HP_STATE_FAILED)
        told = hp_error_message(event.error());
    });
  } catch (const Error &error) {
    thrown = true;
    CHECK_TEXT(told.c_str(), error.what());
  }
  CHECK(thrown);
}

HP_TEST(a_start_can_be_under_way) {
  Context context;
  Process process = Process::start(context, echo());
  process.wait_ready();
  CHECK(process.is_alive());
  CHECK(!process.wait(0ms));
  process.shutdown();
  CHECK(process.wait(0ms));
  CHECK(process.stop_time().has_value());
}

HP_TEST(a_death_is_told_by_wait) {
  Process process(echo());
  hp_os_kill(process.pid());
  bool thrown = false;
  try {
    (void)process.wait(20s);
  } catch (const Error &error) {
    thrown = true;
    CHECK_INT(error.code(), HP_EDIED);
  }
  CHECK(thrown && !process.is_alive() && !process.stop_time());
}

HP_TEST(transports_are_tried_in_turn) {
  NEEDS(HP_OS_UNIX_SOCKETS);
  Process process(echo().transport("unix:/" + std::string(200, 'x') + ",tcp"));
  CHECK_TEXT(process.transport().c_str(), "tcp");
  CHECK(process.port() > 0);
  CHECK_INT((int)process.fallbacks().size(), 1);
  CHECK_HAS(process.fallbacks().at(0).c_str(), "unix");
}

HP_TEST(a_connection_is_a_descriptor_of_ours) {
  Process process(echo());
  hp_handle handle = process.connect(20s);
  CHECK(handle != HP_NO_HANDLE);
  CHECK(!hp_os_handle_is_inherited(handle));
  hp_os_handle_close(handle);
}

HP_TEST(its_output_goes_to_files) {
  Process process(echo().log_dir(hp_test_directory()).log_size_limit(1 << 20).log_max_count(2));
  CHECK_HAS(process.log_path().c_str(), hp_test_directory());
}

HP_TEST(any_program_is_a_server) {
  Options options = echo();
  Options any;
  any.program({hp_test_program("hyperprocess-echod"), "--listen", "${endpoint.url}"})
      .transport("tcp");
  Process process(any);
  CHECK(process.is_alive());
}

HP_TEST(events_wait_for_a_loop_of_the_hosts) {
  NEEDS(HP_OS_UNIX_SOCKETS);
  Context context;
  CHECK(context.poll_fd() >= 0);
  int told = 0;
  Process process(context, echo(), [&](const Event &) { told++; });
  CHECK_INT(told, 0);
  CHECK(context.dispatch() > 0);
  CHECK(told > 0);
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
