package dev.llamark.kernel.vector;

import dev.llamark.kernel.Unusable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How many ascending streams of memory a product of one row reads a group's numbers in. What a
 * product gives is the same. Cores differ in how they read ahead. On AMD's (Zen 4, Zen 5) one
 * stream was fastest. On Intel's (Emerald Rapids, at 512 bits) one stopped at half of what memory
 * gives a loop that only reads, as lines are fetched ahead within a stream's page only, and many
 * instructions to a line leave room for few loads under way; three gave half as much again. Panels
 * of floats, whose vectors always lie side by side, are then read in pairs, in two streams, where
 * there are 512 bits.
 */
enum Streams {
  /** The vectors of a step lie side by side. */
  ONE(1),

  /** Each of a step's three vectors has a stream of its own. */
  THREE(3);

  /**
   * System property: {@code 1} or {@code 3}; by default 3 for Intel's CPUs, where the system tells
   * (Linux and Windows), and 1 for all others.
   */
  static final String PROPERTY = "llamark.vector.streams";

  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");
  private static final int LINES_OF_A_CPU = 8;
  private static final String INTEL = "GenuineIntel";

  private final int count;

  Streams(int count) {
    this.count = count;
  }

  /** How many there are. */
  int count() {
    return count;
  }

  /** Why what is asked for cannot be; empty if it can. */
  static Optional<Unusable> unusable() {
    String asked = asked();
    return asked.isEmpty() || asked.equals("1") || asked.equals("3")
        ? Optional.empty()
        : Optional.of(
            new Unusable(
                "weights are read in 1 or 3 streams, but %s asks for '%s'"
                    .formatted(PROPERTY, asked),
                "ask for one of these, or leave it to llamark"));
  }

  /** What is asked for, or else suits this CPU. */
  static Streams preferred() {
    return switch (asked()) {
      case "1" -> ONE;
      case "3" -> THREE;
      default -> isIntel(CPU_INFO) ? THREE : ONE;
    };
  }

  private static String asked() {
    return System.getProperty(PROPERTY, "").strip();
  }

  /**
   * Linux tells a CPU's maker in a file, Windows in a variable.
   *
   * @param cpuInfo the file
   */
  static boolean isIntel(Path cpuInfo) {
    try (Stream<String> lines = Files.lines(cpuInfo)) {
      return lines.limit(LINES_OF_A_CPU).anyMatch(line -> line.endsWith(INTEL));
    } catch (IOException | UncheckedIOException e) {
      return System.getenv().getOrDefault("PROCESSOR_IDENTIFIER", "").contains(INTEL);
    }
  }
}
