/* SPDX-License-Identifier: MIT */
package hyperprocess;

import com.sun.jna.Pointer;

/** What happened to a server. */
public final class Event {
  private final boolean isState;
  private final String state, text;
  private final HyperException error;
  private final long remaining;

  Event(Pointer event) {
    Native library = Native.LIBRARY;
    Pointer failure = library.hp_event_error(event);
    isState = library.hp_event_kind(event) == 0;
    state = library.hp_state_name(library.hp_event_state(event));
    text = library.hp_event_text(event);
    error = failure == null ? null : new HyperException(failure);
    remaining = library.hp_event_remaining(event);
  }

  /** Whether the state changed; else it is news within it. */
  public boolean isStateChange() {
    return isState;
  }

  /** "preparing", "starting", "waiting", "ready", "stopping", "stopped", "failed", … */
  public String getState() {
    return state;
  }

  /** A line for a person; null where the state says all. */
  public String getText() {
    return text;
  }

  /** Null where there is none. */
  public HyperException getError() {
    return error;
  }

  /** Milliseconds until the deadline that runs, -1 where there is none. */
  public long getRemaining() {
    return remaining;
  }
}
