package dev.llamark.tensor;

/**
 * Scale and minimum, neither negative, for which {@code scale·q − minimum} with whole q from 0 to
 * {@code largest} comes near given elements: for a few step widths around the plain one, elements
 * are rounded and a line is fitted to them by least squares; the smallest squared error wins.
 */
record AffineFit(float scale, float minimum) {

  private static final float[] STEPS = {0, -1, 1};

  static AffineFit of(float[] x, int at, int count, int largest) {
    float lowest = 0;
    float highest = x[at];
    for (int i = 0; i < count; i++) {
      lowest = Math.min(lowest, x[at + i]);
      highest = Math.max(highest, x[at + i]);
    }
    float range = highest - lowest;
    AffineFit best = new AffineFit(range / largest, -lowest);
    if (range == 0) {
      return best;
    }
    double smallest = Double.POSITIVE_INFINITY;
    for (float step : STEPS) {
      AffineFit plain = new AffineFit(range / (largest + step), -lowest);
      Sums sums = Sums.of(x, at, count, plain, largest);
      AffineFit line = sums.line(plain);
      double error = sums.squaredError(line);
      if (error < smallest) {
        smallest = error;
        best = line;
      }
    }
    return best;
  }

  /** What the least squares of elements x over numbers q are made of. */
  private record Sums(int count, double x, double q, double xx, double xq, double qq) {

    /** The numbers are the elements rounded to multiples of a scale. */
    static Sums of(float[] x, int at, int count, AffineFit fit, int largest) {
      double sumX = 0;
      double sumXX = 0;
      double sumXQ = 0;
      int sumQ = 0;
      int sumQQ = 0;
      float inverse = 1 / fit.scale;
      for (int i = at; i < at + count; i++) {
        int q = Math.clamp((int) ((x[i] + fit.minimum) * inverse + 0.5f), 0, largest);
        sumX += x[i];
        sumXX += (double) x[i] * x[i];
        sumXQ += (double) x[i] * q;
        sumQ += q;
        sumQQ += q * q;
      }
      return new Sums(count, sumX, sumQ, sumXX, sumXQ, sumQQ);
    }

    /** The best line whose minimum is not negative; {@code plain} where there is none. */
    AffineFit line(AffineFit plain) {
      double determinant = count * qq - q * q;
      if (qq == 0 || determinant == 0) {
        return plain;
      }
      double base = Math.min(0, (x * qq - xq * q) / determinant);
      double slope = base < 0 ? (count * xq - x * q) / determinant : xq / qq;
      return slope > 0 ? new AffineFit((float) slope, (float) -base) : plain;
    }

    /** Sum of (scale·q − minimum − x)². */
    double squaredError(AffineFit fit) {
      double s = fit.scale;
      double m = fit.minimum;
      return xx + s * s * qq + count * m * m - 2 * s * xq + 2 * m * x - 2 * s * m * q;
    }
  }
}
