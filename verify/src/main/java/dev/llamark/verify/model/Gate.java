package dev.llamark.verify.model;

import dev.llamark.kernel.Arithmetic;
import dev.llamark.tensor.DType;

/**
 * How far a variant's logits may be from those they are judged by.
 *
 * @param nmse largest admissible NMSE
 * @param law where the figure comes from, for messages
 * @param coarse whether the variant is known to compute in less than float, so that another most
 *     likely token can be the gate's own doing
 */
public record Gate(double nmse, String law, boolean coarse) {

  /** The variant's RMS error may be this many times ONNX Runtime's own. */
  private static final double RMS_FACTOR = 4;

  private static final double FLOOR = 1e-11;
  private static final double WITHOUT_ORACLE = 1e-10;
  private static final double HALF_CACHE = 1e-6;
  private static final double INT8_FLOOR = 1e-4;

  /** Whether a variant is known to lose more than float arithmetic does. */
  static boolean coarse(Arithmetic arithmetic, DType kv) {
    return arithmetic == Arithmetic.INT8_ACTIVATIONS || kv == DType.F16;
  }

  /**
   * The gate against the model in double; for a coarse variant against that model with the same
   * losses.
   *
   * @param referenceNmse ONNX Runtime's own distance from it
   * @param spread of that model itself: {@link OracleRun.Output#spread}
   */
  public static Gate againstOracle(
      Arithmetic arithmetic, DType kv, double referenceNmse, double spread) {
    if (coarse(arithmetic, kv)) {
      return ofCoarse(arithmetic, spread);
    }
    double ownNoise = RMS_FACTOR * RMS_FACTOR * referenceNmse;
    return ownNoise > FLOOR
        ? new Gate(ownNoise, "4 times ONNX Runtime's own RMS error", false)
        : new Gate(FLOOR, "the floor of float noise", false);
  }

  /**
   * The gate against the model in double where ONNX Runtime runs a coarser or another model, whose
   * distance measures no noise. A near tie within the floor may then fall either way.
   */
  static Gate againstOracleAlone(Arithmetic arithmetic, DType kv, double spread) {
    return coarse(arithmetic, kv)
        ? ofCoarse(arithmetic, spread)
        : new Gate(FLOOR, "the floor of float noise", true);
  }

  /** Whether a float computation of the same model can be so far from the model in double. */
  public static boolean explainedByFloat(double nmse) {
    return nmse <= WITHOUT_ORACLE;
  }

  /** The gate against ONNX Runtime, where the model in double cannot run. */
  public static Gate againstReference(Arithmetic arithmetic, DType kv) {
    return coarse(arithmetic, kv)
        ? ofCoarse(arithmetic, 0)
        : new Gate(WITHOUT_ORACLE, "two float computations without an oracle", false);
  }

  private static Gate ofCoarse(Arithmetic arithmetic, double spread) {
    if (arithmetic != Arithmetic.INT8_ACTIVATIONS) {
      return new Gate(HALF_CACHE, "a KV cache in f16", true);
    }
    double flips = RMS_FACTOR * RMS_FACTOR * spread;
    return flips > INT8_FLOOR
        ? new Gate(flips, "4 times the RMS error of the oracle's own flipped roundings", true)
        : new Gate(INT8_FLOOR, "the floor of int8 activations", true);
  }

  /** Whether a distance is small enough; NaN never is. */
  public boolean admits(double nmse) {
    return nmse <= this.nmse;
  }

  /**
   * What the gate excuses in a single logit: nothing for float; for a coarse variant its published
   * limit.
   *
   * @param meanSquare of the reference's logits
   */
  public double excuses(double meanSquare) {
    return coarse ? Math.sqrt(nmse * meanSquare) : 0;
  }
}
