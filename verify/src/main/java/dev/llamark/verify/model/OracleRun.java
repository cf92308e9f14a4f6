package dev.llamark.verify.model;

import dev.llamark.format.ModelSource;
import dev.llamark.kernel.Arithmetic;
import dev.llamark.model.LlamaConfig;
import dev.llamark.model.Tap;
import dev.llamark.oracle.OracleLlama;
import dev.llamark.oracle.OracleTapListener;
import dev.llamark.run.ThreadTeam;
import dev.llamark.tensor.DType;
import dev.llamark.verify.onnx.TapPoint;
import java.util.HashMap;
import java.util.Map;

/** Runs the model in double. */
final class OracleRun {

  /** Logits, (tokens × vocab), and steps rounded to float, (tokens × columns). */
  record Output(double[] logits, Map<TapPoint, float[]> taps) {}

  private final ModelSource source;
  private final ModelTask task;
  private final ThreadTeam team;

  OracleRun(ModelSource source, ModelTask task, ThreadTeam team) {
    this.source = source;
    this.task = task;
    this.team = team;
  }

  /** Multiplications of a sequence, so that nobody waits for hours. */
  double multiplications(int tokens) {
    LlamaConfig config = source.config();
    double attention = (double) tokens * tokens * config.layers() * config.queryWidth();
    return (double) source.parameters() * tokens + attention;
  }

  /** The model as it is. */
  Output plain(int[] tokens, boolean taps) {
    return run(tokens, Arithmetic.FLOAT, DType.F32, taps);
  }

  /**
   * The model with what a coarser variant loses by its nature: activations of linear layers in
   * int8, keys and values of the cache in binary16.
   */
  Output coarse(int[] tokens, Arithmetic arithmetic, DType kv, boolean taps) {
    return run(tokens, arithmetic, kv, taps);
  }

  private Output run(int[] tokens, Arithmetic arithmetic, DType kv, boolean taps) {
    Map<TapPoint, float[]> seen = new HashMap<>();
    OracleTapListener listener =
        (tap, layer, values, _, _) -> {
          if (taps) {
            seen.put(new TapPoint(tap, layer), rounded(values));
          }
          if (kv == DType.F16 && (tap == Tap.ROTATED_KEY || tap == Tap.VALUE)) {
            halve(values);
          }
        };
    int length = Math.addExact(task.firstPosition(), task.capacity());
    double[] logits =
        new OracleLlama(source.config(), source.weights(), team, arithmetic)
            .forward(tokens, task.firstPosition(), length, listener);
    return new Output(logits, seen);
  }

  /** Rounds to binary16 by way of float, as a cache of halves does. */
  private static void halve(double[] values) {
    for (int i = 0; i < values.length; i++) {
      values[i] = Float.float16ToFloat(Float.floatToFloat16((float) values[i]));
    }
  }

  private static float[] rounded(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }
}
