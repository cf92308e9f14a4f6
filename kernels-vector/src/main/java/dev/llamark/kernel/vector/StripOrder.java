package dev.llamark.kernel.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Two panels of three vectors brought into the order of three register tiles of two: (panel × input
 * × output) to (tile × input × output).
 */
final class StripOrder {

  private static final VectorSpecies<Float> S = Lanes.FLOATS;
  private static final int N = S.length();
  private static final int WIDTH = VectorWeights.WIDTH;

  private StripOrder() {}

  /** The first panel: the first tile, and half of the second. */
  static void first(float[] panel, int count, float[] strip) {
    int second = count * TileShape.WIDTH;
    for (int k = 0; k < count; k++) {
      int from = k * WIDTH;
      int to = k * TileShape.WIDTH;
      FloatVector.fromArray(S, panel, from).intoArray(strip, to);
      FloatVector.fromArray(S, panel, from + N).intoArray(strip, to + N);
      FloatVector.fromArray(S, panel, from + 2 * N).intoArray(strip, second + to);
    }
  }

  /** The second panel: the other half of the second tile, and the third. */
  static void second(float[] panel, int count, float[] strip) {
    int second = count * TileShape.WIDTH + N;
    int third = 2 * count * TileShape.WIDTH;
    for (int k = 0; k < count; k++) {
      int from = k * WIDTH;
      int to = k * TileShape.WIDTH;
      FloatVector.fromArray(S, panel, from).intoArray(strip, second + to);
      FloatVector.fromArray(S, panel, from + N).intoArray(strip, third + to);
      FloatVector.fromArray(S, panel, from + 2 * N).intoArray(strip, third + to + N);
    }
  }
}
