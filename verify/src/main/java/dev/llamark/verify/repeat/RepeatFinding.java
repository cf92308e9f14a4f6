package dev.llamark.verify.repeat;

import dev.llamark.kernel.KernelRegistry.Variant;
import dev.llamark.kernel.Role;
import dev.llamark.oracle.Verdict;
import dev.llamark.run.Environment;
import dev.llamark.run.ModelId;
import dev.llamark.run.RepeatRecord;
import dev.llamark.verify.trace.Trace;
import java.util.Locale;
import java.util.Optional;

/**
 * Two runs of one variant, compared.
 *
 * @param how what was different the second time: {@code 3 threads}
 * @param difference the first step with other bits; empty if all are the same or nothing ran
 * @param nmse of the logits, the second run's to the first's; NaN if nothing ran
 */
public record RepeatFinding(
    Check check,
    Variant variant,
    String how,
    Optional<String> difference,
    double nmse,
    Verdict verdict) {

  /** What must not matter. */
  public enum Check {
    /** Running again. */
    TWICE("twice", true),
    /** The number of threads. */
    THREADS("threads", true),
    /** Whether code is interpreted or compiled, and by which compiler. */
    TIERS("tiers", true),
    /** Whether tokens come in one batch or one by one. */
    PHASES("phases", false),
    /** The width of vectors. */
    WIDTHS("widths", false);

    private final String id;
    private final boolean bits;

    Check(String id, boolean bits) {
      this.id = id;
      this.bits = bits;
    }

    /** As written in records. */
    public String id() {
      return id;
    }
  }

  /**
   * Compares two runs.
   *
   * @param allowed largest admissible NMSE where other bits are
   */
  static RepeatFinding of(
      Check check, Variant variant, String how, Trace first, Trace second, double allowed) {
    Optional<String> difference = second.firstDifference(first);
    double nmse = second.nmse(first);
    return new RepeatFinding(
        check, variant, how, difference, nmse, judge(check, difference, nmse, allowed));
  }

  /** Compares both ways through the model: the one that differs, or else the decode. */
  static RepeatFinding worst(
      Check check,
      Variant variant,
      String how,
      SameJvm.Both first,
      SameJvm.Both second,
      double allowed) {
    RepeatFinding prefill = of(check, variant, how, first.prefill(), second.prefill(), allowed);
    RepeatFinding decode = of(check, variant, how, first.decode(), second.decode(), allowed);
    boolean worse = decode.verdict() instanceof Verdict.Fail || prefill.difference().isEmpty();
    return worse ? decode : prefill;
  }

  private static Verdict judge(
      Check check, Optional<String> difference, double nmse, double allowed) {
    if (difference.isEmpty()) {
      return new Verdict.Pass();
    }
    if (check.bits) {
      return new Verdict.Fail("other bits from %s on, NMSE %.2g".formatted(difference.get(), nmse));
    }
    return nmse <= allowed
        ? new Verdict.Pass()
        : new Verdict.Fail("NMSE %.2g, allowed %.2g".formatted(nmse, allowed));
  }

  /** A run that did not come about. */
  public static RepeatFinding without(Check check, Variant variant, String how, Verdict verdict) {
    return new RepeatFinding(check, variant, how, Optional.empty(), Double.NaN, verdict);
  }

  /** Whether there were two runs. */
  public boolean ran() {
    return !Double.isNaN(nmse) || difference.isPresent();
  }

  /** Whether the run fails where this does. */
  public boolean gates() {
    return variant.role() != Role.PEER;
  }

  /** As a result record. */
  public RepeatRecord toRecord(ModelId model, int threads, Environment environment) {
    return new RepeatRecord(
        check.id(),
        model,
        variant.id(),
        variant.vectorBits(),
        threads,
        variant.role().name().toLowerCase(Locale.ROOT),
        how,
        ran() ? difference.isEmpty() : null,
        ran() ? nmse : null,
        verdict.name(),
        verdict.reason().isEmpty() ? null : verdict.reason(),
        environment);
  }
}
