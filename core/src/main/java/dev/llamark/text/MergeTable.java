package dev.llamark.text;

import java.util.Arrays;

/** Ranked merges of token pairs: a hash table with open addressing over primitive arrays. */
final class MergeTable implements Symbols.Merges {

  private static final long EMPTY = -1;

  private final long[] pairs;
  private final long[] merges;
  private final int mask;
  private int size;

  /**
   * @param capacity largest number of merges
   */
  MergeTable(int capacity) {
    int slots = Integer.highestOneBit(Math.max(4, capacity)) * 4;
    pairs = new long[slots];
    merges = new long[slots];
    mask = slots - 1;
    Arrays.fill(pairs, EMPTY);
  }

  /** Adds the merge of two tokens; its rank is the number of merges added before. */
  void add(int left, int right, int merged) {
    long pair = pair(left, right);
    int slot = slot(pair);
    pairs[slot] = pair;
    merges[slot] = Symbols.Merges.of(size++, merged);
  }

  @Override
  public long of(Symbols symbols, int left, int right) {
    return find(symbols.id(left), symbols.id(right));
  }

  /** Rank and merged token of a pair, or {@link Symbols.Merges#NONE}. */
  long find(int left, int right) {
    if (left < 0 || right < 0) {
      return NONE;
    }
    long pair = pair(left, right);
    int slot = slot(pair);
    return pairs[slot] == pair ? merges[slot] : NONE;
  }

  private int slot(long pair) {
    long hash = pair * 0x9E3779B97F4A7C15L;
    int slot = (int) (hash >>> 32) & mask;
    while (pairs[slot] != EMPTY && pairs[slot] != pair) {
      slot = slot + 1 & mask;
    }
    return slot;
  }

  private static long pair(int left, int right) {
    return (long) left << 32 | right;
  }
}
