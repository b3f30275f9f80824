/* SPDX-License-Identifier: MIT */
package hyperprocess;

import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * One server from start to end: the constructor returns when it is ready, close() stops it. All may
 * be called from any thread, what does not wait from an event too. A failure is a HyperException,
 * a call after close() an IllegalStateException.
 */
public class Process implements AutoCloseable {
  private final ReentrantLock lock = new ReentrantLock(); // no handle is closed while it is asked
  private final CountDownLatch settled = new CountDownLatch(1), ended = new CountDownLatch(1);
  private final Consumer<Event> handler;
  private final long number;
  private Pointer pointer;

  public Process(Options options) {
    this(options, null);
  }

  /** The handler is called on the library's thread, and must not block. */
  public Process(Options options, Consumer<Event> handler) {
    this.handler = handler;
    this.number = Context.register(this);
    try {
      begin(options);
      await(settled); // not inside of C, so that interrupt() ends it
      ask(process -> run(error -> Native.LIBRARY.hp_process_wait_ready(process, -1, error)));
    } catch (RuntimeException | Error failure) {
      close();
      throw failure;
    }
  }

  private void begin(Options wanted) {
    Pointer options = wanted.make();
    PointerByReference made = new PointerByReference();
    lock.lock(); // an event that asks waits until there is something to be asked
    try {
      Native.call(error -> Native.LIBRARY.hp_process_start_async(Context.get(), options, Context.CALLBACK,
          new Pointer(number), made, error));
      pointer = made.getValue();
    } finally {
      lock.unlock();
      Native.LIBRARY.hp_options_free(options);
    }
  }

  void take(Event event) {
    boolean isOver = event.getState().equals("stopped") || event.getState().equals("failed");
    try {
      if (handler != null)
        handler.accept(event);
    } finally { // whatever it threw, which JNA reports: others wait
      if (isOver || event.getState().equals("ready"))
        settled.countDown();
      if (isOver)
        ended.countDown();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", interrupted);
    }
  }

  private static Void run(Native.Call call) {
    Native.call(call);
    return null;
  }

  private <T> T ask(Function<Pointer, T> question) {
    lock.lock();
    try {
      if (pointer == null)
        throw new IllegalStateException("this process was closed");
      return question.apply(pointer);
    } finally {
      lock.unlock();
    }
  }

  /** Where it is reached: "unix:///run/…/s", "tcp://127.0.0.1:40123". */
  public Endpoint getEndpoint() {
    return new Endpoint(ask(Native.LIBRARY::hp_process_endpoint), "");
  }

  /** The endpoint in the words of the server's own clients, with the password where there is one. */
  public String getDescriptor() {
    return ask(Native.LIBRARY::hp_process_descriptor);
  }

  public String getTransport() {
    return ask(Native.LIBRARY::hp_process_transport);
  }

  /** Of the socket, or the name of the pipe; null over TCP. */
  public String getPath() {
    return ask(Native.LIBRARY::hp_process_path);
  }

  /** Null where it is not reached over TCP. */
  public String getHost() {
    return ask(Native.LIBRARY::hp_process_host);
  }

  /** 0 where it is not reached over TCP. */
  public int getPort() {
    return ask(process -> Native.LIBRARY.hp_process_port(process) & 0xffff);
  }

  public String getDataDir() {
    return ask(Native.LIBRARY::hp_process_data_dir);
  }

  /** The file that its output is written to at this moment; null without Options.logDir(). */
  public String getLogPath() {
    return ask(process -> Native.take(Native.LIBRARY.hp_process_log_path(process)));
  }

  /** 0 while there is none. */
  public long getPid() {
    return ask(Native.LIBRARY::hp_process_pid);
  }

  public String getState() {
    return ask(process -> Native.LIBRARY.hp_state_name(Native.LIBRARY.hp_process_state(process)));
  }

  /** How sure it is that nothing of it survives us: "tree+crash", "tree", "direct", "none". */
  public String getContainment() {
    return ask(process -> Native.LIBRARY.hp_containment_name(Native.LIBRARY.hp_process_containment(process)));
  }

  /** Whether a process of the server runs at this moment. */
  public boolean isAlive() {
    return ask(process -> Native.LIBRARY.hp_process_is_alive(process) != 0);
  }

  /** Whether the answer was proven to come from the server's own processes. */
  public boolean isVerified() {
    return ask(process -> Native.LIBRARY.hp_process_is_verified(process) != 0);
  }

  /** Whether the handle is open; isAlive() asks for the server. */
  public boolean isOpen() {
    lock.lock();
    try {
      return pointer != null;
    } finally {
      lock.unlock();
    }
  }

  /** How it ended: "none", "unknown", "code 3", "signal 9". */
  public String getExitStatus() {
    Native.ExitStatus status = ask(Native.LIBRARY::hp_process_exit_status);
    String[] kinds = {"none", "unknown", "code " + status.value, "signal " + status.value};
    return kinds[status.kind];
  }

  /** The rung of the stop ladder that ended it: "tether", "signal TERM"; null where none did. */
  public String getStopRung() {
    return ask(Native.LIBRARY::hp_process_stop_rung);
  }

  /** Until it has ended, by itself (an exception) or by a stop. */
  public void waitFor() {
    await(ended);
    ask(process -> run(error -> Native.LIBRARY.hp_process_wait(process, -1, error)));
  }

  /** The same; false when the time ran out first. */
  public boolean waitFor(Duration limit) throws InterruptedException {
    ask(Native.LIBRARY::hp_process_state);
    if (!ended.await(limit.toNanos(), TimeUnit.NANOSECONDS))
      return false;
    waitFor();
    return true;
  }

  /** Asks it to stop and waits for that, however long it takes. */
  public void shutdown() {
    shutdown(-1);
  }

  /** Negative waits as long as it takes, 0 kills, positive waits so many ms, kills, and throws. */
  public void shutdown(long timeoutMs) {
    ask(process -> {
      Native.LIBRARY.hp_process_shutdown_async(process, timeoutMs);
      return null;
    });
    await(ended);
    ask(process -> run(error -> Native.LIBRARY.hp_process_shutdown(process, timeoutMs, error)));
  }

  void beginClose() {
    lock.lock();
    try {
      if (pointer != null)
        Native.LIBRARY.hp_process_stop_async(pointer);
    } finally {
      lock.unlock();
    }
  }

  /** Stops it within the budget of its definition. Never throws, may be called again. */
  @Override
  public void close() {
    Pointer closing;
    lock.lock();
    try {
      closing = pointer;
      pointer = null;
    } finally {
      lock.unlock();
    }
    if (closing != null)
      Native.LIBRARY.hp_process_close(closing);
    Context.forget(number);
    settled.countDown(); // who waits need not hear of it by an event
    ended.countDown();
  }
}
