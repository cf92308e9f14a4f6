package dev.llamark.verify.model;

/**
 * Logits of some positions, (positions × vocab), of a variant in float or of the model in double.
 */
public interface LogitRows {

  int positions();

  int vocab();

  /** Copies the logits of one position, counted from 0. */
  void row(int position, double[] into);

  /** Logits in float. */
  static LogitRows of(float[] values, int vocab) {
    return new LogitRows() {
      @Override
      public int positions() {
        return values.length / vocab;
      }

      @Override
      public int vocab() {
        return vocab;
      }

      @Override
      public void row(int position, double[] into) {
        for (int i = 0; i < vocab; i++) {
          into[i] = values[position * vocab + i];
        }
      }
    };
  }

  /** Logits in double. */
  static LogitRows of(double[] values, int vocab) {
    return new LogitRows() {
      @Override
      public int positions() {
        return values.length / vocab;
      }

      @Override
      public int vocab() {
        return vocab;
      }

      @Override
      public void row(int position, double[] into) {
        System.arraycopy(values, position * vocab, into, 0, vocab);
      }
    };
  }
}
