package dev.llamark.tensor;

/**
 * Scale and minimum, neither negative, for which {@code scale·q − minimum} with whole q from 0 to
 * {@code largest} comes near given elements: for a few step widths around the plain one, elements
 * are rounded and a line is fitted to them by least squares; the smallest squared error wins.
 */
record AffineFit(float scale, float minimum) {

  private static final float[] STEPS = {0, -1, -0.5f, 0.5f, 1};

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
    double smallest = best.squaredError(x, at, count, largest);
    for (float step : STEPS) {
      AffineFit fit = new AffineFit(range / (largest + step), -lowest).line(x, at, count, largest);
      double error = fit.squaredError(x, at, count, largest);
      if (error < smallest) {
        smallest = error;
        best = fit;
      }
    }
    return best;
  }

  /** The least-squares line through the elements over their numbers, its minimum kept from 0. */
  private AffineFit line(float[] x, int at, int count, int largest) {
    double sumX = 0;
    double sumQ = 0;
    double sumXQ = 0;
    double sumQQ = 0;
    float inverse = 1 / scale;
    for (int i = 0; i < count; i++) {
      float value = x[at + i];
      int q = number(value, inverse, largest);
      sumX += value;
      sumQ += q;
      sumXQ += (double) value * q;
      sumQQ += (double) q * q;
    }
    double determinant = count * sumQQ - sumQ * sumQ;
    if (sumQQ == 0 || determinant == 0) {
      return this;
    }
    double base = (sumX * sumQQ - sumXQ * sumQ) / determinant;
    double slope = base > 0 ? sumXQ / sumQQ : (count * sumXQ - sumX * sumQ) / determinant;
    return slope > 0 ? new AffineFit((float) slope, (float) Math.max(0, -base)) : this;
  }

  private double squaredError(float[] x, int at, int count, int largest) {
    double sum = 0;
    float inverse = 1 / scale;
    for (int i = 0; i < count; i++) {
      double error = x[at + i] - (scale * number(x[at + i], inverse, largest) - minimum);
      sum += error * error;
    }
    return sum;
  }

  private int number(float value, float inverse, int largest) {
    return Math.clamp((int) ((value + minimum) * inverse + 0.5f), 0, largest);
  }
}
