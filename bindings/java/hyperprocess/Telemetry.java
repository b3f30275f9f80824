/* SPDX-License-Identifier: MIT */
package hyperprocess;

/** Whether hyperd may tell its vendor how it is used: who starts it must choose. */
public enum Telemetry {
  SEND_USAGE_DATA_TO_TABLEAU,
  DO_NOT_SEND_USAGE_DATA_TO_TABLEAU
}
