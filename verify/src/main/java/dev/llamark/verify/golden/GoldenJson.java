package dev.llamark.verify.golden;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamark.verify.golden.Golden.Phase;
import dev.llamark.verify.golden.Golden.Run;
import dev.llamark.verify.model.GreedyText;
import dev.llamark.verify.onnx.TapPoint;
import dev.llamark.verify.trace.Sketch;
import dev.llamark.verify.trace.Trace;

/** A {@link Golden} as text. */
final class GoldenJson {

  /** Version of the form; it changes with the meaning of any field. */
  static final int FORM = 1;

  static final String KIND = "golden";

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private GoldenJson() {}

  static String text(Golden golden) {
    ObjectNode root = NODES.objectNode().put("schema", FORM).put("kind", KIND);
    ObjectNode model = root.putObject("model");
    golden.model().fields().forEach(model::put);
    ObjectNode prompt = root.putObject("prompt");
    addAll(prompt.putArray("tokens"), golden.prompt().tokens());
    prompt.put("generate", golden.prompt().generate());
    prompt.put("kv", golden.prompt().kv().id());
    prompt.put("first_position", golden.prompt().firstPosition());
    ArrayNode runs = root.putArray("runs");
    golden.runs().forEach(run -> runs.add(run(run)));
    StringBuilder out = new StringBuilder();
    print(root, "", out);
    return out.append('\n').toString();
  }

  private static ObjectNode run(Run run) {
    ObjectNode object = NODES.objectNode();
    Maker maker = run.maker();
    ObjectNode by = object.putObject("maker");
    by.put("variant", maker.variant()).put("vector_bits", maker.vectorBits());
    by.put("arithmetic", maker.arithmetic().id()).put("jdk", maker.jdk()).put("os", maker.os());
    maker.features().forEach(by.putArray("features")::add);
    object.put("reference", run.reference());
    object.set("prefill", phase(run.prefill()));
    object.set("decode", phase(run.decode()));
    object.set("greedy", greedy(run.greedy()));
    return object;
  }

  private static ArrayNode greedy(GreedyText text) {
    ArrayNode array = NODES.arrayNode();
    for (int i = 0; i < text.tokens().length; i++) {
      array
          .addObject()
          .put("token", text.tokens()[i])
          .put("margin", text.margins()[i])
          .put("noise", text.noises()[i]);
    }
    return array;
  }

  private static ObjectNode phase(Phase phase) {
    ObjectNode object = NODES.objectNode().put("allowed", phase.allowed());
    ArrayNode positions = object.putArray("positions");
    for (int p = 0; p < phase.noises().length; p++) {
      Trace.Position position = phase.trace().positions().get(p);
      ObjectNode line = positions.addObject().put("position", p);
      addAll(line.putArray("tokens"), position.tokens());
      ArrayNode logits = line.putArray("logits");
      for (float logit : position.logits()) {
        logits.add(Float.toHexString(logit));
      }
      line.put("noise", phase.noises()[p]);
      add(line, position.all());
    }
    ArrayNode steps = object.putArray("steps");
    phase.trace().steps().forEach((point, sketch) -> add(step(steps, point), sketch));
    return object;
  }

  private static ObjectNode step(ArrayNode steps, TapPoint point) {
    ObjectNode line = steps.addObject();
    if (point.layer() < 0) {
      line.putNull("layer");
    } else {
      line.put("layer", point.layer());
    }
    return line.put("step", point.tap().title());
  }

  private static void add(ObjectNode line, Sketch sketch) {
    line.put("checksum", "%016x".formatted(sketch.checksum()));
    line.put("norm", Float.toHexString((float) sketch.norm()));
    ArrayNode sums = line.putArray("sums");
    for (double sum : sketch.sums()) {
      sums.add(Float.toHexString((float) sum));
    }
  }

  private static void addAll(ArrayNode array, int[] values) {
    for (int value : values) {
      array.add(value);
    }
  }

  /** Indented, but what holds no further objects stands in one line. */
  private static void print(JsonNode node, String indent, StringBuilder out) {
    if (isFlat(node)) {
      out.append(node);
      return;
    }
    String inner = indent + "  ";
    String separator = "\n" + inner;
    out.append(node.isObject() ? "{" : "[");
    if (node instanceof ObjectNode object) {
      for (var field : object.properties()) {
        out.append(separator).append('"').append(field.getKey()).append("\": ");
        print(field.getValue(), inner, out);
        separator = ",\n" + inner;
      }
    } else {
      for (JsonNode element : node) {
        out.append(separator);
        print(element, inner, out);
        separator = ",\n" + inner;
      }
    }
    out.append('\n').append(indent).append(node.isObject() ? "}" : "]");
  }

  private static boolean isFlat(JsonNode node) {
    for (JsonNode child : node) {
      if (child.isObject() || child.isArray() && !child.isEmpty() && !child.get(0).isValueNode()) {
        return false;
      }
    }
    return true;
  }
}
