/* SPDX-License-Identifier: MIT */
/* Java over JNA. One test is run by its name; what cannot be had is said after "SKIPPED: ". */
import hyperprocess.Event;
import hyperprocess.HyperException;
import hyperprocess.HyperProcess;
import hyperprocess.Options;
import hyperprocess.Process;
import hyperprocess.Telemetry;
import java.io.IOException;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;

class JavaTest {
  private static final Path ECHOD = Path.of(System.getenv("HP_TEST_BIN"), "hyperprocess-echod");
  private static final Telemetry QUIET = Telemetry.DO_NOT_SEND_USAGE_DATA_TO_TABLEAU;

  private interface Action {
    void run() throws Exception;
  }

  private static void check(boolean holds, Object seen) {
    if (!holds)
      throw new AssertionError(Objects.toString(seen));
  }

  private static void equal(Object seen, Object expected) {
    check(Objects.equals(seen, expected), "<" + seen + "> is not <" + expected + ">");
  }

  private static void has(String text, String part) {
    check(text != null && text.contains(part), "<" + text + "> has no <" + part + ">");
  }

  private static <T extends Throwable> T thrown(Class<T> type, Action action) throws Exception {
    try {
      action.run();
    } catch (Throwable failure) {
      check(type.isInstance(failure), failure);
      return type.cast(failure);
    }
    throw new AssertionError("no " + type.getName());
  }

  private static Options echo() {
    return new Options().server("echo").binary(ECHOD.toString()).startTimeout(Duration.ofSeconds(20));
  }

  private static boolean isRunning(long pid) {
    return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
  }

  private static String find(String program) {
    for (String folder : System.getenv("PATH").split(":"))
      if (Files.isExecutable(Path.of(folder, program)))
        return program;
    return null;
  }

  private static Path hyperd() throws IOException {
    Path folder = Path.of(System.getenv("HP_TEST_HYPERD"));
    if (Files.isExecutable(folder.resolve("hyperd")))
      return folder;
    Path reason = folder.resolve("reason");
    skip(Files.exists(reason) ? Files.readString(reason) : "hyperd was not fetched: run the test hyperd.fetch");
    return null;
  }

  private static void skip(String reason) {
    System.out.println("SKIPPED: " + reason);
    System.exit(0);
  }

  private static String exchange(SocketChannel channel, String said) throws IOException {
    ByteBuffer heard = ByteBuffer.allocate(64);
    channel.write(ByteBuffer.wrap(said.getBytes(StandardCharsets.UTF_8)));
    while (heard.position() == 0 || heard.get(heard.position() - 1) != '\n')
      if (channel.read(heard) < 0)
        break;
    return new String(heard.array(), 0, heard.position(), StandardCharsets.UTF_8);
  }

