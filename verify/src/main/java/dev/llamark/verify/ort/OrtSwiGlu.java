package dev.llamark.verify.ort;

import dev.llamark.kernel.SwiGlu;
import dev.llamark.verify.onnx.OnnxGraph;
import dev.llamark.verify.onnx.OnnxGraph.Element;
import dev.llamark.verify.onnx.OrtRuntime;
import java.util.List;

/** SwiGLU of ONNX's operators Sigmoid and Mul, which ONNX Runtime fuses as far as it can. */
final class OrtSwiGlu implements SwiGlu, AutoCloseable {

  private final OrtOperator operator;

  OrtSwiGlu(OrtRuntime runtime, int threads) {
    operator = new OrtOperator(runtime, graph(1), threads);
  }

  /** So many, each result the gate of the next, all with the same {@code up}. */
  static OnnxGraph graph(int nodes) {
    OnnxGraph graph = new OnnxGraph("swiglu", 21);
    String gate = graph.input("gate", Element.FLOAT, "size");
    String up = graph.input("up", Element.FLOAT, "size");
    for (int node = 1; node <= nodes; node++) {
      String sigmoid = graph.node("sigmoid" + node, "Sigmoid", List.of(gate));
      String silu = graph.node("silu" + node, "Mul", List.of(gate, sigmoid));
      gate = graph.node(OrtChain.name("out", node, nodes), "Mul", List.of(silu, up));
    }
    graph.output("out", Element.FLOAT, "size");
    return graph;
  }

  @Override
  public void compute(
      float[] gate,
      int gateOffset,
      float[] up,
      int upOffset,
      int size,
      float[] out,
      int outOffset) {
    operator.input("gate", gate, gateOffset, size);
    operator.input("up", up, upOffset, size);
    operator.run("out", out, outOffset, size);
  }

  @Override
  public void close() {
    operator.close();
  }
}
