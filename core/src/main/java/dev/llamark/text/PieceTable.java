package dev.llamark.text;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Ids by piece, found without making texts of what is looked up: open addressing over the pieces
 * themselves. The hash is a polynomial of a multiplier drawn anew for each table, so that no file
 * can be made to collide; nothing that is found depends on it.
 */
final class PieceTable {

  static final int NONE = -1;

  private final String[] pieces;
  private final int[] slots;
  private final int shift;
  private final long multiplier = new SplittableRandom().nextLong() | 1;
  private int repeated = NONE;

  /**
   * @param pieces piece of each id; empty ones are not found, of equal ones the last is
   */
  PieceTable(String[] pieces) {
    this.pieces = pieces;
    int bits = 32 - Integer.numberOfLeadingZeros(Math.max(2, 2 * pieces.length - 1));
    slots = new int[1 << bits];
    shift = 64 - bits;
    Arrays.fill(slots, NONE);
    for (int id = 0; id < pieces.length; id++) {
      if (!pieces[id].isEmpty()) {
        put(id);
      }
    }
  }

  private void put(int id) {
    String piece = pieces[id];
    int slot = slot(hash(0, piece, 0, piece.length()));
    while (slots[slot] != NONE) {
      if (pieces[slots[slot]].equals(piece)) {
        repeated = id;
        break;
      }
      slot = slot + 1 & slots.length - 1;
    }
    slots[slot] = id;
  }

  /** The id of a piece that an earlier one equals, or {@link #NONE}. */
  int repeated() {
    return repeated;
  }

  /** The id of a piece, or {@link #NONE}. */
  int find(String piece) {
    return find(piece, 0, piece.length());
  }

  /** The id of the piece that {@code text} holds from {@code begin} to {@code end − 1}. */
  int find(String text, int begin, int end) {
    int length = end - begin;
    for (int slot = slot(hash(0, text, begin, end)); ; slot = slot + 1 & slots.length - 1) {
      int id = slots[slot];
      if (id == NONE) {
        return NONE;
      }
      if (pieces[id].length() == length && text.regionMatches(begin, pieces[id], 0, length)) {
        return id;
      }
    }
  }

  /**
   * The id of the piece that both halves of a merge make together, or {@link #NONE}.
   *
   * @param guess an id that it may have, or the one before it: files list merges in the order of
   *     what they make, and a guess that holds is far cheaper than a search
   */
  int find(MergeSpelling merge, int guess) {
    if (repeated == NONE) {
      for (int id = Math.max(0, guess); id <= guess + 1 && id < pieces.length; id++) {
        if (spells(pieces[id], merge)) {
          return id;
        }
      }
    }
    String text = merge.text();
    long left = hash(0, text, 0, merge.leftEnd());
    long hash = hash(left, text, merge.rightBegin(), text.length());
    for (int slot = slot(hash); ; slot = slot + 1 & slots.length - 1) {
      int id = slots[slot];
      if (id == NONE || spells(pieces[id], merge)) {
        return id;
      }
    }
  }

  private static boolean spells(String piece, MergeSpelling merge) {
    String text = merge.text();
    int left = merge.leftEnd();
    int right = text.length() - merge.rightBegin();
    return piece.length() == left + right
        && piece.regionMatches(0, text, 0, left)
        && piece.regionMatches(left, text, merge.rightBegin(), right);
  }

  private long hash(long before, String text, int begin, int end) {
    long hash = before;
    for (int i = begin; i < end; i++) {
      hash = hash * multiplier + text.charAt(i) + 1;
    }
    return hash;
  }

  private int slot(long hash) {
    return (int) (hash * 0x9E3779B97F4A7C15L >>> shift);
  }
}
