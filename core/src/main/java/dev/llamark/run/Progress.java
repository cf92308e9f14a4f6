package dev.llamark.run;

import java.io.Console;
import java.io.PrintStream;

/**
 * One line on the terminal that says how far long work has come. Shown only where a person watches,
 * and only after two seconds; nothing is ever written into a pipe.
 */
public final class Progress implements AutoCloseable {

  private static final long QUIET_NANOS = 2_000_000_000L;
  private static final long STEP_NANOS = 100_000_000L;
  private static final String CLEAR = "\r\033[K";

  private final PrintStream terminal;
  private final long start = System.nanoTime();
  private long shown;
  private boolean visible;

  private Progress(PrintStream terminal) {
    this.terminal = terminal;
  }

  /** On standard error, if that and the output are a terminal; silent otherwise. */
  public static Progress onTerminal() {
    Console console = System.console();
    return new Progress(console != null && console.isTerminal() ? System.err : null);
  }

  /** Says nothing. */
  public static Progress silent() {
    return new Progress(null);
  }

  /** What is being done, such as {@code scalar · MatMul · 17 of 388}. */
  public void show(String doing) {
    long now = System.nanoTime();
    if (terminal == null || now - start < QUIET_NANOS || now - shown < STEP_NANOS) {
      return;
    }
    shown = now;
    visible = true;
    terminal.print(CLEAR + doing);
    terminal.flush();
  }

  /** Removes the line. */
  @Override
  public void close() {
    if (visible) {
      terminal.print(CLEAR);
      terminal.flush();
      visible = false;
    }
  }
}
