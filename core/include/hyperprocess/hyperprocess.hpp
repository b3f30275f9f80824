/* SPDX-License-Identifier: MIT */
/*
 * hyperprocess for C++17: scope ends what it began, failures are exceptions that carry the whole
 * error. A thin coat over hyperprocess.h, whose comments on threads and blocking hold here too.
 *
 *     hyperprocess::Process server(hyperprocess::Options().server("redis"));
 *     use(server.endpoint());
 *     // stopped here, within the budget of its definition
 */
#ifndef HYPERPROCESS_HYPERPROCESS_HPP
#define HYPERPROCESS_HYPERPROCESS_HPP

#include <hyperprocess/hyperprocess.h>

#include <chrono>
#include <cstdint>
#include <exception>
#include <map>
#include <memory>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace hyperprocess {

/* A failure: what() is its one line; what else is known of it has a name each. */
class Error : public std::exception {
public:
  /* Takes the error over. */
  explicit Error(hp_error *error) : error_(error, hp_error_free) {
  }
  const char *what() const noexcept override {
    return hp_error_message(error_.get());
  }
  hp_code code() const noexcept {
    return static_cast<hp_code>(hp_error_code(error_.get()));
  }
  const char *code_name() const noexcept {
    return hp_code_name(code());
  }
  hp_phase phase() const noexcept {
    return hp_error_phase(error_.get());
  }
  std::string cause() const {
    return text(hp_error_cause(error_.get()));
  }
  std::string hint() const {
    return text(hp_error_hint(error_.get()));
  }
  std::string detail(hp_detail which) const {
    return text(hp_error_detail(error_.get(), which));
  }
  int os_code() const noexcept {
    return hp_error_os_code(error_.get());
  }
  std::string json() const;

private:
  static std::string text(const char *text) {
    return text ? text : "";
  }
  std::shared_ptr<const hp_error> error_; /* an exception is copied while it flies */
};

namespace detail {

inline std::string text(const char *text) {
  return text ? text : "";
}

/* A string of the library's for the caller to free. */
inline std::string take(char *text) {
  std::unique_ptr<char, void (*)(void *)> owner(text, hp_free);
  if (!text)
    throw std::bad_alloc();
  return text;
}

/* Calls with a place for an error behind the arguments, and throws what it finds there. */
template <typename Function, typename... Arguments>
void call(Function function, Arguments... arguments) {
  hp_error *error = nullptr;
  int code = function(arguments..., &error);
  if (code >= 0)
    return;
  if (!error)
    throw std::bad_alloc();
  throw Error(error);
}

} // namespace detail

inline std::string Error::json() const {
  return detail::take(hp_error_to_json(error_.get()));
}

/* What one user wants of a server; each setter says which function of the C header it is. */
class Options {
public:
  Options() {
    hp_options *options = nullptr;
    detail::call(hp_options_new, &options);
    options_.reset(options);
  }
  Options &server(const std::string &name) {
    return set(hp_options_set_server, name);
  }
  Options &file(const std::string &path) {
    return set(hp_options_set_file, path);
  }
  Options &profile(const std::string &name) {
    return set(hp_options_set_profile, name);
  }
  Options &transport(const std::string &spec) {
    return set(hp_options_set_transport, spec);
  }
  Options &data_dir(const std::string &path) {
    return set(hp_options_set_data_dir, path);
  }
  Options &server_version(const std::string &wanted) {
    return set(hp_options_set_server_version, wanted);
  }
  Options &binary(const std::string &path) {
    return set(hp_options_set_binary, path);
  }
  Options &working_dir(const std::string &path) {
    return set(hp_options_set_working_dir, path);
  }
  Options &argument(const std::string &text) {
    return set(hp_options_add_argument, text);
  }
  Options &setting(const std::string &name, const std::string &value) {
    detail::call(hp_options_set, options_.get(), name.c_str(), value.c_str());
    return *this;
  }
  Options &environment(const std::string &name, const std::optional<std::string> &value) {
    detail::call(hp_options_set_environment, options_.get(), name.c_str(),
                 value ? value->c_str() : static_cast<const char *>(nullptr));
    return *this;
  }
  Options &start_timeout(std::chrono::milliseconds time) {
    detail::call(hp_options_set_start_timeout, options_.get(), int64_t{time.count()});
    return *this;
  }
  const hp_options *get() const noexcept {
    return options_.get();
  }

private:
  struct Free {
    void operator()(hp_options *options) const {
      hp_options_free(options);
    }
  };
  template <typename Setter> Options &set(Setter setter, const std::string &value) {
    detail::call(setter, options_.get(), value.c_str());
    return *this;
  }
  std::unique_ptr<hp_options, Free> options_;
};

