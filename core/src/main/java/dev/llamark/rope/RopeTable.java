package dev.llamark.rope;

/**
 * Cosines and sines of the rotary angles, (positions × pairs) each. Angles are computed and reduced
 * in double and only then rounded to float; the attention factor of the scaling is multiplied in.
 *
 * <p>A table is made for sequences of one length, and {@link #serves} tells which other lengths it
 * is right for: any that it has rows for, unless the scaling depends on the length. A model keeps a
 * table as long as it serves, and makes another for a sequence that it does not serve; sequences
 * begun keep theirs.
 */
public final class RopeTable {

  /** What a pair is turned by in a row of the table, in radians. */
  @FunctionalInterface
  private interface Angles {
    double at(int row, int pair);
  }

  private final int positions;
  private final int pairs;
  private final float[] cosines;
  private final float[] sines;
  private final Angles angles;
  private final double attentionFactor;
  private final RopeScaling scaling;

  private RopeTable(int positions, float[] cosines, float[] sines) {
    this.positions = positions;
    this.pairs = cosines.length / positions;
    this.cosines = cosines;
    this.sines = sines;
    this.angles = null;
    this.attentionFactor = 1;
    this.scaling = new RopeScaling.None();
  }

  private RopeTable(int positions, int pairs, Angles angles, RopeScaling scaling) {
    requireSize(positions, pairs);
    this.positions = positions;
    this.pairs = pairs;
    this.cosines = new float[positions * pairs];
    this.sines = new float[positions * pairs];
    this.angles = angles;
    this.attentionFactor = scaling.attentionFactor();
    this.scaling = scaling;
    for (int row = 0, i = 0; row < positions; row++) {
      for (int pair = 0; pair < pairs; pair++, i++) {
        cosines[i] = (float) cosine(row, pair);
        sines[i] = (float) sine(row, pair);
      }
    }
  }

  /**
   * The table of a model, for sequences of {@code positions} positions.
   *
   * @param scaling how the frequencies are scaled
   * @param theta base of the frequencies
   * @param rotaryDim number of rotated elements per head, even, at least 2
   * @param positions number of positions, from 0; where the scaling depends on it, also the length
   *     of the sequence for which frequencies are chosen
   */
  public static RopeTable of(RopeScaling scaling, double theta, int rotaryDim, int positions) {
    requireEven(rotaryDim);
    double[] frequencies = scaling.inverseFrequencies(theta, rotaryDim, positions);
    return new RopeTable(
        positions, frequencies.length, (row, pair) -> row * frequencies[pair], scaling);
  }

  /**
   * A table of given cosines and sines, (positions × pairs) each, which are taken as they are: one
   * read from a file, one with other angles per token, or one for a test.
   */
  public static RopeTable of(float[] cosines, float[] sines, int positions) {
    if (cosines.length != sines.length || positions < 1 || cosines.length % positions != 0) {
      throw new IllegalArgumentException(
          "RopeTable: %d cosines and %d sines do not make rows for %d positions"
              .formatted(cosines.length, sines.length, positions));
    }
    requireSize(positions, cosines.length / positions);
    return new RopeTable(positions, cosines, sines);
  }

  /**
   * Multimodal positions (M-RoPE; Qwen2-VL, arXiv 2409.12191, section 2.1): a token has several
   * coordinates, such as time, row and column, and each section of the pairs turns by one of them.
   * Rows of the table are tokens, so token t of the batch is rotated at position t.
   *
   * @param scaling how the frequencies are scaled; where it depends on the length, for a sequence
   *     that ends at the largest coordinate
   * @param theta base of the frequencies
   * @param sections number of pairs of each coordinate, such as 16, 24, 24; together all pairs
   * @param coordinates of the tokens, (sections × tokens), not negative
   */
  public static RopeTable ofSections(
      RopeScaling scaling, double theta, int[] sections, int[][] coordinates) {
    int tokens = requireTokens("sections", sections.length, coordinates);
    int[] coordinateOfPair = coordinateOfPair(sections);
    int pairs = coordinateOfPair.length;
    int length = largest(coordinates) + 1;
    double[] frequencies = scaling.inverseFrequencies(theta, 2 * pairs, length);
    return new RopeTable(
        tokens,
        pairs,
        (token, pair) -> coordinates[coordinateOfPair[pair]][token] * frequencies[pair],
        scaling);
  }

