package dev.llamark.kernel.vector;

import dev.llamark.tensor.DType;

/**
 * How the blocks of a quantised type lie in a panel of {@code width} outputs. A block begins with
 * what its parts share, a half float d, and dmin where the type has one, for each output; then come
 * its parts. A part holds for each output a byte of scale and of minimum where the type has them,
 * an int of upper bits where it has them, and then its numbers: bytes, (input × output), or
 * half-bytes, (input pair × output), with input j in the lower and input j + half a part in the
 * upper half. Every field but the numbers takes as many bits as in the file, and so does the whole.
 *
 * @param blockInputs inputs of a block
 * @param partInputs inputs of a part
 * @param minimum whether there is a minimum, to be added in types of 32 and subtracted in types of
 *     256 inputs
 * @param partScales whether parts have scales of their own
 * @param upperBits bits beyond a half-byte, 0 to 2
 * @param bytes whether numbers are whole bytes
 * @param centre what is subtracted from a number
 */
record PanelLayout(
    int blockInputs,
    int partInputs,
    boolean minimum,
    boolean partScales,
    int upperBits,
    boolean bytes,
    int centre) {

  /** The layout of a quantised type. */
  static PanelLayout of(DType dtype) {
    return switch (dtype) {
      case Q8_0 -> new PanelLayout(32, 32, false, false, 0, true, 0);
      case Q4_0 -> new PanelLayout(32, 32, false, false, 0, false, 8);
      case Q4_1 -> new PanelLayout(32, 32, true, false, 0, false, 0);
      case Q5_0 -> new PanelLayout(32, 32, false, false, 1, false, 16);
      case Q5_1 -> new PanelLayout(32, 32, true, false, 1, false, 0);
      case Q4_K -> new PanelLayout(256, 32, true, true, 0, false, 0);
      case Q5_K -> new PanelLayout(256, 32, true, true, 1, false, 0);
      case Q6_K -> new PanelLayout(256, 16, false, true, 2, false, 32);
      case F32, F16, BF16 -> throw new IllegalArgumentException(dtype.id() + " has no blocks");
    };
  }

  int parts() {
    return blockInputs / partInputs;
  }

  /** Bytes of a block's head, for one output. */
  int headBytes() {
    return minimum ? 4 : 2;
  }

  /** Bytes of a part's scale and minimum, for one output. */
  int partScaleBytes() {
    if (!partScales) {
      return 0;
    }
    return minimum ? 2 : 1;
  }

  /** Bytes of a part's upper bits, for one output. */
  int upperBytes() {
    return upperBits > 0 ? Integer.BYTES : 0;
  }

  /** Bytes of a part's numbers, for one output. */
  int numberBytes() {
    return bytes ? partInputs : partInputs / 2;
  }

  /** Bytes of a part, for one output. */
  int partBytes() {
    return partScaleBytes() + upperBytes() + numberBytes();
  }

  /** Bytes of a block, for one output. */
  int blockBytes() {
    return headBytes() + parts() * partBytes();
  }
}
