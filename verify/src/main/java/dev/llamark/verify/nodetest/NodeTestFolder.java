package dev.llamark.verify.nodetest;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.llamark.run.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A folder of ONNX backend tests, as {@code onnx/backend/test/data/node} of the standard's
 * repository: {@code NAME/model.onnx} and {@code NAME/test_data_set_0/input_0.pb …, output_0.pb …}.
 */
public final class NodeTestFolder {

  private static final String MODEL = "model.onnx";
  private static final String DATA = "test_data_set_0";

  private NodeTestFolder() {}

  /**
   * All tests of a folder, by name.
   *
   * @throws InputException if the folder has none, or a file of one cannot be read
   */
  public static List<NodeTest> read(Path folder) {
    List<Path> tests;
    try (Stream<Path> entries = Files.list(folder)) {
      tests = entries.filter(e -> Files.isRegularFile(e.resolve(MODEL))).sorted().toList();
    } catch (IOException e) {
      throw new InputException(folder + " is not a folder that can be read", e);
    }
    if (tests.isEmpty()) {
      throw new InputException(folder + " has no ONNX tests: expected NAME/" + MODEL);
    }
    return tests.stream().map(NodeTestFolder::test).toList();
  }

  private static NodeTest test(Path folder) {
    ModelProto model = parse(folder.resolve(MODEL), ModelProto::parseFrom);
    if (model.getGraph().getNodeCount() == 0 || model.getGraph().getOutputCount() == 0) {
      throw new InputException(
          folder.resolve(MODEL) + ": expected a graph with nodes and outputs, found none");
    }
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    model
        .getGraph()
        .getInitializerList()
        .forEach(initializer -> inputs.put(initializer.getName(), Tensor.of(initializer)));
    List<String> names =
        model.getGraph().getInputList().stream()
            .map(ValueInfoProto::getName)
            .filter(name -> !inputs.containsKey(name))
            .toList();
    Path data = folder.resolve(DATA);
    for (int i = 0; i < names.size(); i++) {
      inputs.put(names.get(i), tensor(data.resolve("input_" + i + ".pb")));
    }
    List<Tensor> outputs = new ArrayList<>();
    for (int i = 0; i < model.getGraph().getOutputCount(); i++) {
      outputs.add(tensor(data.resolve("output_" + i + ".pb")));
    }
    return new NodeTest(folder.getFileName().toString(), model, inputs, outputs);
  }

  private static Tensor tensor(Path file) {
    TensorProto proto = parse(file, TensorProto::parseFrom);
    try {
      return Tensor.of(proto);
    } catch (ArithmeticException
        | IndexOutOfBoundsException
        | java.nio.BufferUnderflowException e) {
      throw new InputException(
          "%s: the tensor '%s' has fewer elements than its shape %s says"
              .formatted(file, proto.getName(), proto.getDimsList()),
          e);
    }
  }

  /** A parser of protobuf bytes. */
  @FunctionalInterface
  private interface Parser<T> {
    T parse(byte[] bytes) throws IOException;
  }

  private static <T> T parse(Path file, Parser<T> parser) {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (IOException e) {
      throw new InputException(file + ": cannot be read", e);
    }
    try {
      return parser.parse(bytes);
    } catch (IOException e) {
      throw new InputException(file + ": expected an ONNX protobuf: " + e.getMessage(), e);
    }
  }
}
