/* SPDX-License-Identifier: MIT */
import hyperprocess.HyperException;
import hyperprocess.Options;
import hyperprocess.Process;

class Example {
  public static void main(String[] args) {
    Options options = new Options().server(args.length > 0 ? args[0] : "redis").transport("tcp");
    try (Process server = new Process(options)) {
      System.out.println("ready at " + server.getEndpoint());
    } catch (HyperException error) { // after the try the server is gone
      System.err.println(error.getCode() + ": " + error.getMessage());
      System.exit(1);
    }
  }
}
