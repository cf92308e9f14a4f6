package dev.llamark.bench;

import dev.llamark.run.ExitCode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;

/** What is said when llamark itself is at fault. */
final class CrashReport {

  private CrashReport() {}

  /** Says so in two lines, keeps the stack trace in a file, and returns the exit code. */
  static int write(Throwable e, PrintWriter err) {
    err.println("llamark: our own fault: " + summary(e));
    err.println("llamark: please report it with the output of 'llamark info' and " + trace(e));
    err.flush();
    return ExitCode.INTERNAL.code();
  }

  private static String summary(Throwable e) {
    StackTraceElement[] trace = e.getStackTrace();
    return trace.length == 0 ? e.toString() : e + ", at " + trace[0];
  }

  private static String trace(Throwable e) {
    try {
      Path file = Files.createTempFile("llamark-fault-", ".txt");
      try (PrintWriter out = new PrintWriter(Files.newBufferedWriter(file))) {
        e.printStackTrace(out);
      }
      return "the trace in " + file;
    } catch (IOException io) {
      return "this trace, which could not be written to a file: " + io.getMessage();
    }
  }
}
