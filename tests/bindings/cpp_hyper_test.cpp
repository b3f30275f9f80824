/* SPDX-License-Identifier: MIT */
/* Tableau's HyperProcess in C++, on the real hyperd. */
extern "C" {
#include "tests/support/os.h"
}

#include <hyperprocess/hyperprocess.hpp>

#include <uv.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

using namespace hyperprocess;
using namespace std::chrono_literals;

static const char *folder() {
  uv_os_setenv("XDG_RUNTIME_DIR", hp_test_directory());
  const char *named = getenv("HP_TEST_HYPERD");
  return named ? named : "";
}

static const char *why_not() {
  static std::string reason = "hyperd was not fetched: run the test hyperd.fetch";
  if (std::filesystem::exists(std::string(folder()) + "/hyperd"))
    return nullptr;
  std::ifstream file(std::string(folder()) + "/reason");
  std::getline(file, reason);
  return reason.c_str();
}

#define NEEDS_HYPERD()                                                                             \
  do {                                                                                             \
    if (const char *reason = why_not())                                                            \
      SKIP(reason);                                                                                \
  } while (0)

extern "C" {

HP_TEST(a_scope_is_a_hyper_process) {
  NEEDS_HYPERD();
  int64_t pid;
  {
    HyperProcess hyper(folder(), Telemetry::DoNotSendUsageDataToTableau, "my program",
                       {{"log_config", ""}, {"telemetry", "on"}});
    pid = hyper.pid();
    CHECK_INT(hyper.endpoint().compare(0, 13, "tab.domain://"), 0);
    CHECK_TEXT(hyper.user_agent().c_str(), "my program");
    CHECK(hyper.is_verified() && hp_os_is_running(pid));
    std::ifstream file("/proc/" + std::to_string(pid) + "/cmdline");
    std::string words{std::istreambuf_iterator<char>(file), {}};
    CHECK(words.find("--log-config=") != std::string::npos);
    CHECK(words.find("telemetry") == std::string::npos);
  }
  CHECK(!hp_os_is_running(pid));
}

HP_TEST(it_is_found_where_the_environment_says) {
  NEEDS_HYPERD();
  uv_os_setenv("HYPERPROCESS_BINARY_HYPERD", folder());
  HyperProcess hyper(Telemetry::DoNotSendUsageDataToTableau);
  CHECK(hyper.is_alive());
}

HP_TEST(its_shutdown_closes_it) {
  NEEDS_HYPERD();
  HyperProcess hyper(folder(), Telemetry::DoNotSendUsageDataToTableau);
  HyperProcess other = std::move(hyper);
  other.shutdown(20s);
  CHECK(!other.is_open());
  other.shutdown();
  HyperProcess dead(folder(), Telemetry::DoNotSendUsageDataToTableau);
  hp_os_kill(dead.pid());
  bool thrown = false;
  try {
    dead.wait();
  } catch (const Error &error) {
    thrown = true;
    CHECK_INT(error.code(), HP_EDIED);
  }
  CHECK(thrown);
  thrown = false;
  try {
    dead.shutdown();
  } catch (const Error &) {
    thrown = true;
  }
  CHECK(thrown && !dead.is_open());
}

} // extern "C"