/* A thread with its servers. Must outlive them; closes those that are left. */
class Context {
public:
  Context() {
    hp_context *context = nullptr;
    detail::call(hp_context_new, &context);
    context_.reset(context);
  }
  hp_context *get() const noexcept {
    return context_.get();
  }

private:
  struct Free {
    void operator()(hp_context *context) const {
      hp_context_free(context);
    }
  };
  std::unique_ptr<hp_context, Free> context_;
};

/* One server from start to end. */
class Process {
public:
  /* Returns when it is ready. */
  Process(Context &context, const Options &options) {
    start(context.get(), options);
  }
  /* The same in a context of its own. */
  explicit Process(const Options &options) : own_(std::make_unique<Context>()) {
    start(own_->get(), options);
  }
  Process(Process &&) noexcept = default;
  Process &operator=(Process &&other) noexcept {
    close(); /* first the server, then its context */
    process_ = std::move(other.process_);
    own_ = std::move(other.own_);
    return *this;
  }
  ~Process() {
    close();
  }

  std::string endpoint() const {
    return detail::text(hp_process_endpoint(handle()));
  }
  std::string descriptor() const {
    return detail::text(hp_process_descriptor(handle()));
  }
  std::string transport() const {
    return detail::text(hp_process_transport(handle()));
  }
  std::string path() const {
    return detail::text(hp_process_path(handle()));
  }
  std::string host() const {
    return detail::text(hp_process_host(handle()));
  }
  uint16_t port() const {
    return hp_process_port(handle());
  }
  std::string data_dir() const {
    return detail::text(hp_process_data_dir(handle()));
  }
  int64_t pid() const {
    return hp_process_pid(handle());
  }
  int64_t main_pid() const {
    return hp_process_main_pid(handle());
  }
  hp_state state() const {
    return hp_process_state(handle());
  }
  bool is_alive() const {
    return hp_process_is_alive(handle());
  }
  bool is_verified() const {
    return hp_process_is_verified(handle());
  }
  hp_containment containment() const {
    return hp_process_containment(handle());
  }
  hp_exit exit_status() const {
    return hp_process_exit_status(handle());
  }
  std::string stop_rung() const {
    return detail::text(hp_process_stop_rung(handle()));
  }

  /* Whether the handle is open: is_alive() asks for the server. */
  bool is_open() const noexcept {
    return process_ != nullptr;
  }

  /* Until it has ended, by itself (an exception) or by a stop. */
  void wait() const {
    detail::call(hp_process_wait, handle(), int64_t{-1});
  }
  /* Asks it to stop and waits for that, however long it takes. */
  void shutdown() const {
    detail::call(hp_process_shutdown, handle(), int64_t{-1});
  }
  /* The same with a limit, after which it is killed, which is an exception; 0 kills at once. */
  void shutdown(std::chrono::milliseconds limit) const {
    detail::call(hp_process_shutdown, handle(), int64_t{limit.count()});
  }
  /* Stops it within the budget of its definition. Never throws, may be called again. */
  void close() noexcept {
    process_.reset();
    own_.reset();
  }
  hp_process *get() const noexcept {
    return process_.get();
  }

private:
  hp_process *handle() const {
    if (!process_)
      throw std::logic_error("this process was closed, or moved away");
    return process_.get();
  }
  struct Close {
    void operator()(hp_process *process) const {
      hp_process_close(process);
    }
  };
  void start(hp_context *context, const Options &options) {
    hp_process *process = nullptr;
    hp_error *error = nullptr;
    int code = hp_process_start(context, options.get(), &process, &error);
    process_.reset(process);
    if (code < 0 && !error)
      throw std::bad_alloc();
    if (code < 0)
      throw Error(error);
  }
  std::unique_ptr<Context> own_; /* before the process, which goes first */
  std::unique_ptr<hp_process, Close> process_;
};

/* Whether hyperd may tell its vendor how it is used: who starts it must choose. */
enum class Telemetry { SendUsageDataToTableau, DoNotSendUsageDataToTableau };

/* Tableau's HyperProcess: hyperd with the official API's words, stopped at the end of the scope. */
class HyperProcess : public Process {
public:
  /* `hyper_path`: the folder that holds hyperd, empty: where it is found; `parameters`: settings
   * of the process, "log_dir" and the like. */
  explicit HyperProcess(Telemetry telemetry, const std::string &hyper_path = "",
                        const std::map<std::string, std::string> &parameters = {})
      : Process(options(telemetry, hyper_path, parameters)) {
  }

private:
  static Options options(Telemetry telemetry, const std::string &hyper_path,
                         const std::map<std::string, std::string> &parameters) {
    Options options;
    options.server("hyperd");
    options.setting("telemetry", telemetry == Telemetry::SendUsageDataToTableau ? "on" : "off");
    if (!hyper_path.empty())
      options.setting("hyper_path", hyper_path);
    for (const auto &[name, value] : parameters)
      options.setting(name, value);
    return options;
  }
};

} // namespace hyperprocess

#endif