  public static void aTryEndsWhatItBegan() throws Exception {
    long pid;
    try (Process server = new Process(echo())) {
      pid = server.getPid();
      check(server.isOpen() && server.isAlive() && server.isVerified() && isRunning(pid), pid);
      equal(server.getEndpoint().toString(), "unix://" + server.getPath());
      equal(server.getState(), "ready");
      equal(server.getPort() + " " + server.getHost(), "0 null");
      try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(server.getPath()))) {
        equal(exchange(channel, "hello\n"), "hello\n");
      }
    }
    check(!isRunning(pid), pid);
  }

  public static void settingsReachTheServer() throws Exception {
    Options options = echo().transport("tcp").setting("greeting", "Grüße").environment("LANG", null);
    try (Process server = new Process(options); Socket socket = new Socket(server.getHost(), server.getPort())) {
      byte[] expected = "Grüße".getBytes(StandardCharsets.UTF_8);
      equal(new String(socket.getInputStream().readNBytes(expected.length), StandardCharsets.UTF_8), "Grüße");
    }
  }

  public static void aFailureHasTheWholeError() throws Exception {
    HyperException error = thrown(HyperException.class, () -> new Process(echo().setting("greting", "x")));
    equal(error.getCode() + " " + error.getPhase(), "HP_ECONFIG plan");
    has(error.getMainMessage(), "greting");
    has(error.getMessage(), error.getHint());
    error = thrown(HyperException.class, () -> new Process(echo().argument("--no-such-option")));
    equal(error.getCode() + " " + error.getPhase() + " " + error.getOsCode(), "HP_EEXITED ready 2");
    has(error.getDetails().get("command"), "--no-such-option");
    has(error.getDetails().get("output"), "--no-such-option");
    has(error.getMessage(), error.getReason());
    has(error.toJson(), "\"code\":\"HP_EEXITED\"");
  }

  public static void shutdownHasItsThreeMeanings() throws Exception {
    long[] timeouts = {-1, 0, 20000};
    String[] rungs = {"tether", "kill", "tether"};
    for (int i = 0; i < 3; i++) {
      try (Process server = new Process(echo())) {
        server.shutdown(timeouts[i]);
        equal(server.getState() + " " + server.getStopRung(), "stopped " + rungs[i]);
      }
    }
  }

  public static void eventsAreTold() throws Exception {
    List<String> states = Collections.synchronizedList(new ArrayList<>());
    try (Process server = new Process(echo(), event -> {
      if (event.isStateChange())
        states.add(event.getState());
    })) {
      server.shutdown();
    }
    equal(states, List.of("preparing", "starting", "waiting", "ready", "stopping", "stopped"));
    List<Event> events = Collections.synchronizedList(new ArrayList<>());
    HyperException error = thrown(HyperException.class,
        () -> new Process(echo().argument("--no-such-option"), events::add));
    equal(events.get(events.size() - 1).getError().getMessage(), error.getMessage());
  }

  public static void aHandlerThatThrowsHoldsNothingUp() throws Exception {
    com.sun.jna.Native.setCallbackExceptionHandler((callback, failure) -> equal(failure.getMessage(), "on purpose"));
    try (Process server = new Process(echo(), event -> {
      throw new IllegalStateException("on purpose");
    })) {
      check(server.isAlive(), server);
    }
  }

  public static void aDeathIsToldByWaitFor() throws Exception {
    try (Process server = new Process(echo())) {
      check(!server.waitFor(Duration.ZERO), "it runs");
      ProcessHandle.of(server.getPid()).get().destroyForcibly();
      HyperException error = thrown(HyperException.class, server::waitFor);
      equal(error.getCode() + " " + server.getExitStatus(), "HP_EDIED signal 9");
    }
  }

  public static void aClosedOneSaysSo() throws Exception {
    Process server = new Process(echo());
    server.close();
    server.close();
    check(!server.isOpen(), server);
    thrown(IllegalStateException.class, server::getEndpoint);
    thrown(IllegalStateException.class, server::waitFor);
  }

  public static void anInterruptEndsAStart() throws Exception {
    CountDownLatch waits = new CountDownLatch(1);
    Options deaf = new Options().program("sleep", "1000").ready("line:never");
    Exception[] seen = new Exception[1];
    Thread thread = new Thread(() -> {
      try (Process server = new Process(deaf, event -> {
        if (event.getState().equals("waiting"))
          waits.countDown();
      })) {
        check(false, server);
      } catch (IllegalStateException interrupted) {
        seen[0] = interrupted;
      }
    });
    thread.start();
    waits.await();
    thread.interrupt();
    thread.join();
    check(seen[0] != null && seen[0].getCause() instanceof InterruptedException, seen[0]);
  }

  public static void itsOutputGoesToFiles() throws Exception {
    Path folder = Path.of(System.getenv("XDG_RUNTIME_DIR"), "log");
    try (Process server = new Process(echo().logDir(folder.toString()).logSizeLimit(1 << 20).logMaxCount(2))) {
      equal(Path.of(server.getLogPath()).getParent(), folder);
    }
    thrown(IllegalArgumentException.class, () -> echo().logSizeLimit(-1));
  }

  public static void oneThatIsLeftOpenEndsWithTheJvm() throws Exception {
    ProcessBuilder child = new ProcessBuilder(ProcessHandle.current().info().command().get(), "-cp",
        System.getProperty("java.class.path"), "-Djna.boot.library.path=" + System.getProperty("jna.boot.library.path"),
        "JavaTest", "leave");
    java.lang.Process running = child.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String pid = new String(running.getInputStream().readAllBytes(), StandardCharsets.UTF_8).trim();
    equal(running.waitFor(), 0);
    check(!isRunning(Long.parseLong(pid)), pid);
  }

  /** What the one above runs. */
  @SuppressWarnings("resource")
  public static void leave() {
    System.out.println(new Process(echo()).getPid());
  }

  public static void redisAnswers() throws Exception {
    if (find("redis-server") == null)
      skip("redis-server is not installed");
    try (Process server = new Process(new Options().server("redis"));
         SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(server.getPath()))) {
      equal(exchange(channel, "PING\r\n"), "+PONG\r\n");
      has(server.getDescriptor(), server.getPath());
    }
  }

  public static void hyperdIsAHyperProcess() throws Exception {
    Path folder = hyperd();
    long pid;
    try (HyperProcess hyper = new HyperProcess(folder, QUIET, "my program", Map.of("log_config", "", "telemetry", "on"))) {
      pid = hyper.getPid();
      has(hyper.getEndpoint().toString(), "tab.domain://");
      equal(hyper.getEndpoint().getConnectionDescriptor(), hyper.getDescriptor());
      equal(hyper.getEndpoint().getUserAgent(), "my program");
      check(!Files.readString(Path.of("/proc/" + pid + "/cmdline")).contains("telemetry"), pid);
      SocketChannel.open(UnixDomainSocketAddress.of(hyper.getPath())).close();
    }
    check(!isRunning(pid), pid);
  }

  public static void hyperdIsClosedByShutdown() throws Exception {
    Path folder = hyperd();
    try (HyperProcess hyper = new HyperProcess(folder, QUIET, "")) {
      hyper.shutdown(20000);
      check(!hyper.isOpen(), hyper);
      hyper.shutdown();
    }
    thrown(NullPointerException.class, () -> new HyperProcess(folder, null, ""));
    HyperException error = thrown(HyperException.class, () -> new HyperProcess(Path.of("/nowhere"), QUIET, ""));
    equal(error.getCode(), "HP_ENOTFOUND");
    has(error.getDetails().get("places"), "/nowhere");
  }

  public static void main(String[] args) throws Throwable {
    try {
      JavaTest.class.getMethod(args[0]).invoke(null);
    } catch (java.lang.reflect.InvocationTargetException failure) {
      throw failure.getCause();
    }
  }
}
