package dev.llamark.kernel.vector;

import dev.llamark.tensor.DType;

/**
 * How a panel of a quantised type lies in memory; every field is (… × output). First the heads, all
 * blocks' half floats d, and dmin where the type has one; then the bytes of all parts' scales and
 * of all their minima where they have them, four parts to an int; then the numbers. An int holds as
 * many consecutive numbers of one output as fit into it whole, the first lowest: one load serves
 * them all. What a part has beyond its ints are the rests, bytes, the first lowest, four to an int.
 *
 * <p>Numbers are packed as they are, from 0 on; {@link #centre} is to be subtracted.
 *
 * @param blockInputs inputs of a block
 * @param partInputs inputs of a part
 * @param minimum whether there is a minimum, to be added in types of 32 and subtracted in types of
 *     256 inputs
 * @param partScales whether parts have scales of their own
 * @param bits of a number: 4, 5, 6 or 8
 */
record PanelLayout(int blockInputs, int partInputs, boolean minimum, boolean partScales, int bits) {

  /** Rests are bytes, whatever the bits of a number. */
  private static final int RESTS_PER_INT = Integer.BYTES;

  /** The layout of a quantised type. */
  static PanelLayout of(DType dtype) {
    return switch (dtype) {
      case Q8_0 -> new PanelLayout(32, 32, false, false, 8);
      case Q4_0 -> new PanelLayout(32, 32, false, false, 4);
      case Q4_1 -> new PanelLayout(32, 32, true, false, 4);
      case Q5_0 -> new PanelLayout(32, 32, false, false, 5);
      case Q5_1 -> new PanelLayout(32, 32, true, false, 5);
      case Q4_K -> new PanelLayout(256, 32, true, true, 4);
      case Q5_K -> new PanelLayout(256, 32, true, true, 5);
      case Q6_K -> new PanelLayout(256, 16, false, true, 6);
      case F32, F16, BF16 -> throw new IllegalArgumentException(dtype.id() + " has no blocks");
    };
  }

  /** Parts of a block. */
  int parts() {
    return blockInputs / partInputs;
  }

  /** Half floats of a block, for one output. */
  int heads() {
    return minimum ? 2 : 1;
  }

  /** Bytes of a part's scale and minimum, for one output. */
  int partScaleBytes() {
    return partScales ? heads() : 0;
  }

  /** Numbers in an int. */
  int numbersPerInt() {
    return Integer.SIZE / bits;
  }

  /** Ints of a part, for one output. */
  int intsPerPart() {
    return partInputs / numbersPerInt();
  }

  /** Numbers of a part beyond its ints, for one output. */
  int rests() {
    return partInputs % numbersPerInt();
  }

  /** What is to be subtracted from numbers: they lie on both sides of 0 if there is no minimum. */
  int centre() {
    return minimum ? 0 : 1 << bits - 1;
  }

  /** Bytes of all heads of a row, for one output. */
  int headBytes(int columns) {
    return columns / blockInputs * heads() * Short.BYTES;
  }

  /** Bytes of heads and scales of a row, for one output; the numbers follow. */
  int numbersAt(int columns) {
    return headBytes(columns) + columns / partInputs * partScaleBytes();
  }

  /** Bytes before the rests of a row, for one output. */
  int restsAt(int columns) {
    return numbersAt(columns) + columns / partInputs * intsPerPart() * Integer.BYTES;
  }

  /** Ints of the rests of a row, for one output. */
  int restInts(int columns) {
    return Math.ceilDiv(columns / partInputs * rests(), RESTS_PER_INT);
  }

  /** Bytes of a row, for one output. */
  int rowBytes(int columns) {
    return restsAt(columns) + restInts(columns) * Integer.BYTES;
  }
}
