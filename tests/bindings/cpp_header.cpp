/* SPDX-License-Identifier: MIT */
/* Each inline function and template of the header once, for compilers that only look. */
#include <hyperprocess/hyperprocess.hpp>

#include <memory>

using namespace hyperprocess;

std::unique_ptr<Options> all_options();
void all_of(Process &process, HyperProcess &hyper);

std::unique_ptr<Options> all_options() {
  auto made = std::make_unique<Options>();
  Options &options = *made;
  options.server("s").file("f").profile("p").transport("tcp").data_dir("d").binary("b");
  options.working_dir("w").argument("a").setting("n", "v").environment("n", std::nullopt);
  options.log_dir("d").log_size_limit(1).log_max_count(1).experimental(true).program({"p"});
  options.ready("notify").stop("TERM:1s").wrap("strace").terminal(false);
  options.start_timeout(std::chrono::seconds(1));
  return made;
}

void all_of(Process &process, HyperProcess &hyper) {
  process.shutdown(std::chrono::seconds(1));
  (void)process.wait(std::chrono::seconds(1));
  (void)process.connect();
  (void)process.stop_time();
  (void)process.log_path();
  (void)process.fallbacks();
  hyper.shutdown(std::chrono::seconds(1));
  hyper = HyperProcess("folder", Telemetry::SendUsageDataToTableau, "agent", {{"log_config", ""}});
  process = Process(*all_options(), [](const Event &event) { (void)event.remaining(); });
}
