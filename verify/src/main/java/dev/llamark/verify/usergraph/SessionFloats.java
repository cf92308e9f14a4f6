package dev.llamark.verify.usergraph;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;

/** What a session gives, as floats: halves are widened, doubles rounded. */
final class SessionFloats {

  private SessionFloats() {}

  /** A copy of the elements. */
  static float[] of(OnnxTensor tensor) {
    if (tensor.getInfo().type == OnnxJavaType.DOUBLE) {
      DoubleBuffer doubles = tensor.getDoubleBuffer();
      float[] values = new float[doubles.remaining()];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) doubles.get();
      }
      return values;
    }
    FloatBuffer floats = tensor.getFloatBuffer();
    if (floats == null) {
      throw new IllegalStateException("a tensor of " + tensor.getInfo().type + " holds no floats");
    }
    float[] values = new float[floats.remaining()];
    floats.get(values);
    return values;
  }
}
