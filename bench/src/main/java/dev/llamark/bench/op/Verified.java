package dev.llamark.bench.op;

import dev.llamark.oracle.Judgement;
import dev.llamark.run.OpError;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The line in which a fork says how right its variant is, before it times anything. */
public final class Verified {

  private static final Pattern RIGHT =
      Pattern.compile("llamark: \\S+ is right: largest error (\\S+) of the bound, NMSE (\\S+)");
  private static final Pattern WRONG = Pattern.compile("llamark: (\\S+ is wrong: [^\n]*)");

  private Verified() {}

  /**
   * Says it.
   *
   * @throws IllegalStateException if the result is wrong: it is not timed
   */
  static void require(String variant, Judgement judgement) {
    require(variant, judgement, judgement.passed(), 1);
  }

  /** The same of an operation that was done so many times over: errors may add up. */
  static void require(String variant, Judgement judgement, int times) {
    require(variant, judgement, judgement.maxRatioToBound() <= times, times);
  }

  private static void require(String variant, Judgement judgement, boolean right, int times) {
    if (!right) {
      String wrong = "%s is wrong: %s".formatted(variant, judgement.verdict().reason());
      System.out.println("llamark: " + wrong);
      System.out.flush();
      throw new IllegalStateException(wrong);
    }
    System.out.printf(
        java.util.Locale.ROOT,
        "llamark: %s is right: largest error %.3g of the bound, NMSE %.3g%n",
        variant,
        judgement.maxRatioToBound() / times,
        judgement.nmse());
  }

  /** What a fork's output says about the error; empty if it says nothing. */
  public static Optional<OpError> error(String output) {
    Matcher matcher = RIGHT.matcher(output);
    return matcher.find()
        ? Optional.of(
            OpError.of(
                Double.parseDouble(matcher.group(1)), null, Double.parseDouble(matcher.group(2))))
        : Optional.empty();
  }

  /** What a fork's output says is wrong, if so. */
  public static Optional<String> wrong(String output) {
    Matcher matcher = WRONG.matcher(output);
    return matcher.find() ? Optional.of(matcher.group(1).strip()) : Optional.empty();
  }
}
