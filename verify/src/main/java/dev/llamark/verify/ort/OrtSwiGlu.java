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
    OnnxGraph graph = new OnnxGraph("swiglu", 21);
    String gate = graph.input("gate", Element.FLOAT, "size");
    String up = graph.input("up", Element.FLOAT, "size");
    String sigmoid = graph.node("sigmoid", "Sigmoid", List.of(gate));
    String silu = graph.node("silu", "Mul", List.of(gate, sigmoid));
    graph.node("out", "Mul", List.of(silu, up));
    graph.output("out", Element.FLOAT, "size");
    operator = new OrtOperator(runtime, graph, threads);
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
