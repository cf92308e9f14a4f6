package dev.llamark.verify.model;

import dev.llamark.format.ModelSource;
import dev.llamark.kernel.Arithmetic;
import dev.llamark.model.LlamaConfig;
import dev.llamark.oracle.OracleLlama;
import dev.llamark.oracle.OracleTapListener;
import dev.llamark.run.ThreadTeam;
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
    Map<TapPoint, float[]> seen = new HashMap<>();
    OracleTapListener listener =
        (tap, layer, values, _, _) -> seen.put(new TapPoint(tap, layer), rounded(values));
    return new Output(
        forward(tokens, Arithmetic.FLOAT, taps ? listener : OracleTapListener.NONE), seen);
  }

  /** The model whose linear layers get int8 activations, as a variant of that arithmetic's do. */
  double[] quantised(int[] tokens) {
    return forward(tokens, Arithmetic.INT8_ACTIVATIONS, OracleTapListener.NONE);
  }

  private double[] forward(int[] tokens, Arithmetic arithmetic, OracleTapListener listener) {
    int length = Math.addExact(task.firstPosition(), task.capacity());
    return new OracleLlama(source.config(), source.weights(), team, arithmetic)
        .forward(tokens, task.firstPosition(), length, listener);
  }

  private static float[] rounded(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }
}
