package dev.llamark.kernel.vector;

/**
 * How many elements of an element-wise operation make a part of a region: as many as leave every
 * thread a few parts, so that none is waited for long. Threads that take turns at small pieces of
 * memory keep breaking off what the hardware fetches ahead: two copy pieces of 32 KB at 0.7 of the
 * rate at which they copy one half each.
 */
final class Parts {

  /** Enough work to be worth a hand-over. */
  private static final int LEAST = 1 << 13;

  private static final int PER_THREAD = 4;

  /** Floats in the longest of cache lines. */
  private static final int LINE = 32;

  private Parts() {}

  /** Elements of a part, in whole cache lines. */
  static int size(long elements, int threads) {
    long even = Math.ceilDiv(elements, (long) PER_THREAD * threads);
    return (int) Math.max(LEAST, Math.ceilDiv(even, LINE) * LINE);
  }

  /** Rows of a part. */
  static int rows(int rows, int rowSize, int threads) {
    return Math.ceilDiv(size((long) rows * rowSize, threads), rowSize);
  }
}
