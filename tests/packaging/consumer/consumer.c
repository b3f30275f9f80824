/* SPDX-License-Identifier: MIT */
/* Starts the sample server by the installed library, stops it, and says how that went. */
#include <hyperprocess/hyperprocess.h>

#include <stdio.h>
#include <string.h>

static int serve(hp_context *context, hp_options *options, hp_error **error) {
  hp_process *server = NULL;
  int result = hp_process_start(context, options, &server, error);
  if (result == 0) {
    printf("ready at %s\n", hp_process_endpoint(server));
    hp_process_stop_async(server);
    result = hp_process_wait(server, -1, error);
  }
  if (result == 0)
    printf("stopped by %s\n", hp_process_stop_rung(server));
  hp_process_close(server);
  return result;
}

int main(int argc, char **argv) {
  char expected[64];
  hp_context *context = NULL;
  hp_options *options = NULL;
  hp_error *error = NULL;
  snprintf(expected, sizeof expected, "%d.%d.%d", HP_VERSION_MAJOR, HP_VERSION_MINOR,
           HP_VERSION_PATCH);
  if (strcmp(hp_version(), expected) != 0)
    printf("the header is of %s, the library of %s\n", expected, hp_version());
  int result = hp_context_new(&context, &error);
  if (result == 0)
    result = hp_options_new(&options, &error);
  if (result == 0)
    result = hp_options_set_server(options, "echo", &error);
  if (result == 0)
    result = hp_options_set_transport(options, argc > 1 ? argv[1] : "local", &error);
  if (result == 0)
    result = serve(context, options, &error);
  if (result != 0)
    printf("%s: %s\n", hp_code_name(result), hp_error_message(error));
  hp_error_free(error);
  hp_options_free(options);
  hp_context_free(context);
  return result != 0;
}
