package dev.llamark.verify.ort;

import dev.llamark.kernel.RmsNorm;
import dev.llamark.verify.onnx.OnnxGraph;
import dev.llamark.verify.onnx.OnnxGraph.Attribute;
import dev.llamark.verify.onnx.OnnxGraph.Element;
import dev.llamark.verify.onnx.OrtRuntime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The operator RMSNormalization of ONNX, opset 23. Epsilon is an attribute of it, so there is a
 * session for each value of epsilon.
 */
final class OrtRmsNorm implements RmsNorm, AutoCloseable {

  private final OrtRuntime runtime;
  private final int threads;
  private final Map<Float, OrtOperator> byEpsilon = new HashMap<>();

  OrtRmsNorm(OrtRuntime runtime, int threads) {
    this.runtime = runtime;
    this.threads = threads;
  }

  private OrtOperator operator(float epsilon) {
    return new OrtOperator(runtime, graph(epsilon, 1), threads);
  }

  /** So many nodes one after the other, all with the same weight. */
  static OnnxGraph graph(float epsilon, int nodes) {
    OnnxGraph graph = new OnnxGraph("rmsnorm", 23);
    String x = graph.input("x", Element.FLOAT, "rows", "size");
    String weight = graph.input("weight", Element.FLOAT, "size");
    for (int node = 1; node <= nodes; node++) {
      x =
          graph.node(
              OrtChain.name("out", node, nodes),
              "RMSNormalization",
              List.of(x, weight),
              Attribute.of("axis", -1),
              Attribute.of("epsilon", epsilon));
    }
    graph.output("out", Element.FLOAT, "rows", "size");
    return graph;
  }

  @Override
  public void compute(
      float[] x,
      int xOffset,
      float[] weight,
      int weightOffset,
      int rows,
      int size,
      float epsilon,
      float[] out,
      int outOffset) {
    OrtOperator operator = byEpsilon.computeIfAbsent(epsilon, this::operator);
    operator.input("x", x, xOffset, rows, size);
    operator.input("weight", weight, weightOffset, size);
    operator.run("out", out, outOffset, rows, size);
  }

  @Override
  public void close() {
    byEpsilon.values().forEach(OrtOperator::close);
  }
}
