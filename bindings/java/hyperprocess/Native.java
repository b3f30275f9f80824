/* SPDX-License-Identifier: MIT */
package hyperprocess;

import com.sun.jna.Callback;
import com.sun.jna.Library;
import com.sun.jna.Pointer;
import com.sun.jna.StringArray;
import com.sun.jna.Structure;
import com.sun.jna.ptr.PointerByReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The functions of the shared library: all that this package knows of C. A bool of C's is a byte. */
interface Native extends Library {
  Native LIBRARY = load();

  interface EventCallback extends Callback {
    void invoke(Pointer process, Pointer event, Pointer user);
  }

  @Structure.FieldOrder({"kind", "value"})
  class ExitStatus extends Structure implements Structure.ByValue {
    public int kind;
    public int value;
  }

  String hp_version();
  String hp_code_name(int code);
  void hp_free(Pointer memory);

  int hp_error_code(Pointer error);
  String hp_error_message(Pointer error);
  String hp_error_cause(Pointer error);
  String hp_error_hint(Pointer error);
  String hp_error_detail(Pointer error, int detail);
  int hp_error_os_code(Pointer error);
  Pointer hp_error_to_json(Pointer error);
  void hp_error_free(Pointer error);

  int hp_options_new(PointerByReference options, PointerByReference error);
  void hp_options_free(Pointer options);
  int hp_options_set_server(Pointer options, String name, PointerByReference error);
  int hp_options_set_file(Pointer options, String path, PointerByReference error);
  int hp_options_set_profile(Pointer options, String name, PointerByReference error);
  int hp_options_set_transport(Pointer options, String spec, PointerByReference error);
  int hp_options_set_data_dir(Pointer options, String path, PointerByReference error);
  int hp_options_set_binary(Pointer options, String path, PointerByReference error);
  int hp_options_set_working_dir(Pointer options, String path, PointerByReference error);
  int hp_options_set_log_dir(Pointer options, String path, PointerByReference error);
  int hp_options_set_log_size_limit(Pointer options, long bytes, PointerByReference error);
  int hp_options_set_log_max_count(Pointer options, long count, PointerByReference error);
  int hp_options_set_experimental(Pointer options, byte allowed, PointerByReference error);
  int hp_options_set_start_timeout(Pointer options, long milliseconds, PointerByReference error);
  int hp_options_set_program(Pointer options, StringArray argv, PointerByReference error);
  int hp_options_set_ready(Pointer options, String text, PointerByReference error);
  int hp_options_set_stop(Pointer options, String text, PointerByReference error);
  int hp_options_set_wrap(Pointer options, String command, PointerByReference error);
  int hp_options_add_argument(Pointer options, String argument, PointerByReference error);
  int hp_options_set(Pointer options, String name, String value, PointerByReference error);
  int hp_options_set_environment(Pointer options, String name, String value, PointerByReference error);

  int hp_context_new(PointerByReference context, PointerByReference error);
  int hp_context_free(Pointer context);

  int hp_event_kind(Pointer event);
  int hp_event_state(Pointer event);
  String hp_event_text(Pointer event);
  Pointer hp_event_error(Pointer event);
  long hp_event_remaining(Pointer event);

  int hp_process_start_async(Pointer context, Pointer options, EventCallback callback, Pointer user,
      PointerByReference process, PointerByReference error);
  int hp_process_wait_ready(Pointer process, long timeout, PointerByReference error);
  int hp_process_wait(Pointer process, long timeout, PointerByReference error);
  int hp_process_shutdown(Pointer process, long timeout, PointerByReference error);
  void hp_process_shutdown_async(Pointer process, long timeout);
  void hp_process_stop_async(Pointer process);
  void hp_process_close(Pointer process);
  String hp_process_endpoint(Pointer process);
  String hp_process_descriptor(Pointer process);
  String hp_process_transport(Pointer process);
  String hp_process_path(Pointer process);
  String hp_process_host(Pointer process);
  short hp_process_port(Pointer process);
  String hp_process_data_dir(Pointer process);
  Pointer hp_process_log_path(Pointer process);
  long hp_process_pid(Pointer process);
  int hp_process_state(Pointer process);
  byte hp_process_is_alive(Pointer process);
  byte hp_process_is_verified(Pointer process);
  int hp_process_containment(Pointer process);
  ExitStatus hp_process_exit_status(Pointer process);
  String hp_process_stop_rung(Pointer process);
  String hp_state_name(int state);
  String hp_containment_name(int containment);

  /** A call that fails leaves an error in the place behind its arguments. */
  interface Call {
    int with(PointerByReference error);
  }

  static void call(Call function) {
    PointerByReference error = new PointerByReference();
    if (function.with(error) >= 0)
      return;
    Pointer pointer = error.getValue();
    if (pointer == null)
      throw new OutOfMemoryError("hyperprocess");
    try {
      throw new HyperException(pointer);
    } finally {
      LIBRARY.hp_error_free(pointer);
    }
  }

  /** A string that the library has left to us to free. */
  static String take(Pointer text) {
    if (text == null)
      return null;
    try {
      return text.getString(0, "UTF-8");
    } finally {
      LIBRARY.hp_free(text);
    }
  }

  /** Where it may lie, the strongest word first. */
  private static List<String> places() {
    String named = System.getenv("HYPERPROCESS_LIBRARY");
    if (named != null && !named.isEmpty())
      return List.of(named);
    List<String> names = List.of("libhyperprocess.so.0", "libhyperprocess.0.dylib", "hyperprocess.dll");
    List<String> all = new ArrayList<>();
    for (String part : System.getProperty("java.class.path", "").split(System.getProperty("path.separator"))) {
      Path folder = Path.of(part).toAbsolutePath().getParent();
      for (String name : names)
        if (folder != null && part.endsWith(".jar") && Files.exists(folder.resolve(name)))
          all.add(folder.resolve(name).toString());
    }
    all.addAll(names);
    all.add("hyperprocess");
    return all;
  }

  private static Native load() {
    StringBuilder tried = new StringBuilder();
    for (String place : places()) {
      try {
        return com.sun.jna.Native.load(place, Native.class, Map.of(Library.OPTION_STRING_ENCODING, "UTF-8"));
      } catch (UnsatisfiedLinkError reason) {
        tried.append("\n  ").append(place).append(": ").append(reason.getMessage().split("\n")[0]);
      }
    }
    throw new UnsatisfiedLinkError("the shared library of hyperprocess was not found; set HYPERPROCESS_LIBRARY "
        + "to it, or put it beside the jar. Tried:" + tried);
  }
}
