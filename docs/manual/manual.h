/* SPDX-License-Identifier: MIT */
/*
 * The pages of docs/reference, made of the tables that the library reads by, and of examples that
 * are tried out while the pages are made: hp-manual keys|errors [complete].
 */
#ifndef HP_DOCS_MANUAL_H
#define HP_DOCS_MANUAL_H

#include <stdbool.h>
#include <stdio.h>

/* What the tables do not hold of a key, docs/manual/words.c. */
struct key_words {
  const char *path; /* "server.binary.names"; NAME stands for any name, [] for an item of a list */
  const char *text; /* Markdown */
  const char *example; /* lines of a server or profile in which it stands */
};
extern const struct key_words key_words[];
extern const size_t key_words_count;

/* How an error is met, docs/manual/provoked.c. */
struct provoked {
  int code;
  enum provoked_how {
    SAID,     /* nobody can provoke it by a file: what is said of it is all */
    STARTED,  /* the start fails */
    ENDED,    /* the server ends by itself afterwards */
    CANCELED, /* a stop is asked for while it starts */
    CUT,      /* it does not end in the time that hp_process_shutdown() gives */
    SECOND    /* the same is started already; @PORT@ is the port of another server */
  } how;
  const char *text; /* when it is met, and what to do */
  const char *yaml; /* @DIR@ is an empty directory */
};
extern const struct provoked provoked[];
extern const size_t provoked_count;

/* Each writes its page; false, and a word on stderr: an example did not do what it should, or
 * `complete` was asked for and nothing is said of a key. */
bool write_keys(FILE *page, const char *directory, bool complete);
bool write_errors(FILE *page, const char *directory, bool complete);

/* A file in that directory; its path in static storage, NULL when it cannot be written. */
const char *write_file(const char *directory, const char *text);

#endif
