package dev.llamark.verify;

import dev.llamark.run.LlamarkException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;

/**
 * One call of {@code llamark verify} in this JVM.
 *
 * @param exitCode what the process would end with
 * @param out standard output
 * @param error the sentence of an expected failure; empty without one
 */
record VerifyCall(int exitCode, String out, String error) {

  /** Runs {@code llamark verify args}. */
  static VerifyCall of(Object... args) {
    PrintStream out = System.out;
    ByteArrayOutputStream captured = new ByteArrayOutputStream();
    StringBuilder error = new StringBuilder();
    try {
      System.setOut(new PrintStream(captured, true, StandardCharsets.UTF_8));
      CommandLine line = new CommandLine(new VerifyCommand());
      line.setCaseInsensitiveEnumValuesAllowed(true);
      line.setExecutionExceptionHandler(
          (e, command, parsed) -> {
            if (e instanceof LlamarkException expected) {
              error.append(expected.getMessage());
              return expected.exitCode().code();
            }
            throw e;
          });
      String[] words = new String[args.length];
      java.util.Arrays.setAll(words, i -> args[i].toString());
      int code = line.execute(words);
      return new VerifyCall(code, captured.toString(StandardCharsets.UTF_8), error.toString());
    } finally {
      System.setOut(out);
    }
  }

  /** The same where ONNX Runtime's library is not to be found. */
  static VerifyCall withoutOnnxRuntime(Object... args) {
    String key = "onnxruntime.native.path";
    String before = System.getProperty(key);
    System.setProperty(key, "/nowhere");
    try {
      return of(args);
    } finally {
      if (before == null) {
        System.clearProperty(key);
      } else {
        System.setProperty(key, before);
      }
    }
  }
}
