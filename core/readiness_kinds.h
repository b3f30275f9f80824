/* SPDX-License-Identifier: MIT */
/* The interface of one kind of readiness. Private to core/readiness.c and core/ready_*.c. */
#ifndef HP_CORE_READINESS_KINDS_H
#define HP_CORE_READINESS_KINDS_H

#include "core/readiness.h"

struct hp_ready_ops {
  enum hp_ready_kind kind;
  const char *text; /* what is waited for */
  size_t size;      /* of its state behind struct hp_readiness */
  int (*open)(hp_readiness *readiness, hp_error *error);
  void (*begin)(hp_readiness *readiness);
  void (*line)(hp_readiness *readiness, const char *line);
  void (*settle)(hp_readiness *readiness);
  void (*rest)(hp_readiness *readiness);
  bool (*cut_tether)(hp_readiness *readiness);
  void (*close)(hp_readiness *readiness); /* may be called on a state that open() left half-made */
  void (*fini)(hp_readiness *readiness);  /* memory, when nothing is open any more */
};

struct hp_readiness {
  const struct hp_ready_ops *ops;
  struct hp_readiness_owner owner;
  int open; /* handles that are not closed yet, and one for the owner */
  bool settled, resting, closing;
};

extern const struct hp_ready_ops hp__ready_callback, hp__ready_notify, hp__ready_connect,
    hp__ready_line, hp__ready_file, hp__ready_exec, hp__ready_http, hp__ready_inherit,
    hp__ready_all, hp__ready_any;

/* Whether an answer would still be of use. */
bool hp__readiness_is_asked(const hp_readiness *readiness);
/* One of what `open` counts has ended; the last one frees it and tells the owner. */
void hp__readiness_release(hp_readiness *readiness);
void hp__readiness_report(hp_readiness *readiness, enum hp_report_kind kind, const char *text);
void hp__readiness_ready(hp_readiness *readiness, bool verified);
/* READY by the answer of a peer, whose `ours` is not 0; false: that is not proof enough. */
bool hp__readiness_answered(hp_readiness *readiness, const struct hp_peer *peer, int ours);
/* The answer of a peer whose `ours` is 0. */
void hp__readiness_refuse(hp_readiness *readiness, const struct hp_peer *peer);
/* Whether an answer from `peer` is the server's: 1 yes, 0 no, -1 cannot tell. */
int hp__readiness_is_ours(const hp_readiness *readiness, const struct hp_peer *peer);
/* Hands a line on; it ends in a NUL. */
void hp__readiness_text(hp_readiness *readiness, const char *line);

#endif
