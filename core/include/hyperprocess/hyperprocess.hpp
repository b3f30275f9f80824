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
#include <functional>
#include <map>
#include <memory>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

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

inline void check(int code, hp_error *error) {
  if (code >= 0)
    return;
  if (!error)
    throw std::bad_alloc();
  throw Error(error);
}

/* Calls with a place for an error behind the arguments, and throws what it finds there. */
template <typename Function, typename... Arguments>
void call(Function function, Arguments... arguments) {
  hp_error *error = nullptr;
  int code = function(arguments..., &error);
  check(code, error);
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
  Options &log_dir(const std::string &path) {
    return set(hp_options_set_log_dir, path);
  }
  Options &event_log(const std::string &path) {
    return set(hp_options_set_event_log, path);
  }
  Options &log_size_limit(uint64_t bytes) {
    return set(hp_options_set_log_size_limit, bytes);
  }
  Options &log_max_count(uint64_t count) {
    return set(hp_options_set_log_max_count, count);
  }
  Options &experimental(bool allowed) {
    return set(hp_options_set_experimental, allowed);
  }
  Options &program(const std::vector<std::string> &words) {
    std::vector<const char *> argv;
    for (const std::string &word : words)
      argv.push_back(word.c_str());
    argv.push_back(nullptr);
    return set(hp_options_set_program, argv.data());
  }
  Options &ready(const std::string &text) {
    return set(hp_options_set_ready, text);
  }
  Options &stop(const std::string &text) {
    return set(hp_options_set_stop, text);
  }
  Options &wrap(const std::string &command) {
    return set(hp_options_set_wrap, command);
  }
  Options &terminal(bool shared) {
    hp_options_set_terminal(options_.get(), shared);
    return *this;
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
    return set(hp_options_set_start_timeout, int64_t{time.count()});
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
  template <typename Setter, typename Value> Options &set(Setter setter, Value value) {
    detail::call(setter, options_.get(), value);
    return *this;
  }
  template <typename Setter> Options &set(Setter setter, const std::string &value) {
    return set(setter, value.c_str());
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
  /* Before the first start: events wait for dispatch(), and this is readable while they do. */
  int poll_fd() const {
    int fd = -1;
    detail::call(hp_context_poll_fd, get(), &fd);
    return fd;
  }
  int dispatch() const {
    return hp_context_dispatch(get());
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

/* What happened; valid during the call that tells it. */
class Event {
public:
  explicit Event(const hp_event *event) noexcept : event_(event) {
  }
  enum hp_event_kind kind() const noexcept {
    return ::hp_event_kind(event_);
  }
  hp_state state() const noexcept {
    return hp_event_state(event_);
  }
  std::string text() const {
    return detail::text(hp_event_text(event_));
  }
  /* NULL where there is none. */
  const hp_error *error() const noexcept {
    return hp_event_error(event_);
  }
  /* Until the deadline that runs. */
  std::optional<std::chrono::milliseconds> remaining() const {
    int64_t time = hp_event_remaining(event_);
    return time < 0 ? std::nullopt : std::make_optional(std::chrono::milliseconds(time));
  }

private:
  const hp_event *event_;
};

/* Called on the library's thread; must neither block nor throw: that ends the program. */
using EventHandler = std::function<void(const Event &)>;

/* One server from start to end. */
class Process {
public:
  /* Returns when it is ready. */
  Process(Context &context, const Options &options, EventHandler handler = {}) {
    begin(context.get(), options, std::move(handler));
    wait_ready();
  }
  /* The same in a context of its own. */
  explicit Process(const Options &options, EventHandler handler = {})
      : own_(std::make_unique<Context>()) {
    begin(own_->get(), options, std::move(handler));
    wait_ready();
  }
  /* Returns at once: wait_ready() is the rest, and a stop from another thread ends it. */
  static Process start(Context &context, const Options &options, EventHandler handler = {}) {
    Process process;
    process.begin(context.get(), options, std::move(handler));
    return process;
  }
  Process(Process &&) noexcept = default;
  Process &operator=(Process &&other) noexcept {
    if (this == &other)
      return *this;
    close(); /* first the server, then its context */
    process_ = std::move(other.process_);
    handler_ = std::move(other.handler_);
    own_ = std::move(other.own_);
    return *this;
  }
  virtual ~Process() {
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
  /* The transports that were tried before the one that serves, each with its reason. */
  std::vector<std::string> fallbacks() const {
    std::vector<std::string> all;
    for (size_t i = 0, count = hp_process_fallback_count(handle()); i < count; i++)
      all.push_back(detail::text(hp_process_fallback(handle(), i)));
    return all;
  }
  std::string data_dir() const {
    return detail::text(hp_process_data_dir(handle()));
  }
  /* The file that its output is written to at this moment, "" where there is none. */
  std::string log_path() const {
    std::unique_ptr<char, void (*)(void *)> path(hp_process_log_path(handle()), hp_free);
    return detail::text(path.get());
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
  /* From the first rung to the exit, where it was stopped by us. */
  std::optional<std::chrono::duration<double, std::milli>> stop_time() const {
    double time = hp_process_stop_time(handle());
    return time < 0 ? std::nullopt
                    : std::make_optional(std::chrono::duration<double, std::milli>(time));
  }

  /* Whether the handle is open: is_alive() asks for the server. */
  bool is_open() const noexcept {
    return process_ != nullptr;
  }

  /* A descriptor (hp_handle says of what kind) for the caller to close, connected to a process of
   * the server's. */
  hp_handle connect(std::optional<std::chrono::milliseconds> limit = std::nullopt) const {
    hp_handle made = -1;
    detail::call(hp_process_connect, handle(), limit ? int64_t{limit->count()} : -1, &made);
    return made;
  }

  void wait_ready() const {
    detail::call(hp_process_wait_ready, handle(), int64_t{-1});
  }
  /* Until it has ended, by itself (an exception) or by a stop. */
  void wait() const {
    detail::call(hp_process_wait, handle(), int64_t{-1});
  }
  /* The same; false when the time ran out first. */
  bool wait(std::chrono::milliseconds limit) const {
    hp_error *error = nullptr;
    int code = hp_process_wait(handle(), limit.count() > 0 ? limit.count() : 0, &error);
    hp_state now = state();
    if (code != HP_ETIMEDOUT) {
      detail::check(code, error);
      return true;
    }
    hp_error_free(error);
    if (now != HP_STATE_STOPPED && now != HP_STATE_FAILED)
      return false;
    wait(); /* over: why is told at once */
    return true;
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
    handler_.reset();
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
  static void tell(hp_process *, const hp_event *event, void *user) noexcept {
    (*static_cast<EventHandler *>(user))(Event(event));
  }
  Process() = default;
  void begin(hp_context *context, const Options &options, EventHandler handler) {
    if (handler)
      handler_ = std::make_unique<EventHandler>(std::move(handler));
    hp_process *process = nullptr;
    hp_error *error = nullptr;
    int code = hp_process_start_async(context, options.get(), handler_ ? tell : nullptr,
                                      handler_.get(), &process, &error);
    process_.reset(process);
    detail::check(code, error);
  }
  std::unique_ptr<Context> own_; /* before the process, which goes first */
  std::unique_ptr<EventHandler> handler_;
  std::unique_ptr<hp_process, Close> process_;
};

/* Whether hyperd may tell its vendor how it is used: who starts it must choose. */
enum class Telemetry { SendUsageDataToTableau, DoNotSendUsageDataToTableau };

/* Tableau's HyperProcess: hyperd with the official API's words, stopped at the end of the scope. */
class HyperProcess : public Process {
public:
  using Parameters = std::map<std::string, std::string>;

  /* `user_agent`: what the program calls itself when it connects, a matter of its clients;
   * `parameters`: settings of the process, "log_dir" and the like. */
  explicit HyperProcess(Telemetry telemetry, const std::string &user_agent = "",
                        const Parameters &parameters = {})
      : HyperProcess("", telemetry, user_agent, parameters) {
  }
  /* `hyper_path`: the folder that holds hyperd; "": where it is found. */
  HyperProcess(const std::string &hyper_path, Telemetry telemetry,
               const std::string &user_agent = "", const Parameters &parameters = {})
      : Process(options(hyper_path, telemetry, parameters)), user_agent_(user_agent) {
  }

  /* The connection string, "tab.domain://…". */
  std::string endpoint() const {
    return descriptor();
  }
  const std::string &user_agent() const noexcept {
    return user_agent_;
  }
  /* As that of Process, and closes the handle, whether it throws or not. */
  void shutdown(std::optional<std::chrono::milliseconds> limit = std::nullopt) {
    if (!is_open())
      return;
    try {
      limit ? Process::shutdown(*limit) : Process::shutdown();
    } catch (...) {
      close();
      throw;
    }
    close();
  }

private:
  static Options options(const std::string &hyper_path, Telemetry telemetry,
                         const Parameters &parameters) {
    Options options;
    options.server("hyperd");
    for (const auto &[name, value] : parameters)
      options.setting(name, value);
    options.setting("telemetry", telemetry == Telemetry::SendUsageDataToTableau ? "on" : "off");
    if (!hyper_path.empty())
      options.setting("hyper_path", hyper_path);
    return options;
  }
  std::string user_agent_;
};

} // namespace hyperprocess

#endif
