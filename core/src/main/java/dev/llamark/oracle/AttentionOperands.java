package dev.llamark.oracle;

import dev.llamark.kernel.Kernels;
import dev.llamark.kernel.KeyValues;
import dev.llamark.run.InputException;
import dev.llamark.tensor.DType;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Queries, and a cache that is larger than what it holds: its unused positions are NaN.
 *
 * @param tokens number of query tokens
 * @param past position of the first of them
 * @param scale factor of the scores
 * @param q (tokens × heads × headDim)
 */
record AttentionOperands(int tokens, int heads, int past, float scale, float[] q, KeyValues cache) {

  private static final int UNUSED_POSITIONS = 3;

  /** Sizes of a case, checked. */
  record Sizes(int tokens, int heads, int kvHeads, int headDim, int past) {

    static Sizes of(CaseId id) {
      int[] sizes = id.sizes(0, "tokens", "heads", "kvHeads", "headDim", "past");
      if (sizes[1] % sizes[2] != 0) {
        throw new InputException(
            "case '%s': heads must be a multiple of kvHeads = %d, but are %d"
                .formatted(id, sizes[2], sizes[1]));
      }
      double positions = (double) sizes[4] + sizes[0];
      double rows = Math.max((double) sizes[0] * sizes[1], positions * sizes[2]);
      if (rows * sizes[3] > CaseId.MOST_ELEMENTS) {
        throw new InputException(
            "case '%s': queries, keys and values may have at most %d elements, but have %.0f"
                .formatted(id, CaseId.MOST_ELEMENTS, rows * sizes[3]));
      }
      return new Sizes(sizes[0], sizes[1], sizes[2], sizes[3], sizes[4]);
    }

    /** Positions that the cache holds. */
    int positions() {
      return past + tokens;
    }

    int kvElements() {
      return positions() * kvHeads * headDim;
    }

    int queryElements() {
      return tokens * heads * headDim;
    }
  }

  /**
   * Operands as the options {@code fill}, {@code keys}, {@code values}, {@code later} and {@code
   * kv} want them.
   */
  static AttentionOperands of(CaseId id, Sizes sizes) {
    SplittableRandom random = new SplittableRandom(id.seed());
    float[] q = fill(id, "fill").values(sizes.queryElements(), random);
    float[] k = fill(id, "keys").values(sizes.kvElements(), random);
    float[] v = fill(id, "values").values(sizes.kvElements(), random);
    if (!id.option("later", "").isEmpty()) {
      float odd = later(id).value;
      int from = (sizes.positions() - sizes.tokens() / 2) * sizes.kvHeads() * sizes.headDim();
      Arrays.fill(k, from, k.length, odd);
      Arrays.fill(v, from, v.length, odd);
    }
    return of(id, sizes, q, k, v);
  }

  /** What the later half of the tokens have as keys and values. */
  private enum Later {
    NAN(Float.NaN),
    INFINITY(Float.POSITIVE_INFINITY);

    private final float value;

    Later(float value) {
      this.value = value;
    }
  }

  private static Later later(CaseId id) {
    return id.enumOption("later", Later.class, Later.NAN);
  }

  private static Fill fill(CaseId id, String option) {
    return id.enumOption(option, Fill.class, Fill.NORMAL);
  }

  /**
   * @param k keys, (positions × kvHeads × headDim)
   * @param v values, (positions × kvHeads × headDim)
   */
  static AttentionOperands of(CaseId id, Sizes sizes, float[] q, float[] k, float[] v) {
    KeyValues cache =
        new KeyValues(
            DType.of(id.option("kv", "f32")),
            sizes.kvHeads(),
            sizes.positions() + UNUSED_POSITIONS,
            sizes.headDim());
    float[] unused = new float[UNUSED_POSITIONS * sizes.kvHeads() * sizes.headDim()];
    Arrays.fill(unused, Float.NaN);
    cache.store(k, 0, v, 0, 0, sizes.positions());
    cache.store(unused, 0, unused, 0, sizes.positions(), UNUSED_POSITIONS);
    float scale = (float) (1 / Math.sqrt(sizes.headDim()));
    return new AttentionOperands(sizes.tokens(), sizes.heads(), sizes.past(), scale, q, cache);
  }

  /** Runs the kernel; returns (tokens × heads × headDim). */
  float[] run(Kernels kernels, GuardedOperands operands) {
    var queries = operands.input("q", q);
    var out = operands.output("out", q.length);
    operands.unchanged("the cache's keys", cache.keys(), cache.halfKeys());
    operands.unchanged("the cache's values", cache.values(), cache.halfValues());
    kernels
        .attention()
        .apply(
            queries.array(),
            queries.offset(),
            cache,
            past,
            tokens,
            heads,
            scale,
            out.array(),
            out.offset());
    return out.values();
  }

  /** Positions that a token sees: those before it and its own. */
  int visible(int token) {
    return past + token + 1;
  }

  int kvHead(int head) {
    return head / (heads / cache.kvHeads());
  }

  Judge judge() {
    return new Judge(tokens, heads, cache.headDim());
  }
}
