/* SPDX-License-Identifier: MIT */
/* The child of bench/spawn: ends at once. */
int main(void) {
  return 0;
}
