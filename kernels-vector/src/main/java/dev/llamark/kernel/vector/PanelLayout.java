package dev.llamark.kernel.vector;

import dev.llamark.tensor.DType;

/**
 * What a panel of a quantised type consists of: sections of {@link #SECTION} inputs, the last of
 * which may be shorter. A section has fields and numbers, each of them (… × output); {@link
 * SectionPlaces} says where they lie, and how far apart the vectors of a number's outputs. The
 * first fields are the heads, its blocks' half floats d and then those of the minima where the type
 * has them; then come the bytes of its parts' scales and then of their minima where they have them,
 * four parts to an int; then the rests. An int holds as many consecutive numbers of one output as
 * fit into it whole, the first lowest: one load serves them all. What a part has beyond its ints
 * are the rests, bytes, the first lowest, four to an int. They are no part of the numbers, so that
 * these are read by the same instructions from the first to the last.
 *
 * <p>Were all scales of a row made floats before its numbers are read, they would have to be kept
 * while the numbers push them out of the first-level cache, and a core that reads both back and
 * from memory reads memory a third slower: so they are read section by section, wherever they lie.
 *
 * <p>Numbers are packed as they are, from 0 on; {@link #centre} is to be subtracted.
 *
 * @param width outputs of a panel
 * @param blockInputs inputs of a block
 * @param partInputs inputs of a part
 * @param minimum whether there is a minimum, to be added in types of 32 and subtracted in types of
 *     256 inputs
 * @param partScales whether parts have scales of their own
 * @param bits of a number: 4, 5, 6 or 8
 */
record PanelLayout(
    int width, int blockInputs, int partInputs, boolean minimum, boolean partScales, int bits) {

  /** Inputs of a section: a block of the types whose blocks are largest. */
  static final int SECTION = 256;

  /** Rests are bytes, whatever the bits of a number. */
  private static final int RESTS_PER_INT = Integer.BYTES;

  /** The layout of a quantised type in panels of so many outputs. */
  static PanelLayout of(DType dtype, int width) {
    return switch (dtype) {
      case Q8_0 -> new PanelLayout(width, 32, 32, false, false, 8);
      case Q4_0 -> new PanelLayout(width, 32, 32, false, false, 4);
      case Q4_1 -> new PanelLayout(width, 32, 32, true, false, 4);
      case Q5_0 -> new PanelLayout(width, 32, 32, false, false, 5);
      case Q5_1 -> new PanelLayout(width, 32, 32, true, false, 5);
      case Q4_K -> new PanelLayout(width, 256, 32, true, true, 4);
      case Q5_K -> new PanelLayout(width, 256, 32, true, true, 5);
      case Q6_K -> new PanelLayout(width, 256, 16, false, true, 6);
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

  /**
   * Where each of a section's fields begins, in bytes from the first; the heads are first.
   *
   * @param inputs of the section
   * @param parts of the section
   * @param minimumHeads the half floats of the minima
   * @param scales the bytes of the parts' scales
   * @param minima the bytes of the parts' minima
   * @param rests the ints of the parts' rests
   * @param bytes of all these fields
   * @param steps of its numbers: as many ints as three vectors hold
   */
  record Section(
      int inputs,
      int parts,
      int minimumHeads,
      int scales,
      int minima,
      int rests,
      int bytes,
      int steps) {}

  /** A section of so many inputs. */
  Section section(int inputs) {
    int parts = inputs / partInputs;
    int headBytes = inputs / blockInputs * Short.BYTES * width;
    int scaleBytes = partScales ? parts * width : 0;
    int scales = VectorWeights.align(heads() * headBytes);
    int restsFrom = VectorWeights.align(scales + heads() * scaleBytes);
    int restInts = rests() == 0 ? 0 : Math.ceilDiv(parts, partsPerRests());
    int bytes = VectorWeights.align(restsFrom + restInts * width * Integer.BYTES);
    int steps = parts * intsPerPart() * width / VectorWeights.WIDTH;
    return new Section(
        inputs, parts, headBytes, scales, scales + scaleBytes, restsFrom, bytes, steps);
  }

  /** Parts whose rests share an int; they lie together. 0 if there are none. */
  int partsPerRests() {
    return rests() == 0 ? 0 : RESTS_PER_INT / rests();
  }

  /** Index of a part's first int in its section, for one output. */
  int intAt(int part) {
    return part * intsPerPart();
  }

  /** Index of the int that holds a part's rests, among the ints of the rests, for one output. */
  int restInt(int part) {
    return part / partsPerRests();
  }
}
