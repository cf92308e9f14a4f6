package dev.llamark.kernel.vector;

/**
 * How much of an operation whose rows or elements know nothing of each other makes a part of a
 * region: as much as gives every thread four, so that none is waited for long, but never too little
 * to be worth a hand-over. Threads that take turns at small pieces of memory keep breaking off what
 * the hardware fetches ahead: two copy pieces of 32 KB at 0.7 of the rate at which they copy one
 * half each.
 */
final class RegionParts {

  /** Elements that are worth a hand-over. */
  private static final int LEAST = 1 << 13;

  private static final int PER_THREAD = 4;

  /**
   * Whole vectors of any width: where parts end, no element may fall out of one, as its bits can
   * depend on that. They are whole cache lines of most CPUs as well.
   */
  private static final int STEP = 32;

  private RegionParts() {}

  /** Elements of a part. */
  static int elements(int elements, int threads) {
    return Math.max(LEAST, Math.ceilDiv(even(elements, threads), STEP) * STEP);
  }

  /** Rows of a part. */
  static int rows(int rows, int rowSize, int threads) {
    return Math.max(Math.ceilDiv(LEAST, rowSize), even(rows, threads));
  }

  private static int even(int count, int threads) {
    return Math.ceilDiv(count, PER_THREAD * threads);
  }
}
