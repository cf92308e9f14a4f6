package dev.llamark.verify.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Distance of logits from expected ones, over all positions. NaN stands where a logit is not finite
 * or nothing can be divided by, and {@code undefined} then says why.
 *
 * @param maxAbs largest |got − expected|
 * @param nmse Σ(got − expected)² / Σ expected², as ggml's test-backend-ops
 * @param kldMean mean over the positions of the KL divergence of softmax(got) from
 *     softmax(expected), in nats
 * @param kldMax the largest of them
 * @param top1 fraction of positions with the same most likely token
 * @param top10 mean overlap of the ten most likely tokens, as a fraction
 * @param positions each position by itself
 * @param undefined why a figure is NaN; empty if none is
 */
public record Divergence(
    double maxAbs,
    double nmse,
    double kldMean,
    double kldMax,
    double top1,
    double top10,
    List<Position> positions,
    String undefined) {

  private static final int TOP = 10;

  /**
   * One position, with the figures as above.
   *
   * @param position from 0
   * @param expectedTop most likely token expected
   * @param gotTop most likely token got; −1 where a logit is NaN
   * @param expectedMargin by how much the expected token's logit exceeds the next
   * @param gotMargin the same of what was got
   */
  public record Position(
      int position,
      double maxAbs,
      double nmse,
      double kld,
      double top10,
      int expectedTop,
      int gotTop,
      double expectedMargin,
      double gotMargin) {

    /** NaN is never the same. */
    public boolean sameTop() {
      return expectedTop == gotTop && gotTop >= 0;
    }
  }

  /** Compares all positions. */
  public static Divergence of(LogitRows got, LogitRows expected) {
    if (got.positions() != expected.positions() || got.vocab() != expected.vocab()) {
      throw new IllegalArgumentException(
          "logits of %d x %d cannot be compared with %d x %d"
              .formatted(got.positions(), got.vocab(), expected.positions(), expected.vocab()));
    }
    return new Sums(got, expected).divergence();
  }

  /** The position with the largest error; of equal ones the first. NaN counts as the largest. */
  public Position worst() {
    return positions.stream()
        .reduce((a, b) -> Double.compare(b.maxAbs(), a.maxAbs()) > 0 ? b : a)
        .orElseThrow();
  }

  /** The positions whose most likely token is another. */
  public List<Position> otherTops() {
    return positions.stream().filter(p -> !p.sameTop()).toList();
  }

  private static final class Sums {
    private final LogitRows got;
    private final LogitRows expected;
    private final List<Position> positions = new ArrayList<>();
    private double error;
    private double square;
    private String undefined = "";

    Sums(LogitRows got, LogitRows expected) {
      this.got = got;
      this.expected = expected;
    }

    Divergence divergence() {
      double[] a = new double[got.vocab()];
      double[] b = new double[got.vocab()];
      for (int p = 0; p < got.positions(); p++) {
        got.row(p, a);
        expected.row(p, b);
        add(p, a, b);
      }
      if (square == 0 && undefined.isEmpty()) {
        undefined = "the expected logits are all 0";
      }
      return new Divergence(
          max(positions.stream().mapToDouble(Position::maxAbs).toArray()),
          square == 0 ? Double.NaN : error / square,
          positions.stream().mapToDouble(Position::kld).sum() / positions.size(),
          max(positions.stream().mapToDouble(Position::kld).toArray()),
          positions.stream().mapToDouble(p -> p.sameTop() ? 1 : 0).average().orElseThrow(),
          positions.stream().mapToDouble(Position::top10).average().orElseThrow(),
          List.copyOf(positions),
          undefined);
    }

    private void add(int position, double[] a, double[] b) {
      Distribution gotHere = new Distribution(a);
      Distribution expectedHere = new Distribution(b);
      boolean finite = finite("got", position, gotHere);
      finite &= finite("expected", position, expectedHere);
      double maxAbs = 0;
      double errorHere = 0;
      double squareHere = 0;
      for (int i = 0; i < a.length; i++) {
        double d = a[i] - b[i];
        maxAbs = Math.max(maxAbs, Math.abs(d));
        errorHere += d * d;
        squareHere += b[i] * b[i];
      }
      error += finite ? errorHere : Double.NaN;
      square += squareHere;
      positions.add(
          new Position(
              position,
              finite ? maxAbs : Double.NaN,
              finite && squareHere > 0 ? errorHere / squareHere : Double.NaN,
              finite ? expectedHere.divergence(gotHere) : Double.NaN,
              overlap(gotHere, expectedHere, Math.min(TOP, a.length)),
              expectedHere.top(),
              gotHere.top(),
              expectedHere.margin(),
              gotHere.margin()));
    }

    private boolean finite(String what, int position, Distribution logits) {
      int token = logits.firstNotFinite();
      if (token >= 0 && undefined.isEmpty()) {
        undefined =
            "%s %s at position %d, token %d".formatted(what, logits.logit(token), position, token);
      }
      return token < 0;
    }

    private static double overlap(Distribution a, Distribution b, int k) {
      if (a.top() < 0 || b.top() < 0) {
        return 0;
      }
      int[] other = b.top(k);
      Arrays.sort(other);
      long both = Arrays.stream(a.top(k)).filter(t -> Arrays.binarySearch(other, t) >= 0).count();
      return (double) both / k;
    }

    /** NaN if one of them is. */
    private static double max(double[] values) {
      return Arrays.stream(values).reduce(0, Math::max);
    }
  }
}
