package dev.llamark.bench.claims;

import dev.llamark.oracle.Judgement;
import dev.llamark.oracle.Verdict;
import java.util.Optional;

/** Holds what was computed in float against a plain formula in double. */
final class FormulaCheck {

  /** Float noise is far less; one element of thousands left out of a sum is far more. */
  private static final double MOST_NMSE = 1e-10;

  private FormulaCheck() {}

  static Judgement judge(float[] got, double[] expected) {
    double error = 0;
    double square = 0;
    for (int i = 0; i < expected.length; i++) {
      error += (got[i] - expected[i]) * (got[i] - expected[i]);
      square += expected[i] * expected[i];
    }
    double nmse = error / square;
    Verdict verdict =
        nmse <= MOST_NMSE
            ? new Verdict.Pass()
            : new Verdict.Fail("NMSE %.3g, allowed %.3g".formatted(nmse, MOST_NMSE));
    return new Judgement(verdict, nmse / MOST_NMSE, Double.NaN, nmse, false, Optional.empty());
  }
}
