/* SPDX-License-Identifier: MIT */
/* A real server, started through the public interface in a world of its own. */
#ifndef HP_TESTS_SUPPORT_SERVED_H
#define HP_TESTS_SUPPORT_SERVED_H

#include "tests/support/test.h"
#include "tests/support/world.h"

#include <hyperprocess/hyperprocess.h>

#include <time.h>

enum { HP_SERVED_WATCHED_MAX = 8 };

struct hp_served {
  hp_context *context;
  hp_options *options;
  hp_process *process;
  hp_error *error;
  char output[65536];         /* of the client that ran last */
  const char *const *watched; /* directories, and when each got or lost an entry */
  struct timespec changed[HP_SERVED_WATCHED_MAX];
};

/* `transport` NULL: what the settings say. */
void hp_served_open(struct hp_served *served, const char *server, const char *transport);
/* The same, and whether a plan can be made: false when the binary is not here, and then *reason
 * says so. */
bool hp_served_begin(struct hp_served *served, const char *server, const char *transport,
                     const char **reason);
/* Starts it; prints the error and returns false when it fails. */
bool hp_served_start(struct hp_served *served);
/* Stops it by its own ladder and checks the rung that was needed, and that it ended well. */
void hp_served_stop(struct hp_served *served, const char *rung);
/* Frees everything and checks that nothing is left. */
void hp_served_end(struct hp_served *served);

/* At the end these directories, NULL-terminated, must not have got or lost an entry; some may not
 * exist. */
void hp_served_watch(struct hp_served *served, const char *const *directories);

/* Connects to the server, says that and hears all until it hangs up, into `output`. */
const char *hp_served_ask(struct hp_served *served, const char *question);
/* Likewise of a server that does not hang up: the answer must begin so. */
bool hp_served_answers(struct hp_served *served, const char *question, const char *answer);

/* The client is found; else the test is to be skipped. */
bool hp_served_has(const char *client);

/* Begins a test of a real server, or skips it. */
#define SERVED(served, server, transport, client)                                                  \
  if (!hp_served_has(client))                                                                      \
    SKIP("the client " client " is not installed");                                                \
  SERVED_ALONE(served, server, transport)

/* The same where the test itself is the client. */
#define SERVED_ALONE(served, server, transport)                                                    \
  struct hp_served served;                                                                         \
  do {                                                                                             \
    const char *hp_reason;                                                                         \
    if (!hp_served_begin(&served, server, transport, &hp_reason))                                  \
      SKIP(hp_reason);                                                                             \
  } while (0)

#endif
