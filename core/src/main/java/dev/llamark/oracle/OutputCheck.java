package dev.llamark.oracle;

import dev.llamark.kernel.Arithmetic;
import dev.llamark.kernel.KeyValues;
import dev.llamark.rope.Pairing;
import dev.llamark.rope.RopeTable;
import dev.llamark.tensor.Matrix;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Holds an output that was computed elsewhere against the oracle: operands in, what a kernel made
 * of them, out comes the judgement. For benchmarks, which must not time what is wrong.
 */
public final class OutputCheck {

  /** Outputs of a large MatMul, heads of a large attention, that are looked at. */
  private static final int SAMPLES = 256;

  private static final int SAMPLE_SEED = 7;

  private OutputCheck() {}

  /**
   * RMSNorm of all rows.
   *
   * @param x (rows × size), from {@code xOffset}
   * @param weight (size)
   * @param out (rows × size), from {@code outOffset}
   */
  public static Judgement rmsNorm(
      float[] x, int xOffset, float[] weight, int rows, float epsilon, float[] out, int outOffset) {
    int size = weight.length;
    Judge judge = new Judge(rows, size);
    for (int row = 0; row < rows; row++) {
      int from = xOffset + row * size;
      double[] expected = RmsNormOracle.row(x, from, weight, epsilon);
      double sum = RmsNormOracle.sumOfSquares(x, from, size);
      for (int i = 0; i < size; i++) {
        judge.element(
            row * size + i,
            expected[i],
            out[outOffset + row * size + i],
            RmsNormOracle.allowed(expected[i], weight[i], size, sum, epsilon),
            RmsNormOracle.typical(expected[i], weight[i], size));
      }
    }
    return judge.judgement();
  }

  /**
   * RoPE of all heads.
   *
   * @param x (tokens × heads × headDim), from {@code xOffset}
   * @param positions one per token
   * @param out like {@code x}, from {@code outOffset}
   */
  public static Judgement rope(
      float[] x,
      int xOffset,
      int[] positions,
      RopeTable table,
      Pairing pairing,
      int heads,
      int headDim,
      float[] out,
      int outOffset) {
    Judge judge = new Judge(positions.length, heads, headDim);
    for (int head = 0; head < positions.length * heads; head++) {
      int at = head * headDim;
      int position = positions[head / heads];
      double[] expected = RopeOracle.head(x, xOffset + at, headDim, table, position, pairing);
      for (int j = 0; j < table.pairs(); j++) {
        int first = pairing.first(j, table.rotaryDim());
        int second = pairing.second(j, table.rotaryDim());
        double allowed = RopeOracle.allowed(Math.hypot(expected[first], expected[second]));
        judge.element(at + first, expected[first], out[outOffset + at + first], allowed, allowed);
        judge.element(
            at + second, expected[second], out[outOffset + at + second], allowed, allowed);
      }
      for (int i = table.rotaryDim(); i < headDim; i++) {
        judge.exact(at + i, expected[i], out[outOffset + at + i]);
      }
    }
    return judge.judgement();
  }

  /** SwiGLU of {@code size} elements of each operand, from its offset. */
  public static Judgement swiGlu(
      float[] gate,
      int gateOffset,
      float[] up,
      int upOffset,
      int size,
      float[] out,
      int outOffset) {
    Judge judge = new Judge(size);
    for (int i = 0; i < size; i++) {
      float g = gate[gateOffset + i];
      float u = up[upOffset + i];
      judge.element(
          i,
          SwiGluOracle.value(g, u),
          out[outOffset + i],
          SwiGluOracle.allowed(g, u),
          SwiGluOracle.typical(g, u));
    }
    return judge.judgement();
  }

  /**
   * The linear layer; of large outputs a sample.
   *
   * @param x (rows × K), from {@code xOffset}
   * @param out (rows × N), from {@code outOffset}
   * @param arithmetic what the kernel makes of its input
   */
  public static Judgement matMul(
      float[] x,
      int xOffset,
      int rows,
      Matrix weights,
      float[] out,
      int outOffset,
      Arithmetic arithmetic) {
    int columns = weights.columns();
    float[] input = java.util.Arrays.copyOfRange(x, xOffset, xOffset + rows * columns);
    if (arithmetic == Arithmetic.INT8_ACTIVATIONS) {
      input = MatMulOracle.quantised(input, columns);
    }
    Judge judge = new Judge(rows, weights.rows());
    SplittableRandom random = new SplittableRandom(SAMPLE_SEED);
    float[] w = new float[columns];
    for (int sample = 0; sample < SAMPLES; sample++) {
      int m = sample == 0 ? rows - 1 : random.nextInt(rows);
      int n = sample == 0 ? weights.rows() - 1 : random.nextInt(weights.rows());
      weights.decodeRow(n, w, 0);
      double[] magnitudes = MatMulOracle.magnitudes(weights, n, w);
      double magnitude = MatMulOracle.dotOfMagnitudes(input, m * columns, magnitudes);
      int index = m * weights.rows() + n;
      judge.element(
          index,
          MatMulOracle.dot(input, m * columns, w),
          MatMulOracle.dot(x, xOffset + m * columns, w),
          out[outOffset + index],
          MatMulOracle.allowed(magnitude, columns, weights.dtype()),
          MatMulOracle.typical(magnitude, columns, weights.dtype()));
    }
    return judge.judgement();
  }

  /**
   * Attention, with the bound of {@link AttentionOracle}; of many heads a sample.
   *
   * @param q (tokens × heads × headDim)
   * @param out like {@code q}
   */
  public static Judgement attention(
      float[] q,
      KeyValues cache,
      int firstPosition,
      int tokens,
      int heads,
      float scale,
      float[] out) {
    Judge judge = new Judge(tokens, heads, cache.headDim());
    sampled(tokens * heads)
        .forEach(head -> attend(judge, q, cache, firstPosition, heads, scale, out, head));
    return judge.judgement();
  }

  /**
   * One query head.
   *
   * @param head of all tokens' heads
   */
  private static void attend(
      Judge judge,
      float[] q,
      KeyValues cache,
      int firstPosition,
      int heads,
      float scale,
      float[] out,
      int head) {
    int from = head * cache.headDim();
    int visible = firstPosition + head / heads + 1;
    int kvHead = head % heads / (heads / cache.kvHeads());
    double[] scores = AttentionOracle.scores(q, from, cache, kvHead, scale, visible);
    double[] probabilities = AttentionOracle.softmax(scores);
    double[] expected = AttentionOracle.weightedValues(probabilities, cache, kvHead);
    double magnitude = AttentionOracle.scoreMagnitude(q, from, cache, kvHead, visible);
    AttentionOracle.Bound bound =
        AttentionOracle.bound(probabilities, magnitude * Math.abs(scale), cache, kvHead);
    for (int i = 0; i < expected.length; i++) {
      judge.element(from + i, expected[i], out[from + i], bound.allowed()[i], bound.typical()[i]);
    }
  }

  /** All numbers below {@code count}, or a sample of so many, the last among them. */
  private static IntStream sampled(int count) {
    return count <= SAMPLES
        ? IntStream.range(0, count)
        : IntStream.concat(
            IntStream.of(count - 1),
            new SplittableRandom(SAMPLE_SEED).ints(SAMPLES - 1, 0, count - 1));
  }
}
