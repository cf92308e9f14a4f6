package dev.llamark.rope;

/**
 * Cosines and sines of the rotary angles, (positions × pairs) each. Angles are computed and reduced
 * in double and only then rounded to float; the attention factor of the scaling is multiplied in.
 */
public final class RopeTable {

  private final int positions;
  private final int pairs;
  private final float[] cosines;
  private final float[] sines;
  private final double[] inverseFrequencies;
  private final double attentionFactor;

  private RopeTable(
      int positions,
      float[] cosines,
      float[] sines,
      double[] inverseFrequencies,
      double attentionFactor) {
    this.positions = positions;
    this.pairs = cosines.length / positions;
    this.cosines = cosines;
    this.sines = sines;
    this.inverseFrequencies = inverseFrequencies;
    this.attentionFactor = attentionFactor;
  }

  /**
   * The table of a model.
   *
   * @param scaling how the frequencies are scaled
   * @param theta base of the frequencies
   * @param rotaryDim number of rotated elements per head, even, at least 2
   * @param positions number of positions, from 0
   */
  public static RopeTable of(RopeScaling scaling, double theta, int rotaryDim, int positions) {
    if (rotaryDim < 2 || rotaryDim % 2 != 0) {
      throw new IllegalArgumentException(
          "RopeTable: rotary dimension must be even and at least 2, but is " + rotaryDim);
    }
    double[] frequencies = scaling.inverseFrequencies(theta, rotaryDim);
    double factor = scaling.attentionFactor();
    requireSize(positions, frequencies.length);
    float[] cosines = new float[positions * frequencies.length];
    float[] sines = new float[positions * frequencies.length];
    for (int position = 0, i = 0; position < positions; position++) {
      for (int j = 0; j < frequencies.length; j++, i++) {
        double angle = position * frequencies[j];
        cosines[i] = (float) (factor * Math.cos(angle));
        sines[i] = (float) (factor * Math.sin(angle));
      }
    }
    return new RopeTable(positions, cosines, sines, frequencies, factor);
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
    return new RopeTable(positions, cosines, sines, null, 1);
  }

  private static void requireSize(int positions, int pairs) {
    if (positions < 1 || pairs < 1 || (long) positions * pairs > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "RopeTable: %d positions x %d pairs must be positive and below 2^31"
              .formatted(positions, pairs));
    }
  }

  /** Number of positions, from 0. */
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
    return inverseFrequencies == null
        ? cosines[position * pairs + pair]
        : attentionFactor * Math.cos(position * inverseFrequencies[pair]);
  }

  /** The sine before it was rounded to float, where the table was computed. */
  public double sine(int position, int pair) {
    return inverseFrequencies == null
        ? sines[position * pairs + pair]
        : attentionFactor * Math.sin(position * inverseFrequencies[pair]);
  }
}
