/* SPDX-License-Identifier: MIT */
/* Plan + reservation + nonce: what is really executed, once. Fills in the variables that the plan
 * had to leave open. */
#ifndef HP_CORE_LAUNCH_H
#define HP_CORE_LAUNCH_H

#include "core/plan.h"
#include "core/redact.h"

enum { HP_NONCE_SIZE = 33, HP_SECRET_SIZE = 49 }; /* hexadecimal digits and a NUL */

struct hp_launch {
  const struct hp_plan *plan;
  struct hp_arena arena; /* all texts of this launch */
  struct hp_endpoint endpoint;
  struct hp_endpoint callback; /* ours; kind NONE: there is none */
  bool hands_down;             /* `listener` goes to the server */
  uv_os_sock_t listener;       /* the reservation's */
  const char *notify_path;     /* NULL: no notify socket */
  const char *runtime_dir, *data_dir, *prepare_dir;
  char (*secrets)[HP_SECRET_SIZE]; /* of the definition, in its order */
  char nonce[HP_NONCE_SIZE];
  struct hp_secrets known; /* all that must not be shown: grows with each attempt */
};

void hp__launch_init(struct hp_launch *launch, const struct hp_plan *plan);
void hp__launch_fini(struct hp_launch *launch);
/* `size` - 1 random hexadecimal digits. */
int hp__random_hex(char *text, size_t size, hp_error *error);

/* Adds the secrets and the nonce to those that are known. */
int hp__launch_note_secrets(struct hp_launch *launch, hp_error *error);

/* All texts live in the launch's arena. Open variables are an error that names them. */
int hp__launch_text(struct hp_launch *launch, const struct hp_template *text, const char **result,
                    hp_error *error);
int hp__launch_arguments(struct hp_launch *launch, const struct hp_templates *texts, char ***argv,
                         hp_error *error);
enum { HP_LAUNCH_PIDS = 3 }; /* at most so many, and a NULL */
/* `pids` gets the places of the server's own number, as in struct hp_spawn; NULL: it is for a
 * command beside the server. */
int hp__launch_environment(struct hp_launch *launch, char ***environment, char **pids,
                           hp_error *error);
/* A command of the definition's, or the server itself, with all of its variables filled in. */
int hp__launch_spawn(struct hp_launch *launch, const struct hp_templates *command,
                     struct hp_spawn *spawn, hp_error *error);
/* The command line for a person, secrets redacted; free with hp__free(). */
char *hp__launch_describe(struct hp_launch *launch, const struct hp_templates *texts);

/* Reads the server's own report of where it listens into the endpoint: by the definition's pattern,
 * else as our text form. false: it is neither. */
bool hp__launch_read_report(struct hp_launch *launch, const char *report);
/* Finds a pattern of the definition's in a line, and what it captures of the endpoint. */
bool hp__launch_read_line(struct hp_launch *launch, const struct hp_template *pattern,
                          const char *line);

#endif
