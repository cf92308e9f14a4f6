package dev.llamark.bench.model;

import dev.llamark.verify.model.LogitsCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a fork that runs a model says besides its times. */
final class ModelFigures {

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
   * @throws IllegalStateException if the logits are wrong
   */
  static void requireRight(String variant, LogitsCheck.Finding finding) {
    if (!finding.right()) {
      String wrong =
          String.format(
              Locale.ROOT,
              "%s is wrong: NMSE of the logits %.2g, allowed %.2g (%s)",
              variant,
              finding.nmse(),
              finding.gate().nmse(),
              finding.gate().law());
      System.out.println("llamark: " + wrong);
      System.out.flush();
      throw new IllegalStateException(wrong);
    }
  }
}
