package dev.llamark.oracle;

import dev.llamark.kernel.Arithmetic;
import dev.llamark.kernel.Kernels;
import dev.llamark.kernel.Operation;
import dev.llamark.kernel.PackedMatrix;
import dev.llamark.run.InputException;
import dev.llamark.tensor.DType;
import dev.llamark.tensor.Matrix;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Cases of the linear layer: {@code matmul:DTYPE:MxNxK}, with the options {@code exact} (whole
 * numbers, so that floats add without rounding in any order, and the whole result is checked
 * without tolerance), {@code fill=…} of the input and {@code weights=…} of the weights, {@code
 * law=linear-x|linear-w} and {@code seed=…}.
 */
final class MatMulCases implements OperationCases {

  private static final String[] FILLS = {"zeros", "tiny", "large", "outlier", "nan", "infinity"};

  /** Matrices of models up to 8 B parameters, rows x columns. */
  private static final int[][] MODEL_MATRICES = {
    {288, 288},
    {768, 288},
    {288, 768},
    {576, 576},
    {1536, 576},
    {576, 1536},
    {896, 4864},
    {512, 2048},
    {5632, 2048},
    {2048, 5632},
    {1024, 4096},
    {4096, 4096}
  };

  /** Too large for more than the exact stage of one input row. */
  private static final int[][] LARGE_MATRICES = {{32000, 288}, {4096, 4096}, {4096, 14336}};

  @Override
  public List<CaseId> list(DType dtype, int lanes) {
    List<CaseId> list = new ArrayList<>();
    tails(list, dtype, lanes);
    inputRows(list, dtype, lanes);
    models(list, dtype);
    for (String fill : FILLS) {
      list.add(id(dtype, 3, 2 * lanes + 1, 4 * lanes + 3).with("fill", fill));
      if (!dtype.quantised()) {
        list.add(id(dtype, 2, lanes + 1, 2 * lanes + 3).with("weights", fill));
      }
    }
    for (int rows : new int[] {1, 5, 13}) {
      list.add(id(dtype, rows, 2 * lanes + 3, 8 * lanes + 5).with("law", "linear-x"));
      if (!dtype.quantised()) {
        list.add(id(dtype, rows, 2 * lanes + 3, 8 * lanes + 5).with("law", "linear-w"));
      }
    }
    return list.stream().distinct().toList();
  }

  /** Where loops over K and over N end. */
  private static void tails(List<CaseId> list, DType dtype, int lanes) {
    for (int tail : OperationCases.tailSizes(lanes)) {
      for (int rows : new int[] {1, 2, 5, 12}) {
        list.add(id(dtype, rows, lanes + 1, tail).with("exact"));
        list.add(id(dtype, rows, tail, 3 * lanes + 1).with("exact"));
      }
      list.add(id(dtype, 1, 4 * lanes, tail));
      list.add(id(dtype, 3, tail, 2 * lanes + 1));
    }
    for (int k : new int[] {511, 512, 513, 1024 + lanes + 1}) { // blocks of K end here
      list.add(id(dtype, 1, 2 * lanes + 1, k).with("exact"));
      list.add(id(dtype, 7, 2 * lanes + 1, k).with("exact"));
    }
  }

  private static void inputRows(List<CaseId> list, DType dtype, int lanes) {
    for (int rows = 1; rows <= 17; rows++) {
      list.add(id(dtype, rows, 8 * lanes + 2, 8 * lanes + 1).with("exact"));
      list.add(id(dtype, rows, 3 * lanes + 2, 4 * lanes + 3));
    }
    for (int rows : new int[] {23, 24, 25, 64, 65}) {
      list.add(id(dtype, rows, 198, 198).with("exact"));
    }
    list.add(id(dtype, 64, 541, 198));
    list.add(id(dtype, 512, 288, 288).with("exact"));
    list.add(id(dtype, 64, 512, 2048).with("exact"));
    list.add(id(dtype, 17, 1009, 2048));
  }

  private static void models(List<CaseId> list, DType dtype) {
    for (int[] matrix : MODEL_MATRICES) {
      list.add(id(dtype, 1, matrix[0], matrix[1]).with("exact"));
      list.add(id(dtype, 1, matrix[0], matrix[1]));
    }
    list.add(id(dtype, 4, 2048, 2048).with("exact"));
    for (int[] matrix : LARGE_MATRICES) {
      list.add(id(dtype, 1, matrix[0], matrix[1]).with("exact"));
    }
  }

  /** K becomes a whole number of blocks. */
  private static CaseId id(DType dtype, int m, int n, int k) {
    int block = dtype.blockElements();
    return CaseId.of(Operation.MATMUL, dtype, m, n, Math.ceilDiv(k, block) * block);
  }

  @Override
  public ConformanceCase prepare(CaseId id) {
    return prepare(id, Arithmetic.FLOAT);
  }

