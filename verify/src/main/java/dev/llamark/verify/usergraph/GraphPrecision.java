package dev.llamark.verify.usergraph;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import dev.llamark.kernel.Arithmetic;
import dev.llamark.tensor.DType;
import java.util.HashMap;
import java.util.Map;

/**
 * What a graph's numbers are made of, as far as it loses more than float does.
 *
 * @param weightBits of quantised matrices, of several the fewest; 0 where none are
 * @param block elements of a row that share a scale; 0 for the whole row
 * @param activations f32, f16 or bf16
 * @param arithmetic whether the inputs of matrices are quantised too
 */
record GraphPrecision(int weightBits, int block, DType activations, Arithmetic arithmetic) {

  /** Smaller constants are scalars and masks, which say nothing. */
  private static final int FEW = 16;

  static GraphPrecision of(ModelProto model) {
    Scan scan = new Scan();
    scan.graph(model.getGraph());
    return new GraphPrecision(scan.bits, scan.block, scan.activations, scan.arithmetic);
  }

  /** Whether it loses more than float arithmetic does. */
  boolean coarse() {
    return weightBits > 0 || activations != DType.F32 || arithmetic != Arithmetic.FLOAT;
  }

  @Override
  public String toString() {
    String weights =
        weightBits == 0
            ? ""
            : "int%d%s".formatted(weightBits, block == 0 ? " by rows" : " in blocks of " + block);
    String separator = weights.isEmpty() ? "" : ", ";
    String rest = weights.isEmpty() || activations != DType.F32 ? activations.id() : "";
    String inputs = arithmetic == Arithmetic.FLOAT ? "" : ", int8 activations";
    return weights + (rest.isEmpty() ? "" : separator + rest) + inputs;
  }

  private static final class Scan {
    private final Map<String, TensorProto> constants = new HashMap<>();
    private int bits;
    private int block;
    private DType activations = DType.F32;
    private Arithmetic arithmetic = Arithmetic.FLOAT;

    void graph(GraphProto graph) {
      for (TensorProto tensor : graph.getInitializerList()) {
        constants.put(tensor.getName(), tensor);
        if (ConstantFloats.count(tensor) >= FEW) {
          type(tensor);
        }
      }
      graph.getNodeList().forEach(this::node);
    }

    private void type(TensorProto tensor) {
      switch (DataType.forNumber(tensor.getDataType())) {
        case FLOAT16 -> activations = DType.F16;
        case BFLOAT16 -> activations = DType.BF16;
        case null, default -> {}
      }
    }

    private void node(NodeProto node) {
      switch (node.getOpType()) {
        case "MatMulNBits" -> {
          weights(
              (int) GraphIndex.attribute(node, "bits", 4),
              (int) GraphIndex.attribute(node, "block_size", 0));
          if (GraphIndex.attribute(node, "accuracy_level", 0) == 4) {
            arithmetic = Arithmetic.INT8_ACTIVATIONS;
          }
        }
        case "MatMulInteger", "DynamicQuantizeMatMul", "MatMulIntegerToFloat" -> {
          weights(8, 0);
          arithmetic = Arithmetic.INT8_ACTIVATIONS;
        }
        case "DequantizeLinear" -> dequantised(node);
        default -> {}
      }
      node.getAttributeList().stream()
          .filter(AttributeProto::hasG)
          .forEach(attribute -> graph(attribute.getG()));
    }

    private void dequantised(NodeProto node) {
      TensorProto tensor = constants.get(node.getInput(0));
      if (tensor == null) {
        return;
      }
      switch (DataType.forNumber(tensor.getDataType())) {
        case INT4, UINT4 -> weights(4, (int) GraphIndex.attribute(node, "block_size", 0));
        case INT8, UINT8 -> weights(8, (int) GraphIndex.attribute(node, "block_size", 0));
        case null, default -> {}
      }
    }

    private void weights(int of, int elements) {
      if (bits == 0 || of < bits) {
        bits = of;
        block = elements;
      }
    }
  }
}
