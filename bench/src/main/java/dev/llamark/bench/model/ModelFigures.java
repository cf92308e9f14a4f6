package dev.llamark.bench.model;

import dev.llamark.tensor.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a fork that runs a model says besides its times. */
final class ModelFigures {

  /** NMSE against the model in double that float noise does not reach. */
  private static final double MOST_NMSE = 1e-11;

  /** With a KV cache of half floats. */
  private static final double MOST_NMSE_HALF = 1e-6;

  /** With int8 activations, of which quantised weights admit. */
  private static final double MOST_NMSE_QUANTISED = 1e-2;

  private static final Pattern LOAD = Pattern.compile("llamark: model loaded in (\\S+) ms");
  private static final Pattern PEAK = Pattern.compile("llamark: peak memory (\\S+) bytes");

  private ModelFigures() {}

  static void printLoad(double millis) {
    System.out.println(String.format(Locale.ROOT, "llamark: model loaded in %.1f ms", millis));
  }

  /** Largest resident memory of this process so far, where the system tells it. */
  static void printPeak() {
    try {
      Files.readAllLines(Path.of("/proc/self/status")).stream()
          .filter(line -> line.startsWith("VmHWM:"))
          .map(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
          .forEach(bytes -> System.out.println("llamark: peak memory " + bytes + " bytes"));
    } catch (IOException e) {
      System.out.println("llamark: peak memory is not known: " + e.getMessage());
    }
  }

  static OptionalDouble loadMs(String output) {
    return figure(LOAD, output);
  }

  static OptionalDouble peakBytes(String output) {
    return figure(PEAK, output);
  }

  private static OptionalDouble figure(Pattern pattern, String output) {
    Matcher matcher = pattern.matcher(output);
    return matcher.find()
        ? OptionalDouble.of(Double.parseDouble(matcher.group(1)))
        : OptionalDouble.empty();
  }

  /**
   * Refuses to time what is wrong.
   *
   * @param logits of the last token, (vocab)
   * @param expected of all tokens, (tokens × vocab)
   */
  static void requireRight(
      String variant, float[] logits, double[] expected, DType kv, DType weights) {
    double error = 0;
    double signal = 0;
    for (int i = 0, from = expected.length - logits.length; i < logits.length; i++) {
      error += Math.pow(logits[i] - expected[from + i], 2);
      signal += Math.pow(expected[from + i], 2);
    }
    double nmse = error / signal;
    double most =
        weights.quantised() ? MOST_NMSE_QUANTISED : kv == DType.F32 ? MOST_NMSE : MOST_NMSE_HALF;
    if (!(nmse <= most)) {
      String wrong =
          String.format(
              Locale.ROOT,
              "%s is wrong: NMSE of the logits %.3g, allowed %.3g",
              variant,
              nmse,
              most);
      System.out.println("llamark: " + wrong);
      System.out.flush();
      throw new IllegalStateException(wrong);
    }
  }
}
