package dev.llamark.verify.usergraph;

import ai.onnxruntime.OnnxTensor;
import java.util.Optional;

/**
 * The value of a graph in which a step of the model can be seen.
 *
 * @param value its name
 * @param headsFirst whether it is (heads × tokens × headDim) where its shape leaves that open
 * @param fromColumn where the step begins in a row that holds several
 */
record StepSource(String value, boolean headsFirst, int fromColumn) {

  static StepSource rows(String value) {
    return new StepSource(value, false, 0);
  }

  static StepSource heads(String value) {
    return new StepSource(value, true, 0);
  }

  /**
   * The step, (tokens × columns); empty where the tensor is of another size.
   *
   * @param heads number of heads that the columns hold
   */
  Optional<float[]> read(OnnxTensor tensor, int tokens, int columns, int heads) {
    float[] values = SessionFloats.of(tensor);
    long[] shape = tensor.getInfo().getShape();
    if (shape.length == 4 && values.length == tokens * columns) {
      boolean byHeads = shape[1] == heads && shape[2] == tokens;
      boolean byTokens = shape[1] == tokens && shape[2] == heads;
      return byHeads && (headsFirst || !byTokens)
          ? Optional.of(tokensFirst(values, tokens, heads))
          : Optional.of(values);
    }
    int width = shape.length == 0 ? 0 : Math.toIntExact(shape[shape.length - 1]);
    if (width < fromColumn + columns || values.length != tokens * width) {
      return values.length == tokens * columns ? Optional.of(values) : Optional.empty();
    }
    float[] rows = new float[tokens * columns];
    for (int t = 0; t < tokens; t++) {
      System.arraycopy(values, t * width + fromColumn, rows, t * columns, columns);
    }
    return Optional.of(rows);
  }

  private static float[] tokensFirst(float[] values, int tokens, int heads) {
    int size = values.length / tokens / heads;
    float[] turned = new float[values.length];
    for (int h = 0, from = 0; h < heads; h++) {
      for (int t = 0; t < tokens; t++, from += size) {
        System.arraycopy(values, from, turned, (t * heads + h) * size, size);
      }
    }
    return turned;
  }
}
