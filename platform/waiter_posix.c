/* SPDX-License-Identifier: MIT */
/*
 * The end of a child where there is no pidfd: a thread that waits, without collecting. It cannot be
 * interrupted, since the host's signals are not ours to use, so it may outlive the watch and shares
 * its structure with it: the last one of the two frees it.
 */
#include "platform/posix.h"

#include "core/alloc.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>

struct hp_waiter {
  uv_async_t async;
  uv_mutex_t mutex;
  struct hp_posix_child *child;
  id_t pid;
  bool wanted; /* the loop still listens */
  int users;   /* the loop's side and the thread */
};

static void leave(struct hp_waiter *waiter) {
  uv_mutex_lock(&waiter->mutex);
  bool last = --waiter->users == 0;
  uv_mutex_unlock(&waiter->mutex);
  if (!last)
    return;
  uv_mutex_destroy(&waiter->mutex);
  hp__free(waiter);
}

static void *wait_for_end(void *argument) {
  struct hp_waiter *waiter = argument;
  siginfo_t info;
  while (waitid(P_PID, waiter->pid, &info, WEXITED | WNOWAIT) < 0 && errno == EINTR)
    ;
  uv_mutex_lock(&waiter->mutex);
  if (waiter->wanted)
    uv_async_send(&waiter->async);
  uv_mutex_unlock(&waiter->mutex);
  leave(waiter);
  return NULL;
}

/* Detached, and deaf to every signal of the host. */
static int start_thread(struct hp_waiter *waiter) {
  pthread_attr_t attributes;
  pthread_t thread;
  sigset_t all, before;
  int code = pthread_attr_init(&attributes);
  if (code != 0)
    return code;
  sigfillset(&all);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  code = pthread_create(&thread, &attributes, wait_for_end, waiter);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  pthread_attr_destroy(&attributes);
  return code;
}

static void ended(uv_async_t *async) {
  struct hp_waiter *waiter = async->data;
  waiter->child->base.exited(&waiter->child->base);
}

static void abandoned(uv_handle_t *handle) {
  leave(handle->data);
}

static void watch_closed(uv_handle_t *handle) {
  struct hp_waiter *waiter = handle->data;
  struct hp_posix_child *child = waiter->child;
  leave(waiter);
  child->base.closed(&child->base);
}

static struct hp_waiter *make(struct hp_posix_child *child) {
  struct hp_waiter *waiter = hp__alloc(sizeof *waiter);
  if (!waiter || uv_mutex_init(&waiter->mutex) != 0) {
    hp__free(waiter);
    return NULL;
  }
  if (uv_async_init(child->loop, &waiter->async, ended) != 0) {
    uv_mutex_destroy(&waiter->mutex);
    hp__free(waiter);
    return NULL;
  }
  waiter->async.data = waiter;
  waiter->child = child;
  waiter->pid = (id_t)child->base.pid;
  waiter->wanted = true;
  waiter->users = 2;
  return waiter;
}

int hp__waiter_new(struct hp_posix_child *child, hp_error *error) {
  struct hp_waiter *waiter = make(child);
  if (!waiter)
    return hp_error_set(error, HP_ENOMEM, HP_PHASE_SPAWN, "no memory to watch process %lld",
                        (long long)child->base.pid);
  int code = start_thread(waiter);
  if (code == 0) {
    child->waiter = waiter;
    return 0;
  }
  waiter->users = 1;
  uv_close((uv_handle_t *)&waiter->async, abandoned);
  return hp__explain_errno(error, HP_PHASE_SPAWN, code, "start a thread to watch", "the process");
}

void hp__waiter_free(struct hp_posix_child *child) {
  struct hp_waiter *waiter = child->waiter;
  uv_mutex_lock(&waiter->mutex);
  waiter->wanted = false;
  uv_mutex_unlock(&waiter->mutex);
  uv_close((uv_handle_t *)&waiter->async, watch_closed);
}
