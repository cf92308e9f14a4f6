package dev.llamark.model;

/**
 * Sees the forward pass at work. It is called after each step, once per batch of tokens, in the
 * order of {@link Tap} within a layer.
 */
@FunctionalInterface
public interface TapListener {

  /** Sees nothing, costs nothing. */
  TapListener NONE = (tap, layer, values, rows, columns) -> {};

  /**
   * A step has been done. What the listener writes into {@code values} is what the following steps
   * read, so that a step can be fed with the input of another implementation.
   *
   * @param tap the step
   * @param layer the block, from 0; −1 outside the blocks
   * @param values the live result, (rows × columns) from index 0; longer arrays have unused ends
   * @param rows number of tokens in this batch
   * @param columns elements per token
   */
  void after(Tap tap, int layer, float[] values, int rows, int columns);
}
