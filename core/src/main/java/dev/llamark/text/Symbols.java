package dev.llamark.text;

import java.util.PriorityQueue;

/**
 * The symbols of one text on their way to tokens: a doubly linked list over arrays, in which
 * neighbours are merged, the best pair first and the leftmost of equals.
 *
 * <p>Every merge removes one symbol and offers at most two new pairs to a priority queue, so that n
 * symbols take O(n log n). A queued pair whose symbols have since been merged with others is
 * recognised by its end, since symbols only ever grow.
 */
final class Symbols {

  /** Which neighbours may merge. */
  @FunctionalInterface
  interface Merges {
    /** No merge. */
    long NONE = -1;

    /**
     * @param left index of a symbol
     * @param right index of its right neighbour
     * @return the rank, lowest first, in the upper half and the merged token's id in the lower, or
     *     {@link #NONE}
     */
    long of(Symbols symbols, int left, int right);

    static long of(int rank, int id) {
      return (long) rank << 32 | id;
    }
  }

  private record Candidate(int rank, int left, int end, int id) implements Comparable<Candidate> {
    @Override
    public int compareTo(Candidate other) {
      return rank != other.rank
          ? Integer.compare(rank, other.rank)
          : Integer.compare(left, other.left);
    }
  }

  private final int[] begin;
  private final int[] end;
  private final int[] id;
  private final int[] previous;
  private final int[] next;
  private int size;

  /**
   * @param capacity largest number of symbols
   */
  Symbols(int capacity) {
    begin = new int[capacity];
    end = new int[capacity];
    id = new int[capacity];
    previous = new int[capacity];
    next = new int[capacity];
  }

  /** Appends a symbol that spans {@code begin … end − 1} of the text; its id may be −1. */
  void add(int begin, int end, int id) {
    this.begin[size] = begin;
    this.end[size] = end;
    this.id[size] = id;
    previous[size] = size - 1;
    next[size] = -1;
    if (size > 0) {
      next[size - 1] = size;
    }
    size++;
  }

  int begin(int symbol) {
    return begin[symbol];
  }

  int end(int symbol) {
    return end[symbol];
  }

  int id(int symbol) {
    return id[symbol];
  }

  /** The first symbol, or −1 if there is none. */
  int first() {
    return size == 0 ? -1 : 0;
  }

  /** The symbol after another, or −1. */
  int next(int symbol) {
    return next[symbol];
  }

  /** Merges until no neighbours may merge. */
  void merge(Merges merges) {
    PriorityQueue<Candidate> queue = new PriorityQueue<>(Math.max(1, size));
    for (int symbol = 0; symbol + 1 < size; symbol++) {
      offer(queue, merges, symbol);
    }
    Candidate best;
    while ((best = queue.poll()) != null) {
      if (!stale(best)) {
        join(best);
        if (previous[best.left] >= 0) {
          offer(queue, merges, previous[best.left]);
        }
        offer(queue, merges, best.left);
      }
    }
  }

  private void offer(PriorityQueue<Candidate> queue, Merges merges, int left) {
    int right = next[left];
    if (right < 0) {
      return;
    }
    long merge = merges.of(this, left, right);
    if (merge != Merges.NONE) {
      queue.add(new Candidate((int) (merge >> 32), left, end[right], (int) merge));
    }
  }

  private boolean stale(Candidate candidate) {
    int left = candidate.left;
    boolean gone = begin[left] == end[left];
    return gone || next[left] < 0 || end[next[left]] != candidate.end;
  }

  private void join(Candidate candidate) {
    int left = candidate.left;
    int right = next[left];
    end[left] = end[right];
    id[left] = candidate.id;
    next[left] = next[right];
    if (next[right] >= 0) {
      previous[next[right]] = left;
    }
    end[right] = begin[right];
  }
}
