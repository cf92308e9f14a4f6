package dev.llamark.verify.model;

import dev.llamark.model.Tap;
import dev.llamark.model.TapListener;
import dev.llamark.verify.onnx.TapPoint;
import java.util.HashMap;
import java.util.Map;

/**
 * Watches a variant's forward pass and sums up the error after each step. Where it feeds, it then
 * writes the reference's result over the variant's, so that the next step starts without error and
 * shows what it adds.
 */
final class TapErrors implements TapListener {

  private static final class Sums {
    private double error;
    private double square;
    private int elements;
  }

  private final Map<TapPoint, float[]> expected;
  private final boolean feeds;
  private final Map<TapPoint, Sums> sums = new HashMap<>();

  /**
   * @param expected the reference's result of each step, (tokens × columns)
   * @param feeds whether to overwrite the variant's results
   */
  TapErrors(Map<TapPoint, float[]> expected, boolean feeds) {
    this.expected = expected;
    this.feeds = feeds;
  }

  @Override
  public void after(Tap tap, int layer, float[] values, int rows, int columns) {
    TapPoint point = new TapPoint(tap, layer);
    float[] right = expected.get(point);
    if (right == null) {
      return;
    }
    Sums sum = sums.computeIfAbsent(point, _ -> new Sums());
    int count = rows * columns;
    for (int i = 0; i < count; i++) {
      double e = right[sum.elements + i];
      double d = values[i] - e;
      sum.error += d * d;
      sum.square += e * e;
    }
    if (feeds) {
      System.arraycopy(right, sum.elements, values, 0, count);
    }
    sum.elements += count;
  }

  /** Σ(got − expected)² / Σ expected² of a step; 0 where all agrees, though all be 0. */
  double nmse(TapPoint point) {
    Sums sum = sums.get(point);
    if (sum == null) {
      throw new IllegalStateException("the forward pass showed no " + point.title());
    }
    return sum.error == 0 ? 0 : sum.error / sum.square;
  }
}