  /**
   * Positions in an image (as the vision part of Qwen2-VL, arXiv 2409.12191, has them): the first
   * half of the pairs turns by the row of a patch and the second by its column, each half with the
   * frequencies {@code theta^(−4j/rotaryDim)}. Rows of the table are patches.
   *
   * @param theta base of the frequencies
   * @param rotaryDim number of rotated elements per head, a multiple of 4
   * @param coordinates of the patches, (2 × patches): rows, then columns
   */
  public static RopeTable ofImage(double theta, int rotaryDim, int[][] coordinates) {
    if (rotaryDim < 4 || rotaryDim % 4 != 0) {
      throw new IllegalArgumentException(
          "RopeTable: rotary dimension of an image must be a positive multiple of 4, but is "
              + rotaryDim);
    }
    int patches = requireTokens("axes", 2, coordinates);
    int half = rotaryDim / 4;
    RopeScaling scaling = new RopeScaling.None();
    double[] frequencies = scaling.inverseFrequencies(theta, rotaryDim / 2);
    return new RopeTable(
        patches,
        2 * half,
        (patch, pair) -> coordinates[pair / half][patch] * frequencies[pair % half],
        scaling);
  }

  private static int[] coordinateOfPair(int[] sections) {
    int pairs = 0;
    for (int section : sections) {
      if (section < 0) {
        throw new IllegalArgumentException(
            "RopeTable: a section must not be negative, but is " + section);
      }
      pairs += section;
    }
    int[] coordinates = new int[pairs];
    for (int section = 0, pair = 0; section < sections.length; section++) {
      for (int i = 0; i < sections[section]; i++) {
        coordinates[pair++] = section;
      }
    }
    return coordinates;
  }

  private static int requireTokens(String what, int expected, int[][] coordinates) {
    if (coordinates.length != expected) {
      throw new IllegalArgumentException(
          "RopeTable: coordinates must be %d per token, one for each of the %s, but are %d"
              .formatted(expected, what, coordinates.length));
    }
    int tokens = expected == 0 ? 0 : coordinates[0].length;
    for (int[] coordinate : coordinates) {
      if (coordinate.length != tokens) {
        throw new IllegalArgumentException(
            "RopeTable: all coordinates must be of %d tokens, but one is of %d"
                .formatted(tokens, coordinate.length));
      }
    }
    return tokens;
  }

  private static int largest(int[][] coordinates) {
    int largest = 0;
    for (int[] coordinate : coordinates) {
      for (int value : coordinate) {
        if (value < 0) {
          throw new IllegalArgumentException(
              "RopeTable: a coordinate must not be negative, but is " + value);
        }
        largest = Math.max(largest, value);
      }
    }
    return largest;
  }

  private static void requireEven(int rotaryDim) {
    if (rotaryDim < 2 || rotaryDim % 2 != 0) {
      throw new IllegalArgumentException(
          "RopeTable: rotary dimension must be even and at least 2, but is " + rotaryDim);
    }
  }

  private static void requireSize(int positions, int pairs) {
    if (positions < 1 || pairs < 1 || (long) positions * pairs > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "RopeTable: %d positions x %d pairs must be positive and below 2^31"
              .formatted(positions, pairs));
    }
  }

  /** Whether this table is right for a sequence of {@code length} positions from 0. */
  public boolean serves(int length) {
    return length <= positions && scaling.sameFrequencies(positions, length);
  }

  /** Number of positions, from 0; of tokens, where each has a row of its own. */
  public int positions() {
    return positions;
  }

  /** Number of rotated pairs per head. */
  public int pairs() {
    return pairs;
  }

  /** Number of rotated elements per head. */
  public int rotaryDim() {
    return 2 * pairs;
  }

  /** By which all cosines and sines are multiplied, so that rotations lengthen by it. */
  public double attentionFactor() {
    return attentionFactor;
  }

  /** (positions × pairs). Read only. */
  public float[] cosines() {
    return cosines;
  }

  /** (positions × pairs). Read only. */
  public float[] sines() {
    return sines;
  }

  /** The cosine before it was rounded to float, where the table was computed. */
  public double cosine(int position, int pair) {
    return angles == null
        ? cosines[position * pairs + pair]
        : attentionFactor * Math.cos(angles.at(position, pair));
  }

  /** The sine before it was rounded to float, where the table was computed. */
  public double sine(int position, int pair) {
    return angles == null
        ? sines[position * pairs + pair]
        : attentionFactor * Math.sin(angles.at(position, pair));
  }
}
