package dev.llamark.verify.nodetest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import dev.llamark.kernel.KernelRegistry;
import dev.llamark.kernel.Kernels;
import dev.llamark.kernel.RmsNorm;
import dev.llamark.oracle.Verdict;
import dev.llamark.run.InputException;
import dev.llamark.run.ThreadTeam;
import dev.llamark.verify.onnx.OnnxGraph;
import dev.llamark.verify.onnx.OnnxGraph.Attribute;
import dev.llamark.verify.onnx.OnnxGraph.Element;
import dev.llamark.verify.onnx.OrtRuntime;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Node tests written here, with answers worked out on paper, and the standard's own. */
class NodeTestRunTest {

  private static ThreadTeam team;
  private static Kernels scalar;
  private static OrtRuntime runtime;

  @TempDir private Path folder;

  @BeforeAll
  static void open() {
    team = ThreadTeam.single();
    scalar = KernelRegistry.load(NodeTestRunTest.class.getClassLoader()).open("scalar", team);
    runtime = OrtRuntime.start();
  }

  @AfterAll
  static void close() {
    scalar.close();
    team.close();
  }

  /** Writes the test {@code NAME}: inputs, then the output, in pairs of shape and elements. */
  private void write(String name, OnnxGraph graph, Object... shapesAndElements) throws IOException {
    Path data = Files.createDirectories(folder.resolve(name).resolve("test_data_set_0"));
    Files.write(folder.resolve(name).resolve("model.onnx"), graph.bytes());
    int inputs = shapesAndElements.length / 2 - 1;
    for (int i = 0; i <= inputs; i++) {
      TensorProto tensor = tensor((int[]) shapesAndElements[2 * i], shapesAndElements[2 * i + 1]);
      String file = i < inputs ? "input_" + i + ".pb" : "output_0.pb";
      Files.write(data.resolve(file), tensor.toByteArray());
    }
  }

  private static TensorProto tensor(int[] shape, Object elements) {
    TensorProto.Builder tensor = TensorProto.newBuilder();
    for (int dimension : shape) {
      tensor.addDims(dimension);
    }
    if (elements instanceof long[] longs) {
      tensor.setDataType(Element.INT64.number());
      for (long element : longs) {
        tensor.addInt64Data(element);
      }
      return tensor.build();
    }
    float[] floats = (float[]) elements;
    ByteBuffer raw =
        ByteBuffer.allocate(Float.BYTES * floats.length).order(ByteOrder.LITTLE_ENDIAN);
    raw.asFloatBuffer().put(floats);
    return tensor.setDataType(Element.FLOAT.number()).setRawData(ByteString.copyFrom(raw)).build();
  }

  private static OnnxGraph graph(String operator, int inputs, int rank, Attribute... attributes) {
    OnnxGraph graph = new OnnxGraph(operator, 23);
    List<String> names =
        List.of("a", "b", "c").subList(0, inputs).stream()
            .map(name -> graph.input(name, Element.FLOAT, dimensions(name, rank)))
            .toList();
    graph.node("y", operator, names, attributes);
    graph.output("y", Element.FLOAT, dimensions("y", rank));
    return graph;
  }

  private static Object[] dimensions(String name, int rank) {
    return IntStream.range(0, rank).mapToObj(axis -> name + axis).toArray();
  }

  private NodeTestResult runOnly() {
    return NodeTestRun.on(scalar, NodeTestFolder.read(folder).getFirst());
  }

  @Test
  void matMulOfVectorsAndBroadcastMatrices() throws IOException {
    float[] a = {1, 2, 3, 4};
    float[] b = {1, 10, 100, 1000, 5, 6, 7, 8};
    write(
        "matmul",
        graph("MatMul", 2, 2),
        new int[] {2, 2},
        a,
        new int[] {2, 2, 2},
        b,
        new int[] {2, 2, 2},
        new float[] {201, 2010, 403, 4030, 19, 22, 43, 50});
    assertThat(runOnly().verdict()).isEqualTo(new Verdict.Pass());
    assertThat(runOnly().maxAbs()).isZero();
  }

  @Test
  void rmsNormalizationOverTwoAxes() throws IOException {
    write(
        "rms",
        graph("RMSNormalization", 2, 2, Attribute.of("axis", 0), Attribute.of("epsilon", 0f)),
        new int[] {2, 2},
        new float[] {1, 1, 5, 3}, // root of 36/4
        new int[] {2, 2},
        new float[] {1, 1, 1, 2},
        new int[] {2, 2},
        new float[] {1 / 3f, 1 / 3f, 5 / 3f, 2});
    assertThat(runOnly().verdict()).isEqualTo(new Verdict.Pass());
  }

  @Test
  void softmaxAlongTheFirstAxisByWayOfAttention() throws IOException {
    float ln3 = (float) Math.log(3);
    write(
        "softmax",
        graph("Softmax", 1, 2, Attribute.of("axis", 0)),
        new int[] {2, 2},
        new float[] {0, ln3, ln3, ln3},
        new int[] {2, 2},
        new float[] {0.25f, 0.5f, 0.75f, 0.5f});
    assertThat(runOnly().verdict()).isEqualTo(new Verdict.Pass());
  }

