package dev.llamark.verify.model;

import dev.llamark.oracle.Verdict;
import dev.llamark.verify.model.Divergence.Position;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The verdict over a model's logits. Another most likely token is excused only by the reference's
 * own noise at that position, or by the published gate of a coarser arithmetic; never by an
 * allowance taken from the variant under test.
 *
 * @param reference ONNX Runtime's logits
 * @param rewritten the same of the graph that ONNX Runtime has optimised, if it was run
 * @param oracle the logits of the model in double, if it was run
 */
record ModelJudge(LogitRows reference, Optional<LogitRows> rewritten, Optional<LogitRows> oracle) {

  private static final double MOSTLY = 0.5;

  /**
   * Judges a variant.
   *
   * @param toReference its distance from the reference
   * @param judged its distance from what the gate is for: the model in double, or the reference
   */
  Verdict judge(Divergence toReference, Divergence judged, Gate gate) {
    Optional<String> useless = useless();
    if (useless.isPresent() && !Double.isFinite(judged.nmse()) && notFinite(reference) >= 0) {
      return new Verdict.Mistrusted(useless.get());
    }
    if (!gate.admits(judged.nmse())) {
      if (useless.isPresent() && same(toReference)) {
        return new Verdict.Mistrusted(useless.get());
      }
      return new Verdict.Fail(failure(judged, gate));
    }
    List<Position> others = toReference.otherTops();
    for (Position other : others) {
      double noise = noise(other.position(), gate);
      if (!(other.expectedMargin() < 2 * noise)) {
        return new Verdict.Fail(otherToken(other, noise, "exceeds"));
      }
    }
    if (!others.isEmpty()) {
      Position first = others.getFirst();
      return new Verdict.Ambiguous(otherToken(first, noise(first.position(), gate), "is within"));
    }
    return useless.<Verdict>map(Verdict.Mistrusted::new).orElseGet(Verdict.Pass::new);
  }

  private static boolean same(Divergence toReference) {
    return toReference.maxAbs() == 0;
  }

  private static String failure(Divergence judged, Gate gate) {
    return Double.isNaN(judged.nmse())
        ? "NMSE is undefined: " + judged.undefined()
        : "NMSE %.2g, allowed %.2g (%s)".formatted(judged.nmse(), gate.nmse(), gate.law());
  }

  private static String otherToken(Position other, double noise, String relation) {
    return "position %d: token %d instead of %d, whose margin %.2g %s twice the reference's noise %.2g"
        .formatted(
            other.position(),
            other.gotTop(),
            other.expectedTop(),
            other.expectedMargin(),
            relation,
            noise);
  }

  /** {@link #noise} at every position. */
  double[] noises(Gate gate) {
    return IntStream.range(0, reference.positions()).mapToDouble(p -> noise(p, gate)).toArray();
  }

  /** The reference's distance from the oracle and from its own rewritten form, at a position. */
  double noise(int position, Gate gate) {
    double[] here = row(reference, position);
    double noise = 0;
    for (Optional<LogitRows> other : List.of(rewritten, oracle)) {
      if (other.isPresent()) {
        noise = Math.max(noise, distance(here, row(other.get(), position)));
      }
    }
    return Math.max(noise, gate.excuses(new Distribution(here).meanSquare()));
  }

  /** Why agreement with this reference would prove little. */
  private Optional<String> useless() {
    int broken = notFinite(reference);
    if (broken >= 0) {
      return Optional.of("the reference itself is not finite at position " + broken);
    }
    for (int p = 0; p < reference.positions(); p++) {
      double sameness = new Distribution(row(reference, p)).sameness();
      if (sameness > MOSTLY && reference.vocab() > 2) {
        return Optional.of(
            "%.0f %% of the reference's logits at position %d have one and the same value"
                .formatted(100 * sameness, p));
      }
    }
    return Optional.empty();
  }

  private static int notFinite(LogitRows logits) {
    for (int p = 0; p < logits.positions(); p++) {
      if (new Distribution(row(logits, p)).firstNotFinite() >= 0) {
        return p;
      }
    }
    return -1;
  }

  private static double[] row(LogitRows logits, int position) {
    double[] row = new double[logits.vocab()];
    logits.row(position, row);
    return row;
  }

  private static double distance(double[] a, double[] b) {
    double largest = 0;
    for (int i = 0; i < a.length; i++) {
      largest = Math.max(largest, Math.abs(a[i] - b[i]));
    }
    return largest;
  }
}
