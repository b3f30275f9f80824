/* SPDX-License-Identifier: MIT */
/* What the macOS files of this room share. */
#ifndef HP_PLATFORM_DARWIN_H
#define HP_PLATFORM_DARWIN_H

#include "platform/posix.h"

#include <sys/event.h>

int hp__kqueue(void); /* high, closed on exec; -1 with errno set */
/* Takes the next event out, without waiting. A queue in the loop may be readable in vain. */
bool hp__kqueue_take(int queue, struct kevent *event);
/* A queue that becomes readable when the child has ended, also if it has already; -1: none. */
int hp__exit_fd_new(pid_t pid);

/* ---- The platform's functions ---------------------------------------------------------------- */

int hp__spawn_darwin(uv_loop_t *loop, hp_child *child, const struct hp_spawn *spawn,
                     hp_error *error);
void hp__stream_peer_darwin(uv_stream_t *stream, struct hp_peer *peer);
void hp__port_owner_darwin(const struct hp_endpoint *endpoint, struct hp_peer *peer);
int hp__locate_darwin(const struct hp_locate_request *request, struct hp_candidates *found,
                      hp_error *error);
int hp__place_darwin(enum hp_place place, char path[HP_PATH_SIZE]);
int hp__alarm_new_darwin(uv_loop_t *loop, hp_alarm **alarm, hp_alarm_callback callback, void *data);
void hp__alarm_set_darwin(hp_alarm *alarm, uint64_t nanoseconds);
void hp__alarm_free_darwin(hp_alarm *alarm);
hp_watch *hp__watch_new_darwin(uv_loop_t *loop, const char *path, hp_alarm_callback callback,
                               void *data);
void hp__watch_free_darwin(hp_watch *watch);
int hp__notify_new_darwin(uv_loop_t *loop, hp_notify **notify, const char *path,
                          const struct hp_user *user, hp_notify_callback callback, void *data,
                          hp_error *error);
void hp__notify_free_darwin(hp_notify *notify);
int hp__processor_darwin(void);

#endif
