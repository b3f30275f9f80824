/* SPDX-License-Identifier: MIT */
#include "core/dial.h"

#include "core/peer.h"
#include "core/status.h"

#include <string.h>

static void end_attempt(struct hp_dial *dial) {
  if (!dial->waiting && !dial->open)
    hp__probe_end(&dial->probe);
}

static void connection_closed(uv_handle_t *handle) {
  struct hp_dial *dial = (struct hp_dial *)((char *)handle - offsetof(struct hp_dial, request.as));
  dial->open = false;
  end_attempt(dial);
}

void hp__dial_close(struct hp_dial *dial) {
  uv_handle_t *handle = &dial->request.as.handle;
  if (dial->open && !uv_is_closing(handle))
    uv_close(handle, connection_closed);
}

/* The listener of a server that inherits it is ours: it tells nothing of who accepts. */
static int judge(struct hp_dial *dial) {
  if (hp__ready_find(&dial->probe.base.owner.launch->plan->ready, HP_READY_INHERIT)) {
    dial->peer = (struct hp_peer){.pid = -1, .user = -1};
    return -1;
  }
  hp__peer_find(&dial->peer, dial->probe.base.owner.platform, &dial->endpoint,
                &dial->request.as.stream);
  return hp__readiness_is_ours(&dial->probe.base, &dial->peer);
}

static void refuse(struct hp_dial *dial) {
  static const char why[] = "its address was answered by a process that is not ours";
  hp__probe_miss(&dial->probe, "%s", why);
  hp__readiness_refuse(&dial->probe.base, &dial->peer);
  hp__readiness_report(&dial->probe.base, HP_REPORT_STATUS, why);
}

static void connected(hp_connect_request *request, int status) {
  struct hp_dial *dial = request->data;
  bool asked = hp__readiness_is_asked(&dial->probe.base);
  if (status < 0)
    hp__probe_miss(&dial->probe, "%s", hp__status_text(status).text);
  dial->waiting = false;
  dial->ours = status == 0 && asked ? judge(dial) : 0;
  if (dial->ours != 0) {
    dial->connected(dial);
    return;
  }
  if (status == 0 && asked)
    refuse(dial);
  hp__dial_close(dial);
  end_attempt(dial);
}

void hp__dial_connect(struct hp_dial *dial, const struct hp_transport_ops *transport,
                      const struct hp_endpoint *endpoint) {
  memset(&dial->request, 0, sizeof dial->request);
  dial->request.data = dial;
  dial->request.callback = connected;
  dial->endpoint = *endpoint;
  int status = transport->connect(dial->probe.base.owner.loop, &dial->request, &dial->endpoint);
  dial->waiting = dial->open = status == 0;
  if (status == 0)
    return;
  hp__probe_miss(&dial->probe, "%s", hp__status_text(status).text);
  hp__probe_end(&dial->probe);
}
