package dev.llamark.bench.claims;

import dev.llamark.bench.fork.ForkSpec;
import dev.llamark.bench.statistics.Comparison;
import dev.llamark.bench.statistics.LogInterval;
import dev.llamark.run.ClaimRecord;
import dev.llamark.run.Environment;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * A claim and what was found.
 *
 * @param topic under which it is shown
 * @param id short name
 * @param statement what is said
 * @param basis how it was found
 * @param verdict what was found
 * @param figure the decisive figure, for a person; empty if there is none
 * @param reason why, in a sentence
 * @param figures by name
 */
record Claim(
    Topic topic,
    String id,
    String statement,
    Basis basis,
    Verdict verdict,
    String figure,
    String reason,
    Map<String, Object> figures) {

  /** An interval so wide, as a factor less 1, that its ends say nothing. */
  private static final double FORKS_DISAGREE = 9;

  /** Of what the claims are. */
  enum Topic {
    NORM("RMSNorm"),
    ROPE("RoPE"),
    SIMD("SIMD"),
    THREADS("Threads"),
    ELSEWHERE("Not testable here");

    private final String title;

    Topic(String title) {
      this.title = title;
    }

    String title() {
      return title;
    }
  }

  /** How a claim is judged. */
  enum Basis {
    MEASURED,
    DERIVED,
    NOT_TESTABLE;

    /** As records and people read it. */
    String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** What becomes of a claim. */
  enum Verdict {
    HOLDS,
    FAILS,
    UNDECIDED,
    NOT_TESTABLE;

    /** As records and people read it. */
    String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Verdict of(boolean holds) {
      return holds ? HOLDS : FAILS;
    }
  }

  static Claim measured(
      Topic topic,
      String id,
      String statement,
      Verdict verdict,
      String figure,
      String reason,
      Map<String, Object> figures) {
    return new Claim(topic, id, statement, Basis.MEASURED, verdict, figure, reason, figures);
  }

  static Claim derived(
      Topic topic,
      String id,
      String statement,
      boolean holds,
      String figure,
      String reason,
      Map<String, Object> figures) {
    return new Claim(
        topic, id, statement, Basis.DERIVED, Verdict.of(holds), figure, reason, figures);
  }

  static Claim notTestable(Topic topic, String id, String statement, String reason) {
    return new Claim(
        topic, id, statement, Basis.NOT_TESTABLE, Verdict.NOT_TESTABLE, "", reason, Map.of());
  }

  /** That one contender is faster than the other: by {@code compare}'s own rule. */
  static Claim faster(
      Topic topic,
      String id,
      String statement,
      ClaimTimes times,
      ForkSpec one,
      ForkSpec other,
      String reason) {
    return times
        .speed(one, other)
        .map(
            speed -> {
              Map<String, Object> figures = new LinkedHashMap<>();
              figures.put("speed", speed.toRatio());
              figures.put("time_ns", times.nanos(one));
              figures.put("other_time_ns", times.nanos(other));
              return measured(
                  topic, id, statement, faster(speed), timesAsFast(speed), reason, figures);
            })
        .orElseGet(() -> unmeasured(topic, id, statement, times.failure(one, other)));
  }

  /** A claim whose contenders did not get through. */
  static Claim unmeasured(Topic topic, String id, String statement, String why) {
    return measured(topic, id, statement, Verdict.UNDECIDED, "", "not measured: " + why, Map.of());
  }

  private static Verdict faster(LogInterval speed) {
    return switch (Comparison.of(speed, Comparison.SMALLEST).verdict()) {
      case FASTER -> Verdict.HOLDS;
      case SAME, SLOWER -> Verdict.FAILS;
      case UNDECIDED -> Verdict.UNDECIDED;
    };
  }

  /** {@code 1.31 times as fast [1.24, 1.38]}. */
  private static String timesAsFast(LogInterval speed) {
    String estimate = number(speed.estimate()) + " times as fast";
    if (!speed.known()) {
      return estimate;
    }
    return speed.halfWidth() > FORKS_DISAGREE
        ? estimate + ", but forks disagree"
        : "%s [%s, %s]".formatted(estimate, number(speed.lo()), number(speed.hi()));
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, value >= 10 ? "%.1f" : value >= 0.1 ? "%.2f" : "%.2g", value);
  }

  ClaimRecord record(Environment env) {
    return new ClaimRecord(id, statement, basis.word(), verdict.word(), reason, figures, env);
  }
}
