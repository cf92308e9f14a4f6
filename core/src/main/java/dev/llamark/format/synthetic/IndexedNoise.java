package dev.llamark.format.synthetic;

/**
 * Near-normal random numbers, each computed from its index alone, so that threads may share the
 * work in any way. Number {@code i} is the sum of the four 16-bit parts of a SplitMix64 hash of
 * {@code key + i·γ} (Steele, Lea, Flood, OOPSLA 2014), which is bell-shaped and ends at 3.46
 * deviations (Irwin–Hall).
 */
final class IndexedNoise {

  private static final long GAMMA = 0x9E3779B97F4A7C15L;
  private static final int MEAN = 2 * 0xFFFF;

  /** Of the sum of four whole numbers, each even over 0 … 65535. */
  private static final double DEVIATION = Math.sqrt(4 * (65536.0 * 65536.0 - 1) / 12);

  private final long key;

  /** The numbers of one tensor; other seeds and other tensors have others. */
  IndexedNoise(long seed, String tensor) {
    long hash = mix(seed + GAMMA);
    for (int i = 0; i < tensor.length(); i++) {
      hash = mix(hash + GAMMA * (tensor.charAt(i) + 1));
    }
    this.key = hash;
  }

  /** Fills {@code out} with the numbers from index {@code first}, scaled to the deviation. */
  void fill(long first, double deviation, float[] out) {
    float scale = (float) (deviation / DEVIATION);
    long counter = key + first * GAMMA;
    for (int i = 0; i < out.length; i++) {
      out[i] = (sum(mix(counter)) - MEAN) * scale;
      counter += GAMMA;
    }
  }

  private static int sum(long parts) {
    long pairs = (parts & 0xFFFF0000FFFFL) + (parts >>> 16 & 0xFFFF0000FFFFL);
    return (int) pairs + (int) (pairs >>> 32);
  }

  private static long mix(long z) {
    z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
    z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
    return z ^ z >>> 31;
  }
}