  @Override
  public ConformanceCase prepare(CaseId id, Arithmetic arithmetic) {
    id.allowOptions("exact", "fill", "weights", "law", "seed");
    int[] sizes = id.sizes("M", "N", "K");
    requireBlocks(id, sizes[2]);
    return switch (id.option("law", "")) {
      case "" ->
          id.flag("exact")
              ? new Exact(id, sizes[0], sizes[1], sizes[2])
              : new Bounded(id, sizes[0], sizes[1], sizes[2], arithmetic);
      case "linear-x" -> new LinearInput(id, sizes[0], sizes[1], sizes[2]);
      case "linear-w" -> new LinearWeights(id, sizes[0], sizes[1], sizes[2]);
      default ->
          throw new InputException("case '%s': law must be linear-x or linear-w".formatted(id));
    };
  }

  private static void requireBlocks(CaseId id, int columns) {
    DType dtype = id.dtype();
    if (columns % dtype.blockElements() != 0) {
      throw new InputException(
          "case '%s': K must be a multiple of %d for %s, but is %d"
              .formatted(id, dtype.blockElements(), dtype.id(), columns));
    }
    if (dtype.quantised() && (id.flag("weights") || id.option("law", "").equals("linear-w"))) {
      throw new InputException(
          "case '%s': weights=… and law=linear-w need a type without blocks: f32 f16 bf16"
              .formatted(id));
    }
  }

  /** Packs, multiplies, and returns the (rows × N) result. */
  private static float[] multiply(
      Kernels kernels, GuardedOperands operands, float[] x, int rows, Matrix weights) {
    var in = operands.input("x", x);
    var out = operands.output("out", rows * weights.rows());
    try (PackedMatrix packed = kernels.matMul().pack(weights)) {
      kernels.matMul().apply(in.array(), in.offset(), rows, packed, out.array(), out.offset());
    }
    return out.values();
  }

  /** Against the oracle, with its bound; of large results 256 elements. */
  private static final class Bounded implements ConformanceCase {
    private static final long ALL = 1 << 22;
    private static final int SAMPLES = 256;

    private final DType dtype;
    private final int m;
    private final int n;
    private final int k;
    private final float[] x;
    private final float[] rounded;
    private final Matrix weights;
    private final SplittableRandom random;

    Bounded(CaseId id, int m, int n, int k, Arithmetic arithmetic) {
      dtype = id.dtype();
      this.m = m;
      this.n = n;
      this.k = k;
      random = new SplittableRandom(id.seed());
      x = id.enumOption("fill", Fill.class, Fill.NORMAL).values(m * k, random);
      rounded =
          switch (arithmetic) {
            case FLOAT -> x;
            case INT8_ACTIVATIONS -> MatMulOracle.quantised(x, k);
          };
      RandomMatrix matrix = new RandomMatrix(dtype, n, k, random);
      weights =
          id.flag("weights")
              ? matrix.filled(id.enumOption("weights", Fill.class, Fill.NORMAL))
              : matrix.ordinary();
    }

    @Override
    public float[] run(Kernels kernels, GuardedOperands operands) {
      return multiply(kernels, operands, x, m, weights);
    }

    @Override
    public Judgement judge(float[] output) {
      Judge judge = new Judge(m, n);
      if ((long) m * n * k <= ALL) {
        for (int column = 0; column < n; column++) {
          judgeColumn(judge, column, 0, m, output);
        }
        return judge.judgement();
      }
      for (int column : new int[] {0, n - 1}) {
        judgeColumn(judge, column, 0, 1, output);
        judgeColumn(judge, column, m - 1, m, output);
      }
      SplittableRandom samples = random.split();
      for (int i = 4; i < SAMPLES; i++) {
        int row = samples.nextInt(m);
        judgeColumn(judge, samples.nextInt(n), row, row + 1, output);
      }
      return judge.judgement();
    }

    /** Output {@code column} of the rows {@code first … end - 1}. */
    private void judgeColumn(Judge judge, int column, int first, int end, float[] output) {
      float[] w = new float[k];
      weights.decodeRow(column, w, 0);
      double[] magnitudes = MatMulOracle.magnitudes(weights, column, w);
      for (int row = first; row < end; row++) {
        double magnitude = MatMulOracle.dotOfMagnitudes(rounded, row * k, magnitudes);
        if (!MatMulOracle.inDomain(magnitude)) {
          continue;
        }
        judge.element(
            row * n + column,
            MatMulOracle.dot(rounded, row * k, w),
            MatMulOracle.dot(x, row * k, w),
            output[row * n + column],
            MatMulOracle.allowed(magnitude, k, dtype),
            MatMulOracle.typical(magnitude, k, dtype));
      }
    }
  }

  /**
   * Whole numbers with sums below 2^24: the result has no tolerance at any size. The whole of it is
   * checked by Freivalds' method: for a random r, {@code out · r = x · (Wᵀ r)}, in {@code long}
   * modulo 2^64, where a wrong element escapes with a probability below 2^−38.
   */
  private static final class Exact implements ConformanceCase {
    private final int m;
    private final int n;
    private final int k;
    private final float[] x;
    private final Matrix weights;
    private final long[] r;

