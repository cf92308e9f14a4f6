package dev.llamark.verify.usergraph;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import dev.llamark.tensor.DType;
import java.util.HashMap;
import java.util.Map;

/**
 * What a graph's numbers are made of, as far as it loses more than float does.
 *
 * @param weightBits of quantised matrices, of several the fewest; 0 where none are
 * @param block elements of a row that share a scale; {@link #ROW} or {@link #MATRIX}
 * @param embedding whether the table of embeddings is quantised in the same way
 * @param activations f32, f16 or bf16
 * @param inputs what becomes of the inputs of matrices
 */
record GraphPrecision(
    int weightBits, int block, boolean embedding, DType activations, Inputs inputs) {

  /** What becomes of the inputs of matrices. */
  enum Inputs {
    AS_THEY_ARE(""),
    /** Rounded to int8 in blocks with a scale each. */
    INT8_BLOCKS(", int8 activations in blocks"),
    /** Rounded to uint8 with one scale and zero point for all tokens. */
    UINT8_TENSOR(", uint8 activations");

    private final String title;

    Inputs(String title) {
      this.title = title;
    }
  }

  /** The block that is a whole row. */
  static final int ROW = 0;

  /** The block that is a whole matrix. */
  static final int MATRIX = -1;

  /** Smaller constants are scalars and masks, which say nothing. */
  private static final int FEW = 16;

  static GraphPrecision of(ModelProto model) {
    Scan scan = new Scan();
    scan.graph(model.getGraph());
    return new GraphPrecision(scan.bits, scan.block, scan.embedding, scan.activations, scan.inputs);
  }

  /** Whether it loses more than float arithmetic does. */
  boolean coarse() {
    return weightBits > 0 || activations != DType.F32 || inputs != Inputs.AS_THEY_ARE;
  }

  @Override
  public String toString() {
    if (weightBits == 0) {
      return activations.id() + inputs.title;
    }
    String blocks =
        switch (block) {
          case ROW -> "by rows";
          case MATRIX -> "by matrices";
          default -> "in blocks of " + block;
        };
    String type = activations == DType.F32 ? "" : ", " + activations.id();
    return "int%d %s%s%s".formatted(weightBits, blocks, type, inputs.title);
  }

  private static final class Scan {
    private final Map<String, TensorProto> constants = new HashMap<>();
    private int bits;
    private int block;
    private DType activations = DType.F32;
    private boolean embedding;
    private Inputs inputs = Inputs.AS_THEY_ARE;

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
          weights((int) GraphIndex.attribute(node, "bits", 4), blockSize(node));
          if (GraphIndex.attribute(node, "accuracy_level", 0) == 4) {
            inputs = Inputs.INT8_BLOCKS;
          }
        }
        case "GatherBlockQuantized" -> {
          weights((int) GraphIndex.attribute(node, "bits", 4), blockSize(node));
          embedding = true;
        }
        case "MatMulInteger", "DynamicQuantizeMatMul", "MatMulIntegerToFloat" -> {
          weights(8, MATRIX);
          inputs = Inputs.UINT8_TENSOR;
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
      TensorProto scale = constants.get(node.getInput(1));
      boolean one = scale != null && ConstantFloats.count(scale) == 1;
      int shared = one ? MATRIX : blockSize(node);
      switch (DataType.forNumber(tensor.getDataType())) {
        case INT4, UINT4 -> weights(4, shared);
        case INT8, UINT8 -> weights(8, shared);
        case null, default -> {}
      }
    }

    private static int blockSize(NodeProto node) {
      return (int) GraphIndex.attribute(node, "block_size", ROW);
    }

    private void weights(int of, int elements) {
      if (bits == 0 || of < bits) {
        bits = of;
        block = elements;
      }
    }
  }
}
