package dev.llamark.verify.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class SketchTest {

  private static final int COUNT = 4099;

  private static float[] normal(long seed, double deviation) {
    Random random = new Random(seed);
    float[] values = new float[COUNT];
    for (int i = 0; i < COUNT; i++) {
      values[i] = (float) (deviation * random.nextGaussian());
    }
    return values;
  }

  @Test
  void theNormIsTheRootOfTheSumOfSquares() {
    assertThat(Sketch.of(new float[] {9, 3, -4, 9}, 1, 2).norm()).isEqualTo(5);
  }

  @Test
  void oneChangedBitChangesTheChecksumAndBatchesDoNot() {
    float[] values = normal(1, 1);
    Sketch whole = Sketch.of(values, 0, COUNT);
    Sketch.Builder parts = new Sketch.Builder().add(values, 0, 100);
    assertThat(parts.add(values, 100, COUNT - 100).build().sameBits(whole)).isTrue();
    for (int i : new int[] {0, 1, 2048, COUNT - 1}) {
      float[] changed = values.clone();
      changed[i] = Math.nextUp(changed[i]);
      assertThat(Sketch.of(changed, 0, COUNT).sameBits(whole)).as("element %d", i).isFalse();
    }
  }

  @Test
  void theDistanceIsEstimatedWithinWhatEightSumsTell() {
    float[] values = normal(2, 1);
    double mean = 0;
    int tries = 100;
    for (int t = 0; t < tries; t++) {
      float[] error = normal(100 + t, 1e-3);
      float[] other = values.clone();
      double right = 0;
      double squares = 0;
      for (int i = 0; i < COUNT; i++) {
        other[i] += error[i];
        right += Math.pow((double) other[i] - values[i], 2);
        squares += (double) values[i] * values[i];
      }
      double estimate = Sketch.of(other, 0, COUNT).nmse(Sketch.of(values, 0, COUNT));
      assertThat(estimate / (right / squares)).isBetween(0.01, 6.0);
      mean += estimate / (right / squares) / tries;
    }
    assertThat(mean).isCloseTo(1, within(0.15)); // √(2 / 8 / 100) = 0.05
  }

  @Test
  void aRotationKeepsTheNormAndShowsInTheSums() {
    float[] values = normal(3, 1);
    float[] turned = values.clone();
    for (int i = 0; i + 1 < COUNT; i += 2) {
      turned[i] = -values[i + 1];
      turned[i + 1] = values[i];
    }
    Sketch sketch = Sketch.of(values, 0, COUNT);
    Sketch other = Sketch.of(turned, 0, COUNT);
    assertThat(other.norm()).isCloseTo(sketch.norm(), within(1e-9));
    assertThat(other.nmse(sketch)).isGreaterThan(0.1);
  }

  @Test
  void nanIsFarFromEverything() {
    float[] broken = normal(4, 1);
    broken[7] = Float.NaN;
    double nmse = Sketch.of(broken, 0, COUNT).nmse(Sketch.of(normal(4, 1), 0, COUNT));
    assertThat(nmse <= 1e9).isFalse();
  }
}
