package dev.llamark.oracle;

import dev.llamark.kernel.Kernels;
import dev.llamark.rope.RopeTable;
import java.util.Arrays;

/** What holds for every rotation, whatever its angles (arXiv 2104.09864, section 3.2). */
final class RopeLaws {

  private RopeLaws() {}

  /** Length of pair {@code j} of the head that starts at {@code from}. */
  private static double length(RopeOperands operands, float[] values, int from, int j) {
    int rotaryDim = operands.table.rotaryDim();
    return Math.hypot(
        values[from + operands.pairing.first(j, rotaryDim)],
        values[from + operands.pairing.second(j, rotaryDim)]);
  }

  /** A rotation keeps the length of every pair, but for the attention factor. */
  record Length(RopeOperands operands) implements ConformanceCase {

    @Override
    public float[] run(Kernels kernels, GuardedOperands guarded) {
      return operands.rotate(kernels, guarded, operands.x, operands.positions, operands.table);
    }

    @Override
    public Judgement judge(float[] output) {
      int pairs = operands.table.pairs();
      Judge judge = new Judge(operands.tokens, operands.heads, pairs);
      for (int i = 0; i < operands.tokens * operands.heads * pairs; i++) {
        int from = i / pairs * operands.headDim;
        double before =
            operands.table.attentionFactor() * length(operands, operands.x, from, i % pairs);
        double after = length(operands, output, from, i % pairs);
        double allowed = 2 * RopeOracle.allowed(before) + Bounds.U * before;
        judge.element(i, before, (float) after, allowed, allowed);
      }
      return judge.judgement();
    }
  }

  /** The opposite angle undoes a rotation, but for the attention factor, squared. */
  record Inverse(RopeOperands operands) implements ConformanceCase {

    @Override
    public float[] run(Kernels kernels, GuardedOperands guarded) {
      RopeTable table = operands.table;
      float[] negative = table.sines().clone();
      for (int i = 0; i < negative.length; i++) {
        negative[i] = -negative[i];
      }
      RopeTable opposite = RopeTable.of(table.cosines(), negative, table.positions());
      float[] turned = operands.rotate(kernels, guarded, operands.x, operands.positions, table);
      return operands.rotate(kernels, guarded, turned, operands.positions, opposite);
    }

    @Override
    public Judgement judge(float[] output) {
      Judge judge = new Judge(operands.tokens, operands.heads, operands.headDim);
      for (int i = 0; i < output.length; i++) {
        int from = i / operands.headDim * operands.headDim;
        double longest = 0;
        for (int j = 0; j < operands.table.pairs(); j++) {
          longest = Math.max(longest, length(operands, operands.x, from, j));
        }
        boolean rotated = i - from < operands.table.rotaryDim();
        double factor = rotated ? Math.pow(operands.table.attentionFactor(), 2) : 1;
        double allowed = 3 * RopeOracle.allowed(factor * longest);
        judge.element(i, factor * operands.x[i], output[i], allowed, allowed);
      }
      return judge.judgement();
    }
  }

  /** ⟨R_m q, R_n k⟩ depends on m − n alone: each head is q to the next head's k. */
  record Relative(RopeOperands operands) implements ConformanceCase {
    private static final int SHIFT = 3;

    @Override
    public float[] run(Kernels kernels, GuardedOperands guarded) {
      int[] shifted = Arrays.stream(operands.positions).map(p -> p - SHIFT).toArray();
      float[] at =
          operands.rotate(kernels, guarded, operands.x, operands.positions, operands.table);
      float[] before = operands.rotate(kernels, guarded, operands.x, shifted, operands.table);
      float[] both = Arrays.copyOf(at, 2 * at.length);
      System.arraycopy(before, 0, both, at.length, at.length);
      return both;
    }

    @Override
    public Judgement judge(float[] output) {
      int all = operands.tokens * operands.heads;
      Judge judge = new Judge(all);
      for (int query = 0; query < all; query++) {
        int q = query * operands.headDim;
        int k = (query + operands.heads + 1) % all * operands.headDim; // another token's head
        double expected = dot(output, operands.x.length + q, operands.x.length + k);
        double got = dot(output, q, k);
        double lengths =
            Math.sqrt(
                RmsNormOracle.sumOfSquares(operands.x, q, operands.headDim)
                    * RmsNormOracle.sumOfSquares(operands.x, k, operands.headDim));
        double factor = Math.pow(operands.table.attentionFactor(), 2);
        double allowed =
            4 * RopeOracle.allowed(Math.max(factor, 1) * lengths) + Bounds.U * Math.abs(expected);
        judge.element(query, expected, (float) got, allowed, allowed);
      }
      return judge.judgement();
    }

    private double dot(float[] values, int a, int b) {
      double sum = 0;
      for (int i = 0; i < operands.headDim; i++) {
        sum += (double) values[a + i] * values[b + i];
      }
      return sum;
    }
  }
}
