package dev.llamark.oracle;

import dev.llamark.kernel.Kernels;
import dev.llamark.kernel.Operation;
import dev.llamark.run.InputException;
import dev.llamark.tensor.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Cases of RMSNorm: {@code rmsnorm:f32:ROWSxSIZE}, with the options {@code exact} (x is ±1, epsilon
 * 0, so that the result is the weight), {@code fill=…}, {@code inplace}, {@code sum} (the fused
 * form that adds first), {@code law=scale|unit}, {@code epsilon=…} and {@code seed=…}.
 */
final class RmsNormCases implements OperationCases {

  private static final int[] MODEL_SIZES = {64, 198, 288, 576, 896, 1024, 2048, 3072, 4096, 8192};
  private static final String[] FILLS = {
    "zeros", "tiny", "large", "outlier", "nan", "infinity", "beyond", "shifted"
  };

  @Override
  public List<CaseId> list(DType dtype, int lanes) {
    List<CaseId> list = new ArrayList<>();
    if (dtype != DType.F32) {
      return list;
    }
    for (int size : OperationCases.tailSizes(lanes)) {
      for (int rows : new int[] {1, 2, 5}) {
        list.add(id(rows, size).with("exact"));
        list.add(id(rows, size));
        list.add(id(rows, size).with("inplace"));
        list.add(id(rows, size).with("sum"));
      }
      list.add(id(3, size).with("law", "scale"));
    }
    for (int size : MODEL_SIZES) {
      list.add(id(1, size).with("exact"));
      list.add(id(17, size));
      list.add(id(1, size).with("epsilon", "1e-6"));
      list.add(id(3, size).with("inplace"));
      list.add(id(3, size).with("sum"));
      list.add(id(3, size).with("law", "unit"));
    }
    for (String fill : FILLS) {
      list.add(id(3, 4 * lanes + 3).with("fill", fill));
      list.add(id(2, 288).with("fill", fill));
    }
    list.add(id(512, 576));
    return list;
  }

  private static CaseId id(int rows, int size) {
    return CaseId.of(Operation.RMSNORM, DType.F32, rows, size);
  }

  @Override
  public ConformanceCase prepare(CaseId id) {
    id.allowOptions("exact", "fill", "inplace", "sum", "law", "epsilon", "seed");
    int[] sizes = id.sizes("rows", "size");
    return switch (id.option("law", "")) {
      case "" -> new Bounded(id, sizes[0], sizes[1]);
      case "scale" -> new ScaleLaw(id, sizes[0], sizes[1]);
      case "unit" -> new UnitLaw(id, sizes[0], sizes[1]);
      default -> throw new InputException("case '%s': law must be scale or unit".formatted(id));
    };
  }

  private static float epsilon(CaseId id) {
    try {
      return Float.parseFloat(id.option("epsilon", "1e-5"));
    } catch (NumberFormatException e) {
      throw new InputException("case '%s': epsilon must be a number".formatted(id), e);
    }
  }

  private static float[] weights(int size, SplittableRandom random) {
    float[] weight = new float[size];
    for (int i = 0; i < size; i++) {
      weight[i] = (float) (1 + 0.3 * random.nextGaussian());
    }
    return weight;
  }

  /** Against the oracle, with its bound; exact operands have a bound of 2 ulp. */
  private static final class Bounded implements ConformanceCase {
    private final int rows;
    private final int size;
    private final boolean exact;
    private final boolean inPlace;
    private final boolean sum;
    private final float epsilon;
    private final float[] x;
    private final float[] delta;
    private final float[] weight;

    Bounded(CaseId id, int rows, int size) {
      this.rows = rows;
      this.size = size;
      exact = id.flag("exact");
      inPlace = id.flag("inplace");
      sum = id.flag("sum");
      epsilon = exact ? 0 : epsilon(id);
      SplittableRandom random = new SplittableRandom(id.seed());
      x = inputs(id, rows * size, random);
      delta = Fill.NORMAL.values(rows * size, random);
      weight = weights(size, random);
    }

    private float[] inputs(CaseId id, int count, SplittableRandom random) {
      if (exact) {
        return Fill.SIGNS.values(count, random);
      }
      if (id.option("fill", "").equals("beyond")) { // squares overflow a float
        float[] values = new float[count];
        Arrays.fill(values, 1e20f);
        return values;
      }
      return id.enumOption("fill", Fill.class, Fill.NORMAL).values(count, random);
    }

    @Override
    public float[] run(Kernels kernels, GuardedOperands operands) {
      var w = operands.input("weight", weight);
      if (sum) {
        return runSum(kernels, operands, w);
      }
      var in = inPlace ? operands.inOut("x", x) : operands.input("x", x);
      var out = inPlace ? in : operands.output("out", x.length);
      kernels
          .rmsNorm()
          .apply(
              in.array(),
              in.offset(),
              w.array(),
              w.offset(),
              rows,
              size,
              epsilon,
              out.array(),
              out.offset());
      return out.values();
    }

