/* SPDX-License-Identifier: MIT */
/*
 * A small application: `hp-app SERVER [KEY=VALUE]…` starts the server through the public interface,
 * says "pid N" and "ready ENDPOINT DESCRIPTOR", waits for the end of its stdin, stops the server
 * and says "stopped RUNG MILLISECONDS". Keys: transport, data_dir, file, binary, profile, timeout,
 * armed (see refusal_linux.h), and `set:NAME` for a setting of the server.
 */
#include <hyperprocess/hyperprocess.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

typedef int (*setter)(hp_options *options, const char *value, hp_error **error);

static int set_timeout(hp_options *options, const char *value, hp_error **error) {
  return hp_options_set_start_timeout(options, atoll(value), error);
}

/* For a test that lets system calls fail: from here on, or up to here. Nothing else of ours asks
 * for that. */
static int mark(void) {
  int priority;
  return uv_os_getpriority(0, &priority);
}

static int arm(hp_options *options, const char *value, hp_error **error) {
  (void)options, (void)value, (void)error;
  return mark();
}

static int set_option(hp_options *options, const char *key, const char *value, hp_error **error) {
  static const struct {
    const char *key;
    setter set;
  } setters[] = {{"transport", hp_options_set_transport},
                 {"data_dir", hp_options_set_data_dir},
                 {"file", hp_options_set_file},
                 {"binary", hp_options_set_binary},
                 {"profile", hp_options_set_profile},
                 {"timeout", set_timeout},
                 {"armed", arm}};
  if (strncmp(key, "set:", 4) == 0)
    return hp_options_set(options, key + 4, value, error);
  for (size_t i = 0; i < sizeof setters / sizeof *setters; i++)
    if (strcmp(setters[i].key, key) == 0)
      return setters[i].set(options, value, error);
  return HP_EUSAGE;
}

static int read_arguments(hp_options *options, int argc, char **argv, hp_error **error) {
  int result = argc > 1 ? hp_options_set_server(options, argv[1], error) : HP_EUSAGE;
  for (int i = 2; result == 0 && i < argc; i++) {
    char *value = strchr(argv[i], '=');
    if (!value)
      return HP_EUSAGE;
    *value++ = '\0';
    result = set_option(options, argv[i], value, error);
  }
  return result;
}

static void say_pid(hp_process *process, const hp_event *event, void *user) {
  (void)user;
  if (hp_event_kind(event) == HP_EVENT_STATE && hp_event_state(event) == HP_STATE_WAITING)
    printf("pid %lld\n", (long long)hp_process_pid(process));
}

static void wait_for_end_of_input(void) {
  while (getchar() != EOF)
    ;
}

static int serve(hp_context *context, const hp_options *options, hp_error **error) {
  hp_process *process;
  int result = hp_process_start_async(context, options, say_pid, NULL, &process, error);
  if (result < 0)
    return result;
  result = hp_process_wait_ready(process, -1, error);
  if (result == 0) {
    printf("ready %s %s\n", hp_process_endpoint(process), hp_process_descriptor(process));
    wait_for_end_of_input();
    hp_process_stop_async(process);
    result = hp_process_wait(process, -1, error);
    const char *rung = hp_process_stop_rung(process);
    printf("stopped %s %.1f\n", rung ? rung : "none", hp_process_stop_time(process));
  }
  hp_process_close(process);
  return result;
}

int main(int argc, char **argv) {
  hp_options *options = NULL;
  hp_context *context = NULL;
  hp_error *error = NULL;
  setvbuf(stdout, NULL, _IONBF, 0);
  int result = hp_options_new(&options, &error);
  if (result == 0)
    result = read_arguments(options, argc, argv, &error);
  if (result == 0)
    result = hp_context_new(&context, &error);
  if (result == 0)
    result = serve(context, options, &error);
  if (result < 0) {
    char *json = error ? hp_error_to_json(error) : NULL;
    fprintf(stderr, "%s\n", json ? json : hp_code_text(result));
    hp_free(json);
  }
  hp_error_free(error);
  hp_context_free(context);
  hp_options_free(options);
  mark();
  return result < 0 ? 1 : 0;
}
