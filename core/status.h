/* SPDX-License-Identifier: MIT */
/*
 * What libuv calls a status, in words. uv_strerror() leaks where it does not know one, and libuv
 * 1.44 makes one up when the system does not say why a connection failed.
 */
#ifndef HP_CORE_STATUS_H
#define HP_CORE_STATUS_H

struct hp_status_text {
  char text[60];
};

/* Lives as long as the expression that it stands in: hp__status_text(status).text. */
struct hp_status_text hp__status_text(int status);

#endif
