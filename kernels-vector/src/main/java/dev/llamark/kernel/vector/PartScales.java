package dev.llamark.kernel.vector;

/** Scales and shifts of a panel's parts, (part × output), and the sums of the input over parts. */
final class PartScales {

  private float[] scales = new float[0];
  private float[] shifts = new float[0];
  private float[] sums = new float[0];

  /** Makes room for so many parts. */
  void resize(int parts) {
    if (parts > sums.length) {
      scales = new float[parts * VectorWeights.WIDTH];
      shifts = new float[parts * VectorWeights.WIDTH];
      sums = new float[parts];
    }
  }

  float[] scales() {
    return scales;
  }

  float[] shifts() {
    return shifts;
  }

  float[] sums() {
    return sums;
  }
}