    Exact(CaseId id, int m, int n, int k) {
      this.m = m;
      this.n = n;
      this.k = k;
      SplittableRandom random = new SplittableRandom(id.seed());
      IntegerOperands integers = new IntegerOperands(id, k);
      x = integers.input(m, random);
      weights = new RandomMatrix(id.dtype(), n, k, random).integers(integers.largestWeight());
      r = random.longs(n).toArray();
    }

    @Override
    public float[] run(Kernels kernels, GuardedOperands operands) {
      return multiply(kernels, operands, x, m, weights);
    }

    @Override
    public Judgement judge(float[] output) {
      Judge judge = new Judge(m, n);
      long[] projected = projectedWeights();
      for (int row = 0; row < m; row++) {
        if (!rowIsRight(row, output, projected)) {
          judgeRow(judge, row, 1, output);
          return judge.judgement();
        }
      }
      judgeRow(judge, m - 1, Math.ceilDiv(n, 64), output); // so that there is something to show
      return judge.judgement();
    }

    /** {@code Wᵀ r}, (K). */
    private long[] projectedWeights() {
      long[] sums = new long[k];
      float[] w = new float[k];
      for (int column = 0; column < n; column++) {
        weights.decodeRow(column, w, 0);
        for (int i = 0; i < k; i++) {
          sums[i] += (int) w[i] * r[column];
        }
      }
      return sums;
    }

    private boolean rowIsRight(int row, float[] output, long[] projected) {
      long left = 0;
      for (int column = 0; column < n; column++) {
        float value = output[row * n + column];
        if (value != (int) value) {
          return false;
        }
        left += (int) value * r[column];
      }
      long right = 0;
      for (int i = 0; i < k; i++) {
        right += (int) x[row * k + i] * projected[i];
      }
      return left == right;
    }

    private void judgeRow(Judge judge, int row, int stride, float[] output) {
      float[] w = new float[k];
      for (int column = 0; column < n; column += stride) {
        weights.decodeRow(column, w, 0);
        int index = row * n + column;
        judge.exact(index, MatMulOracle.dot(x, row * k, w), output[index]);
      }
    }
  }

  /** {@code (a + b) · Wᵀ = a · Wᵀ + b · Wᵀ}, without rounding. */
  private static final class LinearInput implements ConformanceCase {
    private final int m;
    private final int n;
    private final float[][] inputs;
    private final Matrix weights;

    LinearInput(CaseId id, int m, int n, int k) {
      this.m = m;
      this.n = n;
      SplittableRandom random = new SplittableRandom(id.seed());
      IntegerOperands integers = new IntegerOperands(id, k);
      inputs = integers.summands(m, random);
      weights = new RandomMatrix(id.dtype(), n, k, random).integers(integers.largestWeight());
    }

    @Override
    public float[] run(Kernels kernels, GuardedOperands operands) {
      return concatenated(
          multiply(kernels, operands, inputs[0], m, weights),
          multiply(kernels, operands, inputs[1], m, weights),
          multiply(kernels, operands, inputs[2], m, weights));
    }

    @Override
    public Judgement judge(float[] output) {
      return judgeSum(output, m, n);
    }
  }

  /** {@code x · (A + B)ᵀ = x · Aᵀ + x · Bᵀ}, without rounding. */
  private static final class LinearWeights implements ConformanceCase {
    private final int m;
    private final int n;
    private final float[] x;
    private final Matrix[] weights;

    LinearWeights(CaseId id, int m, int n, int k) {
      this.m = m;
      this.n = n;
      SplittableRandom random = new SplittableRandom(id.seed());
      x = new IntegerOperands(id, k).input(m, random);
      RandomMatrix matrix = new RandomMatrix(id.dtype(), n, k, random);
      float[] sum = Fill.INTEGERS.values(n * k, random);
      float[] a = new float[n * k];
      float[] b = new float[n * k];
      for (int i = 0; i < sum.length; i++) {
        a[i] = random.nextInt(-4, 5);
        b[i] = sum[i] - a[i];
      }
      weights = new Matrix[] {matrix.of(a), matrix.of(b), matrix.of(sum)};
    }

    @Override
    public float[] run(Kernels kernels, GuardedOperands operands) {
      return concatenated(
          multiply(kernels, operands, x, m, weights[0]),
          multiply(kernels, operands, x, m, weights[1]),
          multiply(kernels, operands, x, m, weights[2]));
    }

    @Override
    public Judgement judge(float[] output) {
      return judgeSum(output, m, n);
    }
  }

  private static float[] concatenated(float[] a, float[] b, float[] c) {
    float[] all = java.util.Arrays.copyOf(a, a.length + b.length + c.length);
    System.arraycopy(b, 0, all, a.length, b.length);
    System.arraycopy(c, 0, all, a.length + b.length, c.length);
    return all;
  }

  /** The third result is the sum of the first two. */
  private static Judgement judgeSum(float[] output, int m, int n) {
    Judge judge = new Judge(3, m, n);
    int count = m * n;
    for (int i = 0; i < count; i++) {
      judge.exact(2 * count + i, (double) output[i] + output[count + i], output[2 * count + i]);
    }
    return judge.judgement();
  }
}
