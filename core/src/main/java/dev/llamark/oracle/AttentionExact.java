package dev.llamark.oracle;

import dev.llamark.kernel.Kernels;
import dev.llamark.kernel.KeyValues;
import dev.llamark.run.InputException;
import java.util.SplittableRandom;

/**
 * One score stands at least 200 above the others, so that softmax is one-hot in float: the result
 * is one row of the values, bit for bit. A query looks for the latest position that it sees, for
 * the earliest, or for one in particular, so that a mask, an index or a KV head that is off shows.
 *
 * <p>A key holds its position, {@code 64·key[0] + key[1]}, and behind it a code of ±1 that no other
 * position of the head has.
 */
final class AttentionExact implements ConformanceCase {

  private static final int RADIX = 64;

  /** Elements of a key before its code. */
  private static final int CODE = 2;

  /** Bits of a code that depend on the position. */
  private static final int CODE_BITS = 62;

  /** Largest number of positions whose digits an f16 key holds exactly. */
  private static final int MOST_POSITIONS = RADIX * 2048;

  /** Two scores differ by at least this much. */
  private static final int GAP = 256;

  private final AttentionOperands operands;
  private final int[] sought;

  AttentionExact(CaseId id, AttentionOperands.Sizes sizes) {
    requireCodes(id, sizes);
    SplittableRandom random = new SplittableRandom(id.seed());
    float[] v = Fill.NORMAL.values(sizes.kvElements(), random);
    float[] k = new float[sizes.kvElements()];
    for (int i = 0; i < k.length / sizes.headDim(); i++) {
      int position = i / sizes.kvHeads();
      int kvHead = i % sizes.kvHeads();
      k[i * sizes.headDim()] = position / RADIX;
      k[i * sizes.headDim() + 1] = position % RADIX;
      code(position, kvHead, 1, k, i * sizes.headDim(), sizes.headDim());
    }
    float[] q = new float[sizes.queryElements()];
    sought = new int[sizes.tokens() * sizes.heads()];
    for (int i = 0; i < sought.length; i++) {
      int kvHead = i % sizes.heads() / (sizes.heads() / sizes.kvHeads());
      sought[i] = query(sizes, i, kvHead, q, random);
    }
    operands = AttentionOperands.of(id, sizes, q, k, v);
  }

  /** How many positions keys of so many elements can tell apart. */
  static int mostPositions(int headDim) {
    int bits = Math.min(headDim - CODE, Integer.SIZE - 2);
    return bits < 1 ? 0 : Math.min(1 << bits, MOST_POSITIONS);
  }

  private static void requireCodes(CaseId id, AttentionOperands.Sizes sizes) {
    int most = mostPositions(sizes.headDim());
    if (sizes.positions() > most) {
      throw new InputException(
          "case '%s': exact keys of %d elements tell at most %d positions apart, but there are %d"
              .formatted(id, sizes.headDim(), most, sizes.positions()));
    }
  }

  /** Writes query {@code index}; returns the position that it looks for. */
  private static int query(
      AttentionOperands.Sizes sizes, int index, int kvHead, float[] q, SplittableRandom random) {
    int headDim = sizes.headDim();
    int own = sizes.past() + index / sizes.heads();
    float size = GAP * (float) Math.ceil(Math.sqrt(headDim)); // the scale divides by the root
    int from = index * headDim;
    switch (random.nextInt(3)) {
      case 0 -> {
        q[from] = RADIX * size;
        q[from + 1] = size;
        return own;
      }
      case 1 -> {
        q[from] = -RADIX * size;
        q[from + 1] = -size;
        return 0;
      }
      default -> {
        int position = random.nextInt(own + 1);
        code(position, kvHead, size, q, from, headDim);
        return position;
      }
    }
  }

  /** A code of {@code ±size}; those of one head's positions differ in one sign or more. */
  private static void code(
      int position, int kvHead, float size, float[] to, int from, int headDim) {
    long bits = position * 0x9E3779B97F4A7C15L ^ kvHead * 0xD1342543DE82EF95L;
    for (int i = CODE; i < headDim; i++) {
      boolean negative = (bits >>> (i - CODE) % CODE_BITS & 1) == 0;
      to[from + i] = negative ? -size : size;
    }
  }

  @Override
  public float[] run(Kernels kernels, GuardedOperands guarded) {
    return operands.run(kernels, guarded);
  }

  @Override
  public Judgement judge(float[] output) {
    Judge judge = operands.judge();
    KeyValues cache = operands.cache();
    for (int i = 0; i < sought.length; i++) {
      float[] value =
          AttentionOracle.value(cache, operands.kvHead(i % operands.heads()), sought[i]);
      for (int j = 0; j < value.length; j++) {
        judge.exact(i * value.length + j, value[j], output[i * value.length + j]);
      }
    }
    return judge.judgement();
  }
}
