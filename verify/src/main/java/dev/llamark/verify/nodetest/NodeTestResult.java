package dev.llamark.verify.nodetest;

import dev.llamark.oracle.Verdict;
import java.util.Arrays;

/**
 * What one variant made of one test.
 *
 * @param test the test's name
 * @param operator that it tests
 * @param variant the variant's id, or {@code onnxruntime} for the model as it is
 * @param verdict SKIPPED with the reason where no kernel does what the test asks for
 * @param maxAbs largest absolute error; NaN where nothing was compared
 * @param nmse Σ(got − expected)² / Σ expected²; NaN where nothing was compared
 * @param worst index of the worst element by ONNX's tolerance; empty where nothing was compared
 * @param expected what the test has there
 * @param got what the variant has there
 * @param allowed by how much it may differ there
 */
public record NodeTestResult(
    String test,
    String operator,
    String variant,
    Verdict verdict,
    double maxAbs,
    double nmse,
    int[] worst,
    double expected,
    double got,
    double allowed) {

  /** ONNX's own tolerance, {@code |got − expected| ≤ ATOL + RTOL · |expected|}. */
  static final double RTOL = 1e-3;

  static final double ATOL = 1e-7;

  /** Ours: what float arithmetic leaves of tensors this small. */
  static final double NMSE = 1e-12;

  static NodeTestResult without(NodeTest test, String variant, Verdict verdict) {
    double nan = Double.NaN;
    return new NodeTestResult(
        test.name(), test.operator(), variant, verdict, nan, nan, new int[0], nan, nan, nan);
  }

  static NodeTestResult compare(NodeTest test, String variant, Tensor got) {
    Tensor expected = test.outputs().getFirst();
    if (!Arrays.equals(got.shape(), expected.shape())) {
      String reason = "shape %s instead of %s".formatted(got.shapeText(), expected.shapeText());
      return without(test, variant, new Verdict.Fail(reason));
    }
    double error = 0;
    double square = 0;
    double maxAbs = 0;
    double worstRatio = -1;
    int worst = 0;
    for (int i = 0; i < got.floats().length; i++) {
      double e = expected.floats()[i];
      double d = Math.abs(got.floats()[i] - e);
      error += d * d;
      square += e * e;
      maxAbs = Math.max(maxAbs, d);
      double ratio = Double.isNaN(d) ? Double.POSITIVE_INFINITY : d / allowed(e);
      if (ratio > worstRatio) {
        worstRatio = ratio;
        worst = i;
      }
    }
    double nmse = error == 0 ? 0 : error / square;
    double e = expected.floats()[worst];
    return new NodeTestResult(
        test.name(),
        test.operator(),
        variant,
        verdict(worstRatio, nmse),
        maxAbs,
        nmse,
        expected.index(worst),
        e,
        got.floats()[worst],
        allowed(e));
  }

  private static double allowed(double expected) {
    return ATOL + RTOL * Math.abs(expected);
  }

  private static Verdict verdict(double ratio, double nmse) {
    if (!(ratio <= 1)) {
      return new Verdict.Fail("beyond ONNX's tolerance, rtol 1e-3 and atol 1e-7");
    }
    return nmse <= NMSE
        ? new Verdict.Pass()
        : new Verdict.Fail(
            "within ONNX's tolerance, but NMSE %.2g, allowed %.0e".formatted(nmse, NMSE));
  }
}
