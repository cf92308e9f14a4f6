package dev.llamark.bench.claims;

import dev.llamark.bench.claims.Claim.Topic;
import dev.llamark.bench.claims.Claim.Verdict;
import dev.llamark.kernel.RmsNorm;
import dev.llamark.oracle.Judgement;
import dev.llamark.oracle.OutputCheck;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;

/** How right RMSNorm is (Zhang &amp; Sennrich, arXiv 1910.07467), of a variant's own kernel. */
final class NormAccuracyClaims {

  private static final int[] SIZES = {1024, 2048, 4096, 8192, 16384};
  private static final int SIZE = 2048;
  private static final double MOST_ERROR = 1e-6;
  private static final float[] SCALES = {0x1p-10f, 0x1p-3f, 0x1p5f, 0x1p12f};

  private final RmsNorm rmsNorm;
  private final long seed;

  NormAccuracyClaims(RmsNorm rmsNorm, long seed) {
    this.rmsNorm = rmsNorm;
    this.seed = seed;
  }

  List<Claim> all() {
    return List.of(error(), scaling());
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
        Topic.NORM,
        "rmsnorm-error",
        "RMSNorm stays accurate as the dimension grows to 16384",
        Verdict.of(largest < MOST_ERROR),
        String.format(Locale.ROOT, "relative error at most %.2g", largest),
        "several accumulators keep the error of the sum from growing with the dimension; float"
            + " itself resolves 6e-8",
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
        Topic.NORM,
        "rmsnorm-scaling",
        "RMSNorm's output does not change when the input is scaled",
        Verdict.of(differing == 0),
        "%d of %d elements differ by more than 4 ulp".formatted(differing, SIZE * SCALES.length),
        "the root mean square scales with the input and divides it out; epsilon, left out here, makes"
            + " it approximate for tiny inputs",
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
