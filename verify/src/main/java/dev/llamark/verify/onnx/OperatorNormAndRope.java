package dev.llamark.verify.onnx;

import dev.llamark.model.LlamaConfig;
import dev.llamark.rope.Pairing;
import dev.llamark.verify.onnx.OnnxGraph.Attribute;
import java.util.List;

/** The operators RMSNormalization and RotaryEmbedding of opset 23. */
final class OperatorNormAndRope implements NormAndRope {

  private final OnnxGraph graph;
  private final LlamaConfig config;
  private final String cosines;
  private final String sines;
  private final String batchAxis;
  private final String positions;

  /**
   * @param cosines table, (positions × pairs)
   * @param sines table, (positions × pairs)
   * @param positions of the tokens, (tokens)
   */
  OperatorNormAndRope(
      OnnxGraph graph, LlamaConfig config, String cosines, String sines, String positions) {
    this.graph = graph;
    this.config = config;
    this.cosines = cosines;
    this.sines = sines;
    batchAxis = graph.integers("batch_axis", 0);
    this.positions = graph.node("batch_positions", "Unsqueeze", List.of(positions, batchAxis));
  }

  @Override
  public String rmsNorm(String name, String x, String weight) {
    return graph.node(
        name,
        "RMSNormalization",
        List.of(x, weight),
        Attribute.of("axis", -1),
        Attribute.of("epsilon", config.epsilon()));
  }

  @Override
  public String rotate(String name, String x, int heads) {
    boolean partial = config.rotaryDim() < config.headDim();
    String batch = graph.node(name + ".batch", "Unsqueeze", List.of(x, batchAxis));
    String turned =
        graph.node(
            name + ".turned",
            "RotaryEmbedding",
            List.of(batch, cosines, sines, positions),
            Attribute.of("interleaved", config.pairing() == Pairing.INTERLEAVED ? 1 : 0),
            Attribute.of("num_heads", heads),
            Attribute.of("rotary_embedding_dim", partial ? config.rotaryDim() : 0));
    String shape = graph.integers(name + ".shape", -1, heads, config.headDim());
    return graph.node(name, "Reshape", List.of(turned, shape));
  }
}
