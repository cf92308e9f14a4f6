package dev.llamark.verify.trace;

/**
 * What is kept of many numbers to tell whether others are the same and, if not, how far they are: a
 * checksum of the bits, the norm, and {@link #COUNT} sums under fixed random signs. Over the signs,
 * the mean of such a sum's square is the sum of squares (Alon, Matias, Szegedy, "The space
 * complexity of approximating the frequency moments", 1996, section 2.2), so the squared
 * differences of two sketches' sums estimate the squared distance of what was sketched. Norms alone
 * would not see a rotation.
 *
 * @param checksum of all bits, in their order; every NaN counts as the same
 * @param norm the root of the sum of squares
 * @param sums {@link #COUNT} of them
 */
public record Sketch(long checksum, double norm, double[] sums) {

  /** Number of sums. */
  public static final int COUNT = 8;

  /** Takes numbers, batch by batch. */
  public static final class Builder {
    private final double[] sums = new double[COUNT];
    private long index;
    private long checksum;
    private double squares;

    /** Appends {@code count} numbers from {@code offset} on. */
    public Builder add(float[] values, int offset, int count) {
      for (int i = offset; i < offset + count; i++) {
        add(values[i]);
      }
      return this;
    }

    private void add(float value) {
      // Each step is invertible: no single change leaves the checksum as it was
      long next = checksum ^ Float.floatToIntBits(value);
      checksum = Long.rotateLeft(next, 29) * 0x9E3779B97F4A7C15L;
      squares += (double) value * value;
      long signs = mixed(index++);
      for (int k = 0; k < COUNT; k++) {
        sums[k] += (signs >>> k & 1) == 0 ? value : -value;
      }
    }

    /** A sketch of all numbers so far. */
    public Sketch build() {
      return new Sketch(checksum, Math.sqrt(squares), sums.clone());
    }
  }

  /** The finalizer of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014). */
  private static long mixed(long index) {
    long z = (index + 1) * 0x9E3779B97F4A7C15L;
    z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
    z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
    return z ^ z >>> 31;
  }

  /** Of numbers that are all there. */
  public static Sketch of(float[] values, int offset, int count) {
    return new Builder().add(values, offset, count).build();
  }

  /** Whether the numbers have the same bits, in the same order. */
  public boolean sameBits(Sketch other) {
    return checksum == other.checksum;
  }

  /** Estimate of Σ(this − other)². */
  public double squaredDistance(Sketch other) {
    double sum = 0;
    for (int k = 0; k < COUNT; k++) {
      double d = sums[k] - other.sums[k];
      sum += d * d;
    }
    return sum / COUNT;
  }

  /** Estimate of Σ(this − expected)² / Σ expected²; 0 where the bits are the same. */
  public double nmse(Sketch expected) {
    if (sameBits(expected)) {
      return 0;
    }
    return squaredDistance(expected) / (expected.norm * expected.norm);
  }
}
