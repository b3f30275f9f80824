/* SPDX-License-Identifier: MIT */
package hyperprocess;

/** Where a server is reached: as text its URL, of a HyperProcess "tab.domain://…". */
public final class Endpoint {
  private final String connectionDescriptor, userAgent;

  public Endpoint(String connectionDescriptor, String userAgent) {
    this.connectionDescriptor = connectionDescriptor;
    this.userAgent = userAgent;
  }

  public String getConnectionDescriptor() {
    return connectionDescriptor;
  }

  /** What the program calls itself when it connects, a matter of its clients. */
  public String getUserAgent() {
    return userAgent;
  }

  @Override
  public String toString() {
    return connectionDescriptor;
  }
}
