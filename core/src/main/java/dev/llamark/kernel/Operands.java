package dev.llamark.kernel;

/** The checks that the contracts share; a message names operand, relation, actual value. */
final class Operands {

  private Operands() {}

  /** {@code array[offset … offset + count)} must exist. */
  static void elements(Operation op, String operand, float[] array, int offset, long count) {
    room(op, operand, array.length, offset, count);
  }

  static void room(Operation op, String operand, int length, int offset, long count) {
    if (offset < 0) {
      throw refused(op, "%s's offset must not be negative, but is %d", operand, offset);
    }
    if (offset + count > length) {
      throw refused(
          op,
          "%s needs at least %d elements from offset %d, but has %d",
          operand,
          count,
          offset,
          Math.max(0, length - offset));
    }
  }

  static void positive(Operation op, String operand, long value) {
    if (value < 1) {
      throw refused(op, "%s must be at least 1, but is %d", operand, value);
    }
  }

  /** The operands must share no element. */
  static void disjoint(
      Operation op,
      String a,
      float[] x,
      int xOffset,
      long n,
      String b,
      float[] y,
      int yOff,
      long m) {
    if (x == y && xOffset < yOff + m && yOff < xOffset + n) {
      throw refused(
          op, "%s (from offset %d) and %s (from offset %d) must not overlap", a, xOffset, b, yOff);
    }
  }

  /** The operands must be the same elements or share none. */
  static void sameOrDisjoint(
      Operation op, String a, float[] x, int xOffset, String b, float[] y, int yOff, long n) {
    if (xOffset != yOff) {
      disjoint(op, a, x, xOffset, n, b, y, yOff, n);
    }
  }

  static IllegalArgumentException refused(Operation op, String format, Object... values) {
    return new IllegalArgumentException(op.title() + ": " + format.formatted(values));
  }
}