    /** The residual stream, then its norm. */
    private float[] runSum(Kernels kernels, GuardedOperands operands, GuardedOperands.Guarded w) {
      var residual = operands.inOut("residual", x);
      var added = operands.input("delta", delta);
      var out = operands.output("out", x.length);
      kernels
          .rmsNorm()
          .addAndNormalize(
              residual.array(),
              residual.offset(),
              added.array(),
              added.offset(),
              w.array(),
              w.offset(),
              rows,
              size,
              epsilon,
              out.array(),
              out.offset());
      float[] both = Arrays.copyOf(residual.values(), 2 * x.length);
      System.arraycopy(out.values(), 0, both, x.length, x.length);
      return both;
    }

    @Override
    public Judgement judge(float[] output) {
      Judge judge = sum ? new Judge(2, rows, size) : new Judge(rows, size);
      float[] input = x;
      if (sum) {
        input = new float[x.length];
        for (int i = 0; i < x.length; i++) {
          input[i] = x[i] + delta[i];
          judge.exact(i, input[i], output[i]);
        }
      }
      for (int row = 0; row < rows; row++) {
        judgeRow(judge, input, row * size, output, sum ? x.length : 0);
      }
      return judge.judgement();
    }

    private void judgeRow(Judge judge, float[] input, int from, float[] output, int outOffset) {
      double sumOfSquares = RmsNormOracle.sumOfSquares(input, from, size);
      double[] expected = RmsNormOracle.row(input, from, weight, epsilon);
      for (int i = 0; i < size; i++) {
        int at = outOffset + from + i;
        if (!RmsNormOracle.inDomain(sumOfSquares)
            && Double.isFinite(sumOfSquares)
            && output[at] == 0) {
          continue;
        }
        double allowed =
            exact
                ? 2 * Math.ulp(weight[i])
                : RmsNormOracle.allowed(expected[i], weight[i], size, sumOfSquares, epsilon);
        double typical = exact ? allowed : RmsNormOracle.typical(expected[i], weight[i], size);
        judge.element(at, expected[i], output[at], allowed, typical);
      }
    }
  }

  /** A positive scaling of the input changes nothing, at epsilon 0. */
  private static final class ScaleLaw implements ConformanceCase {
    private static final float[] SCALES = {0.125f, 3, 1000};

    private final int rows;
    private final int size;
    private final float[] x;
    private final float[] weight;

    ScaleLaw(CaseId id, int rows, int size) {
      this.rows = rows;
      this.size = size;
      SplittableRandom random = new SplittableRandom(id.seed());
      x = Fill.INTEGERS.values(rows * size, random); // exact under each of the scalings
      for (int row = 0; row < rows; row++) {
        x[row * size] = 5; // no row of zeros alone
      }
      weight = weights(size, random);
    }

    @Override
    public float[] run(Kernels kernels, GuardedOperands operands) {
      float[] all = new float[(SCALES.length + 1) * x.length];
      for (int s = 0; s <= SCALES.length; s++) {
        float[] scaled = x.clone();
        for (int i = 0; i < scaled.length; i++) {
          scaled[i] *= s == 0 ? 1 : SCALES[s - 1];
        }
        float[] out = normalize(kernels, operands, scaled, weight, rows, size, 0);
        System.arraycopy(out, 0, all, s * x.length, x.length);
      }
      return all;
    }

    @Override
    public Judgement judge(float[] output) {
      Judge judge = new Judge(SCALES.length + 1, rows, size);
      for (int i = x.length; i < output.length; i++) {
        double unscaled = output[i % x.length];
        double allowed = 2 * RmsNormOracle.allowed(unscaled, weight[i % size], size, 25, 0);
        judge.element(i, unscaled, output[i], allowed, allowed);
      }
      return judge.judgement();
    }
  }

  /** Before the weight, a row has the root mean square 1, at epsilon 0. */
  private static final class UnitLaw implements ConformanceCase {
    private final int rows;
    private final int size;
    private final float[] x;

    UnitLaw(CaseId id, int rows, int size) {
      this.rows = rows;
      this.size = size;
      x = Fill.NORMAL.values(rows * size, new SplittableRandom(id.seed()));
    }

    @Override
    public float[] run(Kernels kernels, GuardedOperands operands) {
      float[] ones = new float[size];
      Arrays.fill(ones, 1);
      return normalize(kernels, operands, x, ones, rows, size, 0);
    }

    @Override
    public Judgement judge(float[] output) {
      Judge judge = new Judge(rows);
      for (int row = 0; row < rows; row++) {
        double rms = Math.sqrt(RmsNormOracle.sumOfSquares(output, row * size, size) / size);
        double allowed = RmsNormOracle.allowed(1, 1, size, size, 0);
        judge.element(row, 1, (float) rms, allowed + Bounds.U, allowed);
      }
      return judge.judgement();
    }
  }

  private static float[] normalize(
      Kernels kernels,
      GuardedOperands operands,
      float[] x,
      float[] weight,
      int rows,
      int size,
      float epsilon) {
    var in = operands.input("x", x);
    var w = operands.input("weight", weight);
    var out = operands.output("out", x.length);
    kernels
        .rmsNorm()
        .apply(
            in.array(),
            in.offset(),
            w.array(),
            w.offset(),
            rows,
            size,
            epsilon,
            out.array(),
            out.offset());
    return out.values();
  }
}
