package dev.llamark.kernel.vector;

/**
 * How a number of an int is made a float where it stands, without a shift or a conversion. Where
 * all bits but its own are those of the float 2^(23 − place), the float is {@code 2^(23 − place) +
 * number}; subtracting the former, and what else is to be subtracted, rounds nothing. It takes two
 * instructions of many units each, while shifts and conversions have two units.
 */
final class Digits {

  /** Bits of a float's fraction, within which a number must lie. */
  private static final int FRACTION = 23;

  private static final int BIAS = 127;

  private Digits() {}

  /** The bits of the float 2^(23 − place). */
  static int base(int place) {
    return BIAS + FRACTION - place << FRACTION;
  }

  /**
   * The bits of each number within a float's fraction. An array, because constants would be loaded
   * anew at every use.
   */
  static int[] masks(int bits) {
    int[] masks = new int[FRACTION / bits];
    for (int i = 0; i < masks.length; i++) {
      masks[i] = (1 << bits) - 1 << i * bits;
    }
    return masks;
  }
}
