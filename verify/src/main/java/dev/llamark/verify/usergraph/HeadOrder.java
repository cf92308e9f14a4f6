package dev.llamark.verify.usergraph;

import dev.llamark.format.ModelSource;
import dev.llamark.model.LlamaConfig;
import dev.llamark.model.LlamaWeights;
import dev.llamark.model.Tap;
import dev.llamark.oracle.OracleLlama;
import dev.llamark.oracle.OracleTapListener;
import dev.llamark.rope.Pairing;
import dev.llamark.run.ThreadTeam;
import dev.llamark.verify.onnx.TapPoint;
import java.util.List;
import java.util.Map;

/**
 * In which order a graph holds the elements of a head. A GGUF file has the rows of its query and
 * key matrices in pairs, the same model from Hugging Face in halves; which of the two a graph was
 * made from shows in its first key.
 */
final class HeadOrder {

  private final LlamaConfig config;
  private final boolean other;

  private HeadOrder(LlamaConfig config, boolean other) {
    this.config = config;
    this.other = other;
  }

  /**
   * The order of a graph.
   *
   * @param token the first
   * @param steps of the graph, at position 0 first
   */
  static HeadOrder of(ModelSource source, int token, Map<TapPoint, float[]> steps) {
    float[] key = steps.getOrDefault(point(Tap.KEY), steps.get(point(Tap.ROTATED_KEY)));
    if (key == null) {
      return new HeadOrder(source.config(), false);
    }
    double[] expected = firstKey(source, token);
    HeadOrder other = new HeadOrder(source.config(), true);
    float[] turned = key.clone();
    other.rearrange(turned);
    return new HeadOrder(source.config(), distance(turned, expected) < distance(key, expected));
  }

  private static TapPoint point(Tap tap) {
    return new TapPoint(tap, 0);
  }

  /** The first layer's key of one token, in double. */
  private static double[] firstKey(ModelSource source, int token) {
    LlamaConfig c = source.config();
    LlamaWeights w = source.weights();
    LlamaConfig oneLayer =
        new LlamaConfig(
            c.architecture(),
            c.hidden(),
            c.ffn(),
            1,
            c.heads(),
            c.kvHeads(),
            c.headDim(),
            c.vocab(),
            c.context(),
            c.rotaryDim(),
            c.theta(),
            c.epsilon(),
            c.scaling(),
            c.pairing());
    LlamaWeights first =
        new LlamaWeights(w.embedding(), List.of(w.layers().getFirst()), w.finalNorm(), w.output());
    double[] key = new double[c.kvWidth()];
    OracleTapListener listener =
        (tap, _, values, _, _) -> {
          if (tap == Tap.KEY) {
            System.arraycopy(values, 0, key, 0, key.length);
          }
        };
    try (ThreadTeam team = ThreadTeam.single()) {
      new OracleLlama(oneLayer, first, team).forward(new int[] {token}, listener);
    }
    return key;
  }

  private static double distance(float[] got, double[] expected) {
    double sum = 0;
    for (int i = 0; i < expected.length; i++) {
      sum += (got[i] - expected[i]) * (got[i] - expected[i]);
    }
    return sum;
  }

  /** Brings queries and keys into the model's order. */
  void rearrange(Map<TapPoint, float[]> steps) {
    if (!other) {
      return;
    }
    steps.forEach(
        (point, values) -> {
          switch (point.tap()) {
            case QUERY, KEY, ROTATED_QUERY, ROTATED_KEY -> rearrange(values);
            default -> {}
          }
        });
  }

  private void rearrange(float[] values) {
    Pairing to = config.pairing();
    Pairing from = to == Pairing.HALVES ? Pairing.INTERLEAVED : Pairing.HALVES;
    float[] head = new float[config.headDim()];
    int rotary = config.rotaryDim();
    for (int at = 0; at < values.length; at += head.length) {
      System.arraycopy(values, at, head, 0, head.length);
      for (int j = 0; j < rotary / 2; j++) {
        values[at + to.first(j, rotary)] = head[from.first(j, rotary)];
        values[at + to.second(j, rotary)] = head[from.second(j, rotary)];
      }
    }
  }
}
