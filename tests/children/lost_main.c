/* SPDX-License-Identifier: MIT */
int lost(void);

int main(void) {
  return lost();
}
