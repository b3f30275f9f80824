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
  bool (*cut_tether)(hp_readiness *readiness);
  void (*close)(hp_readiness *readiness); /* may be called on a state that open() left half-made */
};

struct hp_readiness {
  const struct hp_ready_ops *ops;
  struct hp_readiness_owner owner;
  int open; /* handles that are not closed yet, and one for the owner */
  bool settled, closing;
};

extern const struct hp_ready_ops hp__ready_callback, hp__ready_notify, hp__ready_connect,
    hp__ready_line;

/* One of what `open` counts has ended; the last one frees it and tells the owner. */
void hp__readiness_release(hp_readiness *readiness);
void hp__readiness_report(hp_readiness *readiness, enum hp_report_kind kind, const char *text);
void hp__readiness_ready(hp_readiness *readiness, bool verified);
/* Whether an answer from `pid` is the server's: 1 yes, 0 no, -1 cannot tell. */
int hp__readiness_is_ours(const hp_readiness *readiness, const struct hp_peer *peer);

#endif
