package dev.llamark.oracle;

import dev.llamark.model.Tap;

/** As {@link dev.llamark.model.TapListener}, for the model in double. */
@FunctionalInterface
public interface OracleTapListener {

  /** Sees nothing. */
  OracleTapListener NONE = (tap, layer, values, rows, columns) -> {};

  /**
   * A step has been done. What the listener writes into {@code values} is what the following steps
   * read.
   *
   * @param tap the step
   * @param layer the block, from 0; −1 outside the blocks
   * @param values the live result, (rows × columns)
   * @param rows number of tokens
   * @param columns elements per token
   */
  void after(Tap tap, int layer, double[] values, int rows, int columns);
}
