package dev.llamark.oracle;

import dev.llamark.kernel.Kernels;
import dev.llamark.kernel.KeyValues;
import dev.llamark.run.InputException;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Properties of attention that hold whatever the operands. */
final class AttentionLaws {

  private AttentionLaws() {}

  /** One key returns its value, whatever the score. */
  static final class Single implements ConformanceCase {
    private final AttentionOperands operands;

    Single(CaseId id, AttentionOperands.Sizes sizes) {
      if (sizes.positions() != 1) {
        throw new InputException("case '%s': law=single needs 1 token and past 0".formatted(id));
      }
      operands = AttentionOperands.of(id, sizes);
    }

    @Override
    public float[] run(Kernels kernels, GuardedOperands guarded) {
      return operands.run(kernels, guarded);
    }

    @Override
    public Judgement judge(float[] output) {
      Judge judge = operands.judge();
      int headDim = operands.cache().headDim();
      for (int i = 0; i < output.length; i++) {
        float[] value = AttentionOracle.value(operands.cache(), operands.kvHead(i / headDim), 0);
        judge.exact(i, value[i % headDim], output[i]);
      }
      return judge.judgement();
    }
  }

  /** For a query that sees all positions, their order does not matter. */
  static final class Permute implements ConformanceCase {
    private final AttentionOperands operands;
    private final AttentionOperands permuted;

    Permute(CaseId id, AttentionOperands.Sizes sizes) {
      if (sizes.tokens() != 1) {
        throw new InputException("case '%s': law=permute needs 1 token".formatted(id));
      }
      SplittableRandom random = new SplittableRandom(id.seed());
      float[] q = Fill.NORMAL.values(sizes.queryElements(), random);
      float[] k = Fill.NORMAL.values(sizes.kvElements(), random);
      float[] v = Fill.NORMAL.values(sizes.kvElements(), random);
      int[] order = order(sizes.positions(), random);
      int width = sizes.kvHeads() * sizes.headDim();
      operands = AttentionOperands.of(id, sizes, q, k, v);
      permuted =
          AttentionOperands.of(
              id, sizes, q, reordered(k, order, width), reordered(v, order, width));
    }

    private static int[] order(int count, SplittableRandom random) {
      int[] order = new int[count];
      for (int i = 0; i < count; i++) {
        int j = random.nextInt(i + 1);
        order[i] = order[j];
        order[j] = i;
      }
      return order;
    }

    private static float[] reordered(float[] rows, int[] order, int width) {
      float[] reordered = new float[rows.length];
      for (int i = 0; i < order.length; i++) {
        System.arraycopy(rows, order[i] * width, reordered, i * width, width);
      }
      return reordered;
    }

    @Override
    public float[] run(Kernels kernels, GuardedOperands guarded) {
      float[] first = operands.run(kernels, guarded);
      float[] both = Arrays.copyOf(first, 2 * first.length);
      System.arraycopy(permuted.run(kernels, guarded), 0, both, first.length, first.length);
      return both;
    }

    @Override
    public Judgement judge(float[] output) {
      KeyValues cache = operands.cache();
      int headDim = cache.headDim();
      Judge judge = new Judge(2, operands.heads(), headDim);
      for (int head = 0; head < operands.heads(); head++) {
        var bound = bound(head);
        for (int i = 0; i < headDim; i++) {
          int first = head * headDim + i;
          int second = operands.q().length + first;
          judge.element(
              second,
              output[first],
              output[second],
              2 * bound.allowed()[i],
              2 * bound.typical()[i]);
        }
      }
      return judge.judgement();
    }

    private AttentionOracle.Bound bound(int head) {
      KeyValues cache = operands.cache();
      float[] q = operands.q();
      int from = head * cache.headDim();
      int kvHead = operands.kvHead(head);
      int visible = operands.visible(0);
      float scale = operands.scale();
      double[] scores = AttentionOracle.scores(q, from, cache, kvHead, scale, visible);
      double magnitude = AttentionOracle.scoreMagnitude(q, from, cache, kvHead, visible);
      return AttentionOracle.bound(
          AttentionOracle.softmax(scores), magnitude * scale, cache, kvHead);
    }
  }
}
