/* SPDX-License-Identifier: MIT */
package hyperprocess;

import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/** Tableau's HyperProcess, with the official API's words: hyperd, stopped by close(). */
public class HyperProcess extends Process {
  private final String userAgent;

  public HyperProcess(Telemetry telemetry) {
    this(telemetry, "");
  }

  public HyperProcess(Telemetry telemetry, String userAgent) {
    this(telemetry, userAgent, Map.of());
  }

  public HyperProcess(Telemetry telemetry, String userAgent, Map<String, String> parameters) {
    this(null, telemetry, userAgent, parameters);
  }

  public HyperProcess(Path hyperPath, Telemetry telemetry, String userAgent) {
    this(hyperPath, telemetry, userAgent, Map.of());
  }

  /** hyperPath is the folder that holds hyperd, null: where it is found; parameters are settings. */
  public HyperProcess(Path hyperPath, Telemetry telemetry, String userAgent, Map<String, String> parameters) {
    super(options(hyperPath, telemetry, parameters));
    this.userAgent = userAgent;
  }

  private static Options options(Path hyperPath, Telemetry telemetry, Map<String, String> parameters) {
    Objects.requireNonNull(telemetry, "telemetry must be chosen");
    Options options = new Options().server("hyperd");
    parameters.forEach(options::setting);
    options.setting("telemetry", telemetry == Telemetry.SEND_USAGE_DATA_TO_TABLEAU ? "on" : "off");
    return hyperPath == null ? options : options.setting("hyper_path", hyperPath.toString());
  }

  /** The connection string, with the user agent for its clients. */
  @Override
  public Endpoint getEndpoint() {
    return new Endpoint(getDescriptor(), userAgent);
  }

  /** As that of Process; closes the handle as well, whether it throws or not. */
  @Override
  public void shutdown(long timeoutMs) {
    if (!isOpen())
      return;
    try {
      super.shutdown(timeoutMs);
    } finally {
      close();
    }
  }
}
