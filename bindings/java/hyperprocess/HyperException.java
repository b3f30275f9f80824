/* SPDX-License-Identifier: MIT */
package hyperprocess;

import com.sun.jna.Pointer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What failed, why, and what to do about it; getMessage() is all of it. */
public class HyperException extends RuntimeException {
  private static final long serialVersionUID = 1;
  private static final String[] DETAILS = {"command", "output", "places", "log", "owner"};
  private static final Pattern PHASE = Pattern.compile("\"phase\":\"([a-z]+)\"");

  private final String code, phase, line, reason, hint, json;
  private final int osCode;
  private final LinkedHashMap<String, String> details = new LinkedHashMap<>();

  /** The error stays the library's. */
  HyperException(Pointer error) {
    Native library = Native.LIBRARY;
    code = library.hp_code_name(library.hp_error_code(error));
    osCode = library.hp_error_os_code(error);
    line = library.hp_error_message(error);
    reason = library.hp_error_cause(error);
    hint = library.hp_error_hint(error);
    String written = Native.take(library.hp_error_to_json(error));
    json = written == null ? "{}" : written;
    Matcher found = PHASE.matcher(json);
    phase = found.find() ? found.group(1) : "";
    for (int i = 0; i < DETAILS.length; i++) {
      String detail = library.hp_error_detail(error, i);
      if (detail != null)
        details.put(DETAILS[i], detail);
    }
  }

  @Override
  public String getMessage() {
    StringBuilder text = new StringBuilder(line);
    if (reason != null)
      text.append("\ncause: ").append(reason);
    if (hint != null)
      text.append("\nhint: ").append(hint);
    details.forEach((name, value) -> text.append("\n").append(name).append(":\n").append(value));
    return text.toString();
  }

  /** One line that names the thing that failed. */
  public String getMainMessage() {
    return line;
  }

  /** The name in the C header, "HP_ETIMEDOUT". */
  public String getCode() {
    return code;
  }

  /** Where it went wrong: "config", "spawn", "ready", … */
  public String getPhase() {
    return phase;
  }

  /** errno, exit code or signal number, as the reason says; 0 where there is none. */
  public int getOsCode() {
    return osCode;
  }

  /** Why; null where nothing is known. getCause() is Java's own. */
  public String getReason() {
    return reason;
  }

  /** What to do about it; null where nothing is known. */
  public String getHint() {
    return hint;
  }

  /** "command", "output", "places", "log", "owner": those that are known. */
  public Map<String, String> getDetails() {
    return Collections.unmodifiableMap(details);
  }

  /** The whole error as one JSON object. */
  public String toJson() {
    return json;
  }
}
