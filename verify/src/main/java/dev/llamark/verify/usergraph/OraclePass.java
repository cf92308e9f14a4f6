package dev.llamark.verify.usergraph;

import dev.llamark.format.ModelSource;
import dev.llamark.kernel.Arithmetic;
import dev.llamark.model.LlamaWeights;
import dev.llamark.oracle.OracleLlama;
import dev.llamark.oracle.OracleTapListener;
import dev.llamark.run.ThreadTeam;
import dev.llamark.tensor.DType;
import dev.llamark.verify.model.ModelTask;
import dev.llamark.verify.onnx.TapPoint;
import java.lang.foreign.Arena;
import java.util.HashMap;
import java.util.Map;

/** Passes of the model in double beside the plain one: fed with a graph's values, or coarser. */
final class OraclePass {

  /**
   * What a coarser model gives.
   *
   * @param logits (tokens × vocab)
   * @param steps (tokens × columns) each, rounded to float
   */
  record Coarse(double[] logits, Map<TapPoint, float[]> steps) {}

  private final ModelSource source;
  private final ModelTask task;
  private final ThreadTeam team;

  OraclePass(ModelSource source, ModelTask task, ThreadTeam team) {
    this.source = source;
    this.task = task;
    this.team = team;
  }

  /** The model with what a precision costs. */
  Coarse coarse(GraphPrecision precision) {
    CoarseModel model = new CoarseModel(precision);
    CoarseAttention attention = new CoarseAttention(source.config(), x -> model.round((float) x));
    Map<TapPoint, float[]> steps = new HashMap<>();
    OracleTapListener listener =
        (tap, layer, values, rows, _) -> {
          model.round(values);
          if (precision.activations() != DType.F32) {
            attention.after(tap, values, rows);
            model.round(values);
          }
          steps.put(new TapPoint(tap, layer), floats(values));
          model.quantise(tap, values);
        };
    try (Arena arena = Arena.ofShared()) {
      LlamaWeights weights = model.weights(source.weights(), arena);
      return new Coarse(forward(weights, model.arithmetic(), listener), steps);
    }
  }

  /**
   * Feeds each step with given results of the steps before it.
   *
   * @param given (tokens × columns) each, of some of the steps
   * @return the distance of each given step from the model's own, Σ(got − own)² / Σ own²
   */
  Map<TapPoint, Double> added(Map<TapPoint, float[]> given) {
    Map<TapPoint, Double> added = new HashMap<>();
    OracleTapListener listener =
        (tap, layer, values, _, _) -> {
          TapPoint point = new TapPoint(tap, layer);
          float[] got = given.get(point);
          if (got != null) {
            added.put(point, nmse(got, values));
            for (int i = 0; i < got.length; i++) {
              values[i] = got[i];
            }
          }
        };
    forward(source.weights(), Arithmetic.FLOAT, listener);
    return added;
  }

  private double[] forward(
      LlamaWeights weights, Arithmetic arithmetic, OracleTapListener listener) {
    int length = Math.addExact(task.firstPosition(), task.capacity());
    return new OracleLlama(source.config(), weights, team, arithmetic)
        .forward(task.tokens(), task.firstPosition(), length, listener);
  }

  private static float[] floats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  private static double nmse(float[] got, double[] expected) {
    double error = 0;
    double square = 0;
    for (int i = 0; i < got.length; i++) {
      error += (got[i] - expected[i]) * (got[i] - expected[i]);
      square += expected[i] * expected[i];
    }
    return error == 0 ? 0 : error / square;
  }
}
