package dev.llamark.verify.usergraph;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.List;

/**
 * Makes a graph's inner values visible without changing what it computes for a first batch: of a
 * merged graph the branch without a past takes the place of the choice, and each node that adds and
 * normalises in one names its sum.
 */
final class FlatGraph {

  static final String ADD_AND_NORMALISE = "SkipSimplifiedLayerNormalization";

  /** Number of the output that is the sum. */
  static final int SUM = 3;

  private FlatGraph() {}

  static ModelProto of(ModelProto model) {
    GraphProto.Builder flat = model.getGraph().toBuilder().clearNode();
    for (NodeProto node : model.getGraph().getNodeList()) {
      if (node.getOpType().equals("If") && node.getInput(0).equals(ValueNames.USE_CACHE_BRANCH)) {
        inline(node, flat);
      } else {
        flat.addNode(withSum(node));
      }
    }
    return model.toBuilder().setGraph(flat).build();
  }

  private static void inline(NodeProto choice, GraphProto.Builder flat) {
    GraphProto branch =
        choice.getAttributeList().stream()
            .filter(a -> a.getName().equals("else_branch"))
            .map(AttributeProto::getG)
            .findFirst()
            .orElseThrow();
    flat.addAllInitializer(branch.getInitializerList());
    branch.getNodeList().forEach(node -> flat.addNode(withSum(node)));
    for (int i = 0; i < choice.getOutputCount(); i++) {
      String inner = branch.getOutput(i).getName();
      if (!inner.equals(choice.getOutput(i))) {
        flat.addNode(
            NodeProto.newBuilder()
                .setOpType("Identity")
                .addInput(inner)
                .addOutput(choice.getOutput(i)));
      }
    }
  }

  private static NodeProto withSum(NodeProto node) {
    List<String> outputs = node.getOutputList();
    if (!node.getOpType().equals(ADD_AND_NORMALISE)
        || outputs.size() > SUM && !outputs.get(SUM).isEmpty()) {
      return node;
    }
    NodeProto.Builder named = node.toBuilder().clearOutput();
    for (int i = 0; i < SUM; i++) {
      named.addOutput(i < outputs.size() ? outputs.get(i) : "");
    }
    return named.addOutput(outputs.getFirst() + "/sum").build();
  }
}
