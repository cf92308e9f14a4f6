package dev.llamark.verify.ort;

import dev.llamark.kernel.Rope;
import dev.llamark.rope.Pairing;
import dev.llamark.rope.RopeTable;
import dev.llamark.verify.onnx.OnnxGraph;
import dev.llamark.verify.onnx.OnnxGraph.Attribute;
import dev.llamark.verify.onnx.OnnxGraph.Element;
import dev.llamark.verify.onnx.OrtRuntime;
import java.nio.LongBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The operator RotaryEmbedding of ONNX, opset 23. Its attributes ask for a session for each
 * pairing, number of heads and rotary dimension. The table is copied to native memory when it is
 * another one than in the call before.
 */
final class OrtRope implements Rope, AutoCloseable {

  /** What a session is made for. */
  record Form(Pairing pairing, int heads, int rotaryDim, boolean partial) {}

  /** A session and the table that its memory holds. */
  private static final class Rotation {
    private final OrtOperator operator;
    private RopeTable table;

    Rotation(OrtOperator operator) {
      this.operator = operator;
    }
  }

  private final OrtRuntime runtime;
  private final int threads;
  private final Map<Form, Rotation> byForm = new HashMap<>();

  OrtRope(OrtRuntime runtime, int threads) {
    this.runtime = runtime;
    this.threads = threads;
  }

  private Rotation rotation(Form form) {
    return new Rotation(new OrtOperator(runtime, graph(form, 1), threads));
  }

  /** So many nodes one after the other, all by the same angles. */
  static OnnxGraph graph(Form form, int nodes) {
    OnnxGraph graph = new OnnxGraph("rope", 23);
    String x = graph.input("x", Element.FLOAT, 1, "tokens", "width");
    String cosines = graph.input("cosines", Element.FLOAT, "positions", "pairs");
    String sines = graph.input("sines", Element.FLOAT, "positions", "pairs");
    String positions = graph.input("position_ids", Element.INT64, 1, "tokens");
    for (int node = 1; node <= nodes; node++) {
      x =
          graph.node(
              OrtChain.name("out", node, nodes),
              "RotaryEmbedding",
              List.of(x, cosines, sines, positions),
              Attribute.of("interleaved", form.pairing() == Pairing.INTERLEAVED ? 1 : 0),
              Attribute.of("num_heads", form.heads()),
              Attribute.of("rotary_embedding_dim", form.partial() ? form.rotaryDim() : 0));
    }
    graph.output("out", Element.FLOAT, 1, "tokens", "width");
    return graph;
  }

  @Override
  public void compute(
      float[] x,
      int xOffset,
      int[] positions,
      int positionsOffset,
      RopeTable table,
      Pairing pairing,
      int tokens,
      int heads,
      int headDim,
      float[] out,
      int outOffset) {
    int rotaryDim = table.rotaryDim();
    Form form = new Form(pairing, heads, rotaryDim, rotaryDim < headDim);
    Rotation rotation = byForm.computeIfAbsent(form, this::rotation);
    OrtOperator operator = rotation.operator;
    if (rotation.table != table) {
      operator.input("cosines", table.cosines(), 0, table.positions(), table.pairs());
      operator.input("sines", table.sines(), 0, table.positions(), table.pairs());
      rotation.table = table;
    }
    operator.input("x", x, xOffset, 1, tokens, (long) heads * headDim);
    LongBuffer ids = operator.longs("position_ids", 1, tokens);
    for (int t = 0; t < tokens; t++) {
      ids.put(t, positions[positionsOffset + t]);
    }
    operator.run("out", out, outOffset, 1, tokens, (long) heads * headDim);
  }

  @Override
  public void close() {
    byForm.values().forEach(rotation -> rotation.operator.close());
  }
}
