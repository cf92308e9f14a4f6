package dev.llamark.oracle;

import java.util.random.RandomGenerator;

/** How operands are filled. */
enum Fill {
  /** Standard normal. */
  NORMAL,
  /** Normal around 3: not centred, so that a subtracted mean shows. */
  SHIFTED,
  /** All 0. */
  ZEROS,
  /** Normal, times 1e-20: squares underflow. */
  TINY,
  /** Normal, times 1e18: squares come near the largest float. */
  LARGE,
  /** Normal, but one element is 10000 times larger. */
  OUTLIER,
  /** Normal, but one element is NaN. */
  NAN,
  /** Normal, but one element is infinite. */
  INFINITY,
  /** −1 or 1. */
  SIGNS,
  /** Whole numbers from −8 to 8. */
  INTEGERS;

  float[] values(int count, RandomGenerator random) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = element(random);
    }
    int odd = random.nextInt(count);
    switch (this) {
      case OUTLIER -> values[odd] = 1e4f * (1 + Math.abs(values[odd]));
      case NAN -> values[odd] = Float.NaN;
      case INFINITY -> values[odd] = Float.POSITIVE_INFINITY;
      case NORMAL, SHIFTED, ZEROS, TINY, LARGE, SIGNS, INTEGERS -> {}
    }
    return values;
  }

  private float element(RandomGenerator random) {
    return switch (this) {
      case ZEROS -> 0;
      case SIGNS -> random.nextBoolean() ? 1 : -1;
      case INTEGERS -> random.nextInt(-8, 9);
      case SHIFTED -> (float) (3 + random.nextGaussian());
      case TINY -> (float) (1e-20 * random.nextGaussian());
      case LARGE -> (float) (1e18 * random.nextGaussian());
      case NORMAL, OUTLIER, NAN, INFINITY -> (float) random.nextGaussian();
    };
  }
}
