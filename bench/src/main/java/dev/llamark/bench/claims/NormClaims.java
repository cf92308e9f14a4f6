package dev.llamark.bench.claims;

import dev.llamark.kernel.RmsNorm;
import dev.llamark.oracle.Judgement;
import dev.llamark.oracle.OutputCheck;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** What is said about RMSNorm (Zhang &amp; Sennrich, arXiv 1910.07467). */
final class NormClaims {

  private static final int[] SIZES = {1024, 2048, 4096, 8192, 16384};
  private static final int SIZE = 2048;
  private static final float[] SCALES = {0x1p-10f, 0x1p-3f, 0x1p5f, 0x1p12f};

  private final RmsNorm rmsNorm;
  private final long seed;

  NormClaims(RmsNorm rmsNorm, long seed) {
    this.rmsNorm = rmsNorm;
    this.seed = seed;
  }

  List<Claim> all() {
    return List.of(operations(), partial(), error(), scaling());
  }

  /** Per element: LayerNorm sums, subtracts, squares, sums, scales, multiplies and adds. */
  private static Claim operations() {
    return Claim.derived(
        "rmsnorm-vs-layernorm",
        "RMSNorm is cheaper than LayerNorm",
        true,
        "it drops the mean and the bias: 4 operations an element instead of 7, and one pass for the"
            + " statistics instead of two; where memory is the limit both move the same data",
        Map.of("rmsnorm_flops_per_element", 4, "layernorm_flops_per_element", 7));
  }

  private static Claim partial() {
    return Claim.derived(
        "prmsnorm",
        "Estimating the root mean square from 6.25 % of the elements (pRMSNorm) is cheaper still",
        true,
        "the sum of squares falls from 2 operations an element to an eighth of one, the scaling"
            + " stays: 2.1 of 4 operations, but the same data is read and written",
        Map.of("rmsnorm_flops_per_element", 4, "prmsnorm_flops_per_element", 2.125));
  }

  private Claim error() {
    Map<String, Object> figures = new LinkedHashMap<>();
    double largest = 0;
    for (int size : SIZES) {
      float[] x = values(size);
      float[] weight = values(size);
      float[] out = new float[size];
      rmsNorm.apply(x, 0, weight, 0, 1, size, 1e-5f, out, 0);
      Judgement judgement = OutputCheck.rmsNorm(x, 0, weight, 1, 1e-5f, out, 0);
      double rms = Math.sqrt(judgement.nmse());
      figures.put("relative_error_" + size, rms);
      largest = Math.max(largest, rms);
    }
    return Claim.measured(
        "rmsnorm-error",
        "RMSNorm stays accurate as the dimension grows to 16384",
        largest < 1e-6,
        "largest relative error of a row, root mean square: %.2g; float resolves 6e-8"
            .formatted(largest),
        figures);
  }

  private Claim scaling() {
    float[] x = values(SIZE);
    float[] weight = values(SIZE);
    float[] plain = new float[SIZE];
    rmsNorm.apply(x, 0, weight, 0, 1, SIZE, 0, plain, 0);
    int differing = 0;
    for (float scale : SCALES) {
      float[] scaled = x.clone();
      for (int i = 0; i < SIZE; i++) {
        scaled[i] *= scale;
      }
      float[] out = new float[SIZE];
      rmsNorm.apply(scaled, 0, weight, 0, 1, SIZE, 0, out, 0);
      for (int i = 0; i < SIZE; i++) {
        differing += Math.abs(out[i] - plain[i]) > 4 * Math.ulp(plain[i]) ? 1 : 0;
      }
    }
    return Claim.measured(
        "rmsnorm-scaling",
        "The output does not change when the input is scaled",
        differing == 0,
        "without epsilon %d of %d elements differ by more than 4 ulp; epsilon makes it approximate for tiny inputs"
            .formatted(differing, SIZE * SCALES.length),
        Map.of("differing", differing, "scales", SCALES.length));
  }

  private float[] values(int size) {
    SplittableRandom random = new SplittableRandom(seed + size);
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