  @Test
  void attentionWithoutCausalitySeesLaterKeys() throws IOException {
    float[] zeros = new float[2];
    for (int causal = 0; causal < 2; causal++) {
      write(
          "attention_" + causal,
          graph("Attention", 3, 4, Attribute.of("is_causal", causal)),
          new int[] {1, 1, 2, 1},
          zeros,
          new int[] {1, 1, 2, 1},
          zeros,
          new int[] {1, 1, 2, 1},
          new float[] {2, 4},
          new int[] {1, 1, 2, 1},
          causal == 1 ? new float[] {2, 3} : new float[] {3, 3});
    }
    assertThat(NodeTestFolder.read(folder))
        .hasSize(2)
        .allSatisfy(
            test -> {
              assertThat(NodeTestRun.on(scalar, test).verdict()).isEqualTo(new Verdict.Pass());
              assertThat(NodeTestRun.on(runtime, test).verdict()).isEqualTo(new Verdict.Pass());
            });
  }

  @Test
  void rotaryEmbeddingByPositionIds() throws IOException {
    OnnxGraph graph = new OnnxGraph("rope", 23);
    List<String> inputs =
        List.of(
            graph.input("x", Element.FLOAT, 1, 2, 1, 2),
            graph.input("cos", Element.FLOAT, 3, 1),
            graph.input("sin", Element.FLOAT, 3, 1),
            graph.input("ids", Element.INT64, 1, 1));
    graph.node("y", "RotaryEmbedding", inputs, Attribute.of("interleaved", 1));
    graph.output("y", Element.FLOAT, 1, 2, 1, 2);
    write(
        "rope",
        graph,
        new int[] {1, 2, 1, 2},
        new float[] {1, 2, 3, 4},
        new int[] {3, 1},
        new float[] {1, 1, 0},
        new int[] {3, 1},
        new float[] {0, 0, 1},
        new int[] {1, 1},
        new long[] {2},
        new int[] {1, 2, 1, 2},
        new float[] {-2, 1, -4, 3}); // a quarter turn of two heads
    NodeTest test = NodeTestFolder.read(folder).getFirst();
    assertThat(NodeTestRun.on(scalar, test).verdict()).isEqualTo(new Verdict.Pass());
    assertThat(NodeTestRun.on(runtime, test).verdict()).isEqualTo(new Verdict.Pass());
  }

  @Test
  void aWrongKernelFailsWithItsWorstElement() throws IOException {
    rmsNormalizationOverTwoAxes();
    RmsNorm wrong =
        (x, _, _, _, _, _, _, out, _) -> {
          System.arraycopy(new float[] {1 / 3f, 1 / 3f, 2, 2}, 0, out, 0, x.length);
        };
    NodeTestResult result =
        NodeTestRun.on(scalar.with(wrong), NodeTestFolder.read(folder).getFirst());
    assertThat(result.verdict()).isInstanceOf(Verdict.Fail.class);
    assertThat(result.worst()).containsExactly(1, 0);
    assertThat(result.got()).isEqualTo(2);
    assertThat(result.expected()).isEqualTo(5 / 3f);
  }

  @Test
  void anErrorThatOnnxToleratesIsStillTooLargeForUs() throws IOException {
    write(
        "matmul",
        graph("MatMul", 2, 2),
        new int[] {1, 1},
        new float[] {1},
        new int[] {1, 1},
        new float[] {1},
        new int[] {1, 1},
        new float[] {1.0005f});
    assertThat(runOnly().verdict())
        .isInstanceOf(Verdict.Fail.class)
        .satisfies(v -> assertThat(v.reason()).startsWith("within ONNX's tolerance"));
  }

  @Test
  void whatNoKernelDoesIsSkippedWithTheReason() throws IOException {
    write(
        "relu",
        graph("Relu", 1, 1),
        new int[] {1},
        new float[] {1},
        new int[] {1},
        new float[] {1});
    assertThat(runOnly().verdict())
        .isEqualTo(new Verdict.Skipped("no kernel for the operator Relu"));
  }

  @Test
  void foldersWithoutTestsAndBrokenFilesAreNamed() throws IOException {
    assertThatThrownBy(() -> NodeTestFolder.read(folder))
        .isInstanceOf(InputException.class)
        .hasMessage(folder + " has no ONNX tests: expected NAME/model.onnx");
    assertThatThrownBy(() -> NodeTestFolder.read(folder.resolve("none")))
        .isInstanceOf(InputException.class);
    Path model = Files.createDirectory(folder.resolve("t")).resolve("model.onnx");
    Files.write(model, new byte[] {(byte) 0xff, (byte) 0xff, 3});
    assertThatThrownBy(() -> NodeTestFolder.read(folder))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(model + ": expected an ONNX protobuf");
  }

  @Test
  @Tag("external")
  void allOfTheStandardsTestsPassOnScalarAndOnOnnxRuntime() {
    List<NodeTest> tests =
        NodeTestFolder.read(Path.of(System.getProperty("llamark.data"), "onnx-node"));
    assertThat(tests).hasSizeGreaterThanOrEqualTo(46);
    for (NodeTest test : tests) {
      assertThat(NodeTestRun.on(scalar, test).verdict())
          .as(test.name())
          .isEqualTo(new Verdict.Pass());
      assertThat(NodeTestRun.on(runtime, test).verdict())
          .as(test.name())
          .isEqualTo(new Verdict.Pass());
    }
  }
}
