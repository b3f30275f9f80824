/* SPDX-License-Identifier: MIT */
/* The library that hp-lost needs, and that its loader does not find. */
int lost(void);

int lost(void) {
  return 0;
}
