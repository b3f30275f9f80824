/* SPDX-License-Identifier: MIT */
package hyperprocess;

import com.sun.jna.CallbackThreadInitializer;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** The library's thread, one for all servers of this JVM, and who is told of what happens on it. */
final class Context {
  /** Events find their process by number; those that are open are held here. */
  private static final Map<Long, Process> OPEN = new ConcurrentHashMap<>();
  private static final AtomicLong LAST = new AtomicLong();
  /** One for all, as long as the JVM lives: the last event may come late. */
  static final Native.EventCallback CALLBACK = Context::tell;

  private static Pointer context;

  static {
    com.sun.jna.Native.setCallbackThreadInitializer(CALLBACK,
        new CallbackThreadInitializer(true, false, "hyperprocess"));
  }

  private Context() {
  }

  static synchronized Pointer get() {
    if (context == null) {
      PointerByReference made = new PointerByReference();
      Native.call(error -> Native.LIBRARY.hp_context_new(made, error));
      context = made.getValue();
      Runtime.getRuntime().addShutdownHook(new Thread(Context::leave));
    }
    return context;
  }

  static long register(Process process) {
    long number = LAST.incrementAndGet();
    OPEN.put(number, process);
    return number;
  }

  static void forget(long number) {
    OPEN.remove(number);
  }

  private static void tell(Pointer process, Pointer event, Pointer user) {
    Process told = OPEN.get(Pointer.nativeValue(user));
    if (told != null)
      told.take(new Event(event));
  }

  /** No handle outlives its context, and no server this JVM. */
  private static void leave() {
    List<Process> left = List.copyOf(OPEN.values());
    left.forEach(Process::beginClose);
    left.forEach(Process::close);
    Native.LIBRARY.hp_context_free(context);
  }
}
