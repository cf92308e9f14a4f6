package dev.llamark.kernel.vector;

import dev.llamark.kernel.PackedMatrix;

/** One row of input, in the forms in which the weights it is to be multiplied by take it. */
final class RowInput {

  private final Int8Input int8 = new Int8Input();
  private boolean quantised;
  private float[] rounded = new float[0];
  private float[] sums = new float[0];
  private float[] x;
  private int offset;

  /** A row of floats, for all weights. */
  void set(float[] x, int offset, PackedMatrix[] weights) {
    quantised = false;
    this.x = x;
    this.offset = offset;
    sumParts(weights);
  }

  /** A row that is quantised to int8: other weights get floats of its numbers. */
  void quantise(float[] x, int offset, PackedMatrix[] weights) {
    quantised = true;
    int columns = weights[0].columns();
    boolean floats = false;
    boolean whole = false;
    for (PackedMatrix matrix : weights) {
      boolean takesInt8 = ((VectorWeights) matrix).int8Bits() > 0;
      whole |= takesInt8;
      floats |= !takesInt8;
    }
    if (floats) {
      if (columns > rounded.length) {
        rounded = new float[columns];
      }
      int8.round(x, offset, columns, rounded, 0);
      this.x = rounded;
      this.offset = 0;
      sumParts(weights);
    }
    if (whole) {
      int8.quantise(x, offset, columns);
      for (PackedMatrix matrix : weights) {
        int bits = ((VectorWeights) matrix).int8Bits();
        if (bits > 0) {
          int8.prepare(bits);
        }
      }
    }
  }

  private void sumParts(PackedMatrix[] weights) {
    for (PackedMatrix matrix : weights) {
      int inputs = ((VectorWeights) matrix).summedInputs();
      if (inputs > 0) {
        int parts = matrix.columns() / inputs;
        if (parts > sums.length) {
          sums = new float[parts];
        }
        PanelScales.sums(x, offset, inputs, parts, sums);
        return; // for all weights
      }
    }
  }

  /** Forgets the row: what was multiplied may go. */
  void clear() {
    x = null;
  }

  /** Whether weights that take int8 find it. */
  boolean quantised() {
    return quantised;
  }

  Int8Input int8() {
    return int8;
  }

  float[] x() {
    return x;
  }

  int offset() {
    return offset;
  }

  /** Sums over parts of {@link VectorWeights#summedInputs}, if weights want them. */
  float[] sums() {
    return sums;
  }
}
