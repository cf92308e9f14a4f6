package dev.llamark.verify.ort;

import ai.onnxruntime.OrtSession;
import dev.llamark.kernel.MatMul;
import dev.llamark.kernel.PackedMatrix;
import dev.llamark.tensor.DType;
import dev.llamark.tensor.Matrix;
import dev.llamark.verify.onnx.FloatTensor;
import dev.llamark.verify.onnx.OnnxGraph;
import dev.llamark.verify.onnx.OnnxGraph.Attribute;
import dev.llamark.verify.onnx.OnnxGraph.Element;
import dev.llamark.verify.onnx.OrtRuntime;
import dev.llamark.verify.onnx.OrtRuntime.Settings;
import java.util.List;
import java.util.Map;

/**
 * The operator Gemm of ONNX with W as a constant, which takes it as it lies, (N × K), and which
 * ONNX Runtime packs for itself: a session per matrix. Weights of other types are decoded first.
 */
final class OrtMatMul implements MatMul {

  private final OrtRuntime runtime;
  private final int threads;

  OrtMatMul(OrtRuntime runtime, int threads) {
    this.runtime = runtime;
    this.threads = threads;
  }

  /** ONNX Runtime's own packed copy of a matrix, in float. */
  private record Packed(DType dtype, int rows, int columns, OrtOperator operator)
      implements PackedMatrix {

    @Override
    public long bytes() {
      return DType.F32.bytes((long) rows * columns);
    }

    @Override
    public void close() {
      operator.close();
    }
  }

  @Override
  public PackedMatrix pack(Matrix weights) {
    Settings settings = Settings.fast(threads);
    byte[] model = graph(weights.rows(), weights.columns()).bytes();
    try (FloatTensor floats = FloatTensor.of(runtime, weights)) {
      OrtSession session = runtime.session(model, settings, Map.of("weights", floats.tensor()));
      OrtOperator operator = new OrtOperator(runtime, session);
      return new Packed(weights.dtype(), weights.rows(), weights.columns(), operator);
    }
  }

  private static OnnxGraph graph(int rows, int columns) {
    OnnxGraph graph = new OnnxGraph("matmul", 21);
    String x = graph.input("x", Element.FLOAT, "rows", columns);
    String weights = graph.external("weights", rows, columns);
    graph.node("out", "Gemm", List.of(x, weights), Attribute.of("transB", 1));
    graph.output("out", Element.FLOAT, "rows", rows);
    return graph;
  }

  @Override
  public void compute(
      float[] x, int xOffset, int rows, PackedMatrix weights, float[] out, int outOffset) {
    OrtOperator operator = ((Packed) weights).operator();
    operator.input("x", x, xOffset, rows, weights.columns());
    operator.run("out", out, outOffset, rows, weights.rows());
  }
}
