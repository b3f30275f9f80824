/* SPDX-License-Identifier: MIT */
/*
 * A host with a transport of its own: registers it, and starts a server that a definition knows how
 * to start over it (servers.yaml, whose path is the only argument).
 */
#include "loopback6.h"

#include <hyperprocess/hyperprocess.h>

#include <stdio.h>
#include <unistd.h>

static int complain(hp_error *error) {
  const char *cause = hp_error_cause(error);
  fprintf(stderr, "%s%s%s\n", hp_error_message(error), cause ? ": " : "", cause ? cause : "");
  hp_error_free(error);
  return 1;
}

static int talk(hp_process *server, hp_error **error) {
  char heard[64];
  hp_handle connection;
  int result = hp_process_connect(server, 5000, &connection, error);
  if (result < 0)
    return result;
  ssize_t length =
      write((int)connection, "hello", 5) == 5 ? read((int)connection, heard, sizeof heard) : 0;
  printf("it says: %.*s\n", length > 0 ? (int)length : 0, heard);
  close((int)connection);
  return 0;
}

static int run(hp_context *context, const char *file, hp_error **error) {
  hp_options *options = NULL;
  hp_process *server = NULL;
  int result = hp_context_register_transport(context, &loopback6, error);
  if (result == 0)
    result = hp_options_new(&options, error);
  if (result == 0)
    result = hp_options_set_file(options, file, error);
  if (result == 0)
    result = hp_process_start(context, options, &server, error);
  if (result == 0) {
    printf("%s is ready at %s\n", hp_process_transport(server), hp_process_endpoint(server));
    result = talk(server, error);
  }
  hp_process_close(server);
  hp_options_free(options);
  return result;
}

int main(int argc, char **argv) {
  hp_context *context;
  hp_error *error = NULL;
  if (argc != 2) {
    fprintf(stderr, "usage: %s FILE\n", argv[0]);
    return 2;
  }
  if (hp_context_new(&context, &error) < 0)
    return complain(error);
  int result = run(context, argv[1], &error);
  hp_context_free(context);
  return result < 0 ? complain(error) : 0;
}
