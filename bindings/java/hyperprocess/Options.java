/* SPDX-License-Identifier: MIT */
package hyperprocess;

import com.sun.jna.Pointer;
import com.sun.jna.StringArray;
import com.sun.jna.ptr.PointerByReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What one user wants of a server; each method says which function of the C header it is. */
public final class Options {
  /** One wish, carried out when a start makes the C options. */
  private interface Wish {
    int on(Pointer options, PointerByReference error);
  }

  private final List<Wish> wishes = new ArrayList<>();

  private Options wish(Wish wish) {
    wishes.add(wish);
    return this;
  }

  public Options server(String name) {
    return wish((options, error) -> Native.LIBRARY.hp_options_set_server(options, name, error));
  }

  public Options file(String path) {
    return wish((options, error) -> Native.LIBRARY.hp_options_set_file(options, path, error));
  }

  public Options profile(String name) {
    return wish((options, error) -> Native.LIBRARY.hp_options_set_profile(options, name, error));
  }

  /** "local", "tcp:6380", or several that are tried in turn, "local,tcp". */
  public Options transport(String spec) {
    return wish((options, error) -> Native.LIBRARY.hp_options_set_transport(options, spec, error));
  }

  public Options dataDir(String path) {
    return wish((options, error) -> Native.LIBRARY.hp_options_set_data_dir(options, path, error));
  }

  public Options binary(String path) {
    return wish((options, error) -> Native.LIBRARY.hp_options_set_binary(options, path, error));
  }

  public Options workingDir(String path) {
    return wish((options, error) -> Native.LIBRARY.hp_options_set_working_dir(options, path, error));
  }

  public Options logDir(String path) {
    return wish((options, error) -> Native.LIBRARY.hp_options_set_log_dir(options, path, error));
  }

  public Options logSizeLimit(long bytes) {
    checkCount(bytes);
    return wish((options, error) -> Native.LIBRARY.hp_options_set_log_size_limit(options, bytes, error));
  }

  public Options logMaxCount(long count) {
    checkCount(count);
    return wish((options, error) -> Native.LIBRARY.hp_options_set_log_max_count(options, count, error));
  }

  public Options experimental(boolean allowed) {
    byte value = (byte) (allowed ? 1 : 0);
    return wish((options, error) -> Native.LIBRARY.hp_options_set_experimental(options, value, error));
  }

  public Options startTimeout(Duration time) {
    return wish((options, error) -> Native.LIBRARY.hp_options_set_start_timeout(options, time.toMillis(), error));
  }

  /** Any program and its arguments, without a definition. */
  public Options program(String... words) {
    String[] argv = words.clone();
    return wish((options, error) ->
        Native.LIBRARY.hp_options_set_program(options, new StringArray(argv, "UTF-8"), error));
  }

  public Options ready(String text) {
    return wish((options, error) -> Native.LIBRARY.hp_options_set_ready(options, text, error));
  }

  public Options stop(String text) {
    return wish((options, error) -> Native.LIBRARY.hp_options_set_stop(options, text, error));
  }

  public Options wrap(String command) {
    return wish((options, error) -> Native.LIBRARY.hp_options_set_wrap(options, command, error));
  }

  public Options argument(String text) {
    return wish((options, error) -> Native.LIBRARY.hp_options_add_argument(options, text, error));
  }

  public Options setting(String name, String value) {
    return wish((options, error) -> Native.LIBRARY.hp_options_set(options, name, value, error));
  }

  /** A value of null removes the variable. */
  public Options environment(String name, String value) {
    return wish((options, error) -> Native.LIBRARY.hp_options_set_environment(options, name, value, error));
  }

  /** C would take a negative number for a very large one. */
  private static void checkCount(long number) {
    if (number < 0)
      throw new IllegalArgumentException(number + " is negative");
  }

  /** The C options, for the caller to free. */
  Pointer make() {
    PointerByReference made = new PointerByReference();
    Native.call(error -> Native.LIBRARY.hp_options_new(made, error));
    try {
      for (Wish wish : wishes)
        Native.call(error -> wish.on(made.getValue(), error));
    } catch (RuntimeException failure) {
      Native.LIBRARY.hp_options_free(made.getValue());
      throw failure;
    }
    return made.getValue();
  }
}
