package dev.llamark.verify.mutant;

import dev.llamark.kernel.Attention;
import java.util.Arrays;
import java.util.function.IntUnaryOperator;

/** Attention with a fault. */
final class AttentionMutants {

  /** Elements of a vector, whose remainder a kernel may forget. */
  private static final int LANES = 8;

  private AttentionMutants() {}

  static Attention zeros() {
    return (q, qOffset, cache, first, tokens, heads, scale, out, outOffset) ->
        Arrays.fill(out, outOffset, outOffset + tokens * heads * cache.headDim(), 0);
  }

  /** A token sees the next one too, as far as there is one. */
  static Attention nextSeen(Attention right) {
    return shifted(right, 1);
  }

  /** A token does not see itself, but for the first of all. */
  static Attention ownHidden(Attention right) {
    return shifted(right, -1);
  }

  private static Attention shifted(Attention right, int shift) {
    return (q, qOffset, cache, first, tokens, heads, scale, out, outOffset) -> {
      for (int token = 0; token < tokens; token++) {
        int at = token * heads * cache.headDim();
        int position = Math.clamp(first + token + shift, 0, first + tokens - 1);
        right.compute(q, qOffset + at, cache, position, 1, heads, scale, out, outOffset + at);
      }
    };
  }

  /** Head h reads KV head h modulo their number, not h divided by the size of a group. */
  static Attention kvHeadByModulo(Attention right) {
    return (q, qOffset, cache, first, tokens, heads, scale, out, outOffset) -> {
      int kvHeads = cache.kvHeads();
      IntUnaryOperator slot = h -> h % kvHeads * (heads / kvHeads) + h / kvHeads;
      int dim = cache.headDim();
      float[] moved = new float[tokens * heads * dim];
      float[] result = new float[moved.length];
      for (int i = 0; i < tokens * heads; i++) {
        int to = i - i % heads + slot.applyAsInt(i % heads);
        System.arraycopy(q, qOffset + i * dim, moved, to * dim, dim);
      }
      right.compute(moved, 0, cache, first, tokens, heads, scale, result, 0);
      for (int i = 0; i < tokens * heads; i++) {
        int from = i - i % heads + slot.applyAsInt(i % heads);
        System.arraycopy(result, from * dim, out, outOffset + i * dim, dim);
      }
    };
  }

  /** Scores end with the last whole vector of a head. */
  static Attention tailDropped(Attention right) {
    return (q, qOffset, cache, first, tokens, heads, scale, out, outOffset) -> {
      int dim = cache.headDim();
      float[] cut = Arrays.copyOfRange(q, qOffset, qOffset + tokens * heads * dim);
      for (int i = 0; i < cut.length; i++) {
        if (i % dim >= dim - dim % LANES) {
          cut[i] = 0;
        }
      }
      right.compute(cut, 0, cache, first, tokens, heads, scale, out, outOffset);
    };
  }
}
