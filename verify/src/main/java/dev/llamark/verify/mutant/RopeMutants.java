package dev.llamark.verify.mutant;

import dev.llamark.kernel.Rope;
import dev.llamark.rope.Pairing;
import dev.llamark.rope.RopeTable;
import java.util.Arrays;

/** Rotary embedding with a fault. */
final class RopeMutants {

  /** Pairs of a vector, whose remainder a kernel may forget. */
  private static final int LANES = 8;

  private RopeMutants() {}

  /** What a mutant makes of the cosine and the sine of a pair. */
  private interface Angle {
    /** The angle in radians. */
    double of(RopeTable table, int position, int pair);

    default double factor(RopeTable table) {
      return table.attentionFactor();
    }
  }

  static Rope zeros() {
    return (x, xOffset, positions, positionsOffset, table, pairing, tokens, heads, dim, out, to) ->
        Arrays.fill(out, to, to + tokens * heads * dim, 0);
  }

  static Rope otherPairing(Rope right) {
    return (x,
        xOffset,
        positions,
        positionsOffset,
        table,
        pairing,
        tokens,
        heads,
        dim,
        out,
        to) -> {
      Pairing other = pairing == Pairing.HALVES ? Pairing.INTERLEAVED : Pairing.HALVES;
      right.compute(
          x, xOffset, positions, positionsOffset, table, other, tokens, heads, dim, out, to);
    };
  }

  /** Turns backwards. */
  static Rope sineNegated(Rope right) {
    return turned(right, (table, position, pair) -> -angle(table, position, pair));
  }

  /** One angle, position ÷ 1000, for all pairs. */
  static Rope positionAsAngle(Rope right) {
    return turned(right, (table, position, pair) -> position / 1000.0);
  }

  /** All pairs turn with the frequency of the first. */
  static Rope oneFrequency(Rope right) {
    return turned(right, (table, position, pair) -> angle(table, position, 0));
  }

  /** Frequencies of a theta ten times as large. */
  static Rope otherTheta(Rope right) {
    return turned(
        right,
        (table, position, pair) ->
            position * frequency(table, pair) * Math.pow(10, -(double) pair / table.pairs()));
  }

  /** A plain geometric series that starts with 1, and no attention factor. */
  static Rope scalingIgnored(Rope right) {
    return turned(
        right,
        new Angle() {
          @Override
          public double of(RopeTable table, int position, int pair) {
            double ratio = table.pairs() > 1 ? frequency(table, 1) / frequency(table, 0) : 1;
            return position * Math.pow(ratio, pair);
          }

          @Override
          public double factor(RopeTable table) {
            return 1;
          }
        });
  }

  /** The pairs after the last whole vector are not turned. */
  static Rope tailDropped(Rope right) {
    return turned(
        right,
        (table, position, pair) ->
            pair < table.pairs() - table.pairs() % LANES ? angle(table, position, pair) : 0);
  }

  private static double angle(RopeTable table, int position, int pair) {
    return Math.atan2(table.sine(position, pair), table.cosine(position, pair));
  }

  private static double frequency(RopeTable table, int pair) {
    return table.positions() > 1 ? angle(table, 1, pair) : 0;
  }

  /** The right kernel with a table that has one row of wrong angles per token. */
  private static Rope turned(Rope right, Angle angle) {
    return (x,
        xOffset,
        positions,
        positionsOffset,
        table,
        pairing,
        tokens,
        heads,
        dim,
        out,
        to) -> {
      float[] cosines = new float[tokens * table.pairs()];
      float[] sines = new float[tokens * table.pairs()];
      int[] rows = new int[tokens];
      for (int token = 0, i = 0; token < tokens; token++) {
        rows[token] = token;
        for (int pair = 0; pair < table.pairs(); pair++, i++) {
          double wrong = angle.of(table, positions[positionsOffset + token], pair);
          cosines[i] = (float) (angle.factor(table) * Math.cos(wrong));
          sines[i] = (float) (angle.factor(table) * Math.sin(wrong));
        }
      }
      RopeTable other = RopeTable.of(cosines, sines, tokens);
      right.compute(x, xOffset, rows, 0, other, pairing, tokens, heads, dim, out, to);
    };
  }
}
