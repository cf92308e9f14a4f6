package dev.llamark.kernel;

import static dev.llamark.kernel.Operation.ATTENTION;

/**
 * Causal attention of grouped queries over a KV cache (Vaswani et al., arXiv 1706.03762, equation
 * 1; grouped queries: Ainslie et al., arXiv 2305.13245). Query head {@code h} reads KV head {@code
 * h / (heads / kvHeads)}; the token at position {@code p} attends to positions 0 to {@code p}:
 *
 * <pre>{@code out = softmax(scale · q · Kᵀ) · V}</pre>
 */
public non-sealed interface Attention extends Kernel {

  @Override
  default Operation operation() {
    return ATTENTION;
  }

  /**
   * Checks the operands, then attends. The cache already holds the keys and values of the tokens
   * themselves. {@code out} and {@code q} share nothing.
   *
   * @param q rotated queries, (tokens × heads × headDim)
   * @param cache keys and values of positions 0 to {@code firstPosition + tokens - 1}
   * @param firstPosition position of the first token, and so the number of tokens before it
   * @param tokens number of query tokens
   * @param heads number of query heads, a multiple of the cache's KV heads
   * @param scale factor of the scores, usually {@code 1/√headDim}
   * @param out result, (tokens × heads × headDim)
   * @throws IllegalArgumentException if an operand is too short, overlaps another, or is out of
   *     range
   */
  default void apply(
      float[] q,
      int qOffset,
      KeyValues cache,
      int firstPosition,
      int tokens,
      int heads,
      float scale,
      float[] out,
      int outOffset) {
    Operands.positive(ATTENTION, "tokens", tokens);
    Operands.positive(ATTENTION, "heads", heads);
    if (heads % cache.kvHeads() != 0) {
      throw Operands.refused(
          ATTENTION,
          "heads must be a multiple of the cache's %d KV heads, but are %d",
          cache.kvHeads(),
          heads);
    }
    if (firstPosition < 0 || (long) firstPosition + tokens > cache.capacity()) {
      throw Operands.refused(
          ATTENTION,
          "positions %d to %d must lie within the cache's capacity of %d",
          firstPosition,
          (long) firstPosition + tokens - 1,
          cache.capacity());
    }
    long n = (long) tokens * heads * cache.headDim();
    Operands.elements(ATTENTION, "q", q, qOffset, n);
    Operands.elements(ATTENTION, "out", out, outOffset, n);
    Operands.disjoint(ATTENTION, "q", q, qOffset, n, "out", out, outOffset, n);
    compute(q, qOffset, cache, firstPosition, tokens, heads, scale, out, outOffset);
  }

  /** The kernel itself: see {@link #apply}, which has checked the operands. */
  void compute(
      float[] q,
      int qOffset,
      KeyValues cache,
      int firstPosition,
      int tokens,
      int heads,
      float scale,
      float[] out,
      int outOffset);
}
