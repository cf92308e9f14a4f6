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
import java.util.SplittableRandom;

/** Runs the model in double. */
final class OracleRun {

  /** Runs with noise in every step, of which the mean is taken. */
  private static final int NOISY_RUNS = 3;

  /** One unit in the last place of a float. */
  private static final double NOISE = 0x1p-23;

  /**
   * What a run gave.
   *
   * @param logits (tokens × vocab)
   * @param taps steps rounded to float, (tokens × columns)
   * @param spread mean NMSE of the same model from these logits where every step is off by up to a
   *     float's last place: with int8 activations noise turns roundings over, of which each is
   *     worth far more than itself; 0 for arithmetic that has no such steps
   */
  record Output(double[] logits, Map<TapPoint, float[]> taps, double spread) {}

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
    Output exact = run(tokens, arithmetic, kv, taps);
    if (arithmetic == Arithmetic.FLOAT) {
      return exact;
    }
    double sum = 0;
    for (int seed = 0; seed < NOISY_RUNS; seed++) {
      sum += nmse(logits(tokens, arithmetic, kv, noise(seed)), exact.logits());
    }
    return new Output(exact.logits(), exact.taps(), sum / NOISY_RUNS);
  }

  private Output run(int[] tokens, Arithmetic arithmetic, DType kv, boolean taps) {
    Map<TapPoint, float[]> seen = new HashMap<>();
    OracleTapListener listener =
        (tap, layer, values, _, _) -> {
          if (taps) {
            seen.put(new TapPoint(tap, layer), rounded(values));
          }
        };
    return new Output(logits(tokens, arithmetic, kv, listener), seen, 0);
  }

  /** The logits; a cache of halves comes after what the listener makes of a step. */
  private double[] logits(
      int[] tokens, Arithmetic arithmetic, DType kv, OracleTapListener listener) {
    OracleTapListener cached =
        (tap, layer, values, rows, columns) -> {
          listener.after(tap, layer, values, rows, columns);
          if (kv == DType.F16 && (tap == Tap.ROTATED_KEY || tap == Tap.VALUE)) {
            halve(values);
          }
        };
    int length = Math.addExact(task.firstPosition(), task.capacity());
    return new OracleLlama(source.config(), source.weights(), team, arithmetic)
        .forward(tokens, task.firstPosition(), length, cached);
  }

  private static OracleTapListener noise(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    return (_, _, values, _, _) -> {
      for (int i = 0; i < values.length; i++) {
        values[i] *= 1 + random.nextDouble(-NOISE, NOISE);
      }
    };
  }

  private double nmse(double[] got, double[] expected) {
    int vocab = source.config().vocab();
    return Divergence.of(LogitRows.of(got, vocab), LogitRows.of(expected, vocab)).nmse();
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
