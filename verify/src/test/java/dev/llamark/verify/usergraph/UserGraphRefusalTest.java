package dev.llamark.verify.usergraph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import dev.llamark.format.ModelSource;
import dev.llamark.format.ModelSources;
import dev.llamark.model.LlamaConfig;
import dev.llamark.model.LlamaWeights;
import dev.llamark.run.InputException;
import dev.llamark.tensor.DType;
import dev.llamark.verify.model.ModelTask;
import dev.llamark.verify.onnx.OrtSequence;
import dev.llamark.verify.onnx.RandomModel;
import dev.llamark.verify.usergraph.OptimumExport.Form;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is no graph of the model is refused in one sentence that says why. */
class UserGraphRefusalTest {

  private static final ModelSource SOURCE = RandomModel.GROUPED_AND_TIED.source();
  private static final ModelTask TASK = ModelTask.of(RandomModel.TOKENS);

  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("model.onnx");
  }

  private static ModelProto export(Form form) {
    return new OptimumExport(ModelCopy.of(SOURCE), form).write();
  }

  private String refusal(byte[] model) throws IOException {
    Files.write(file, model);
    return refusal(SOURCE, TASK, file);
  }

  private static String refusal(ModelSource source, ModelTask task, Path path) {
    InputException refused =
        catchThrowableOfType(
            InputException.class,
            () -> {
              try (UserGraph graph = UserGraph.read(source, task, path);
                  OrtSequence sequence = graph.sequence()) {
                sequence.forward(task.tokens());
              }
            });
    assertThat(refused).as("no refusal").isNotNull();
    assertThat(refused.getMessage()).doesNotContain("\n");
    return refused.getMessage();
  }

  @Test
  void aFileThatIsNotThere() {
    assertThat(refusal(SOURCE, TASK, file))
        .isEqualTo(file + ": expected an ONNX file, but there is no such file");
  }

  @Test
  void aFileThatIsNoOnnx() throws IOException {
    assertThat(refusal("This is a text, not a model.\n".repeat(9).getBytes()))
        .startsWith(file + ": is no ONNX model");
  }

  @Test
  void anEmptyFile() throws IOException {
    assertThat(refusal(new byte[0])).isEqualTo(file + ": is no ONNX model: it holds no graph");
  }

  @Test
  void aFileThatEndsEarly() throws IOException {
    byte[] whole = export(Form.WITH_PAST).toByteArray();
    assertThat(refusal(Arrays.copyOf(whole, whole.length * 2 / 3)))
        .isEqualTo(
            file
                + ": is no ONNX model, or not a whole one: While parsing a protocol message, the"
                + " input ended unexpectedly in the middle of a field");
  }

  @Test
  void anOperatorThatNobodyKnows() throws IOException {
    ModelProto model = export(Form.WITH_PAST);
    GraphProto.Builder graph = model.getGraph().toBuilder();
    graph.getNodeBuilder(0).setOpType("Gathre");
    assertThat(refusal(model.toBuilder().setGraph(graph).build().toByteArray()))
        .startsWith(file + ": ONNX Runtime refuses it: ")
        .contains("Gathre");
  }

  @Test
  void externalDataThatIsMissing() throws IOException {
    ModelFiles.writeExternal(export(Form.WITH_PAST), folder);
    Files.delete(folder.resolve("model.onnx.data"));
    assertThat(refusal(SOURCE, TASK, file))
        .startsWith(file + ": external data of tensor '")
        .endsWith(
            "should be in " + folder.resolve("model.onnx.data") + ", but there is no such file");
  }

  @Test
  void externalDataThatIsTooShort() throws IOException {
    ModelFiles.writeExternal(export(Form.WITH_PAST), folder);
    Files.write(folder.resolve("model.onnx.data"), new byte[1000]);
    assertThat(refusal(SOURCE, TASK, file)).endsWith("model.onnx.data, which has only 1000");
  }

  @Test
  void externalDataElsewhere() throws IOException {
    ModelFiles.writeExternal(export(Form.WITH_PAST), folder);
    Path inner = Files.createDirectory(folder.resolve("inner")).resolve("model.onnx");
    String moved =
        new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1);
    Files.write(
        inner,
        moved
            .replace("model.onnx.data", "../model.o.data")
            .getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
    assertThat(refusal(SOURCE, TASK, inner))
        .endsWith("must lie beside the model, but is at '../model.o.data'");
  }

  @Test
  void anInputThatIsNotKnownWithThoseThatWereSeen() throws IOException {
    ModelProto model = export(Form.WITH_PAST);
    GraphProto.Builder graph = model.getGraph().toBuilder();
    graph.addInput(graph.getInput(0).toBuilder().setName("token_type_ids"));
    assertThat(refusal(model.toBuilder().setGraph(graph).build().toByteArray()))
        .isEqualTo(
            "model.onnx needs the input 'token_type_ids', which llamark does not know; its inputs"
                + " are input_ids, attention_mask, position_ids, past_key_values.N.key of 2 layers,"
                + " past_key_values.N.value of 2 layers, token_type_ids");
  }

  @Test
  void tokensOfAnotherType() throws IOException {
    byte[] model =
        new OptimumExport(ModelCopy.of(SOURCE), Form.WITH_PAST)
            .integers(DataType.FLOAT)
            .write()
            .toByteArray();
    Files.write(file, model);
    assertThat(refusal(SOURCE, TASK, file)).startsWith(file + ": ONNX Runtime refuses it: ");
  }

  @Test
  void logitsOfAnotherName() throws IOException {
    ModelProto model = export(Form.WITHOUT_PAST);
    GraphProto.Builder graph = model.getGraph().toBuilder();
    int last = graph.getNodeCount() - 1;
    graph.getNodeBuilder(last).setOutput(0, "scores");
    graph.getOutputBuilder(0).setName("scores");
    assertThat(refusal(model.toBuilder().setGraph(graph).build().toByteArray()))
        .isEqualTo("model.onnx has no output 'logits'; its outputs are scores");
  }

  @Test
  void anotherShape() throws IOException {
    Files.write(file, export(Form.WITH_PAST).toByteArray());
    ModelSource plain = RandomModel.PLAIN.source();
    assertThat(refusal(plain, TASK, file))
        .isEqualTo("model.onnx has 1 key and value heads, but PLAIN has 3");
    try (ModelSource probe = ModelSources.open("synthetic:probe256")) {
      assertThat(refusal(probe, ModelTask.of(1), file))
          .isEqualTo("model.onnx has 41 tokens in its vocabulary, but synthetic:probe256 has 1009");
    }
  }

  @Test
  void layersThatOnlyNormalisationsTell() throws IOException {
    Files.write(file, export(Form.WITHOUT_PAST).toByteArray());
    assertThat(refusal(new OneLayerMore(SOURCE), TASK, file))
        .isEqualTo("model.onnx has 2 layers, but GROUPED_AND_TIED has 3");
  }

  /** Says that it has a layer more than it has. */
  private record OneLayerMore(ModelSource source) implements ModelSource {

    @Override
    public LlamaConfig config() {
      LlamaConfig c = source.config();
      return new LlamaConfig(
          c.architecture(),
          c.hidden(),
          c.ffn(),
          c.layers() + 1,
          c.heads(),
          c.kvHeads(),
          c.headDim(),
          c.vocab(),
          c.context(),
          c.rotaryDim(),
          c.theta(),
          c.epsilon(),
          c.scaling(),
          c.pairing());
    }

    @Override
    public String name() {
      return source.name();
    }

    @Override
    public LlamaWeights weights() {
      return source.weights();
    }

    @Override
    public DType dtype() {
      return source.dtype();
    }

    @Override
    public long parameters() {
      return source.parameters();
    }

    @Override
    public void close() {
      source.close();
    }
  }

  @Test
  void aFolderWithoutAModel() {
    assertThat(refusal(SOURCE, TASK, folder))
        .isEqualTo(folder + ": must hold one .onnx file, but holds 0; name the file");
  }

  @Test
  void aConfigurationThatContradictsTheModel() throws IOException {
    try (ModelSource probe = ModelSources.open("synthetic:probe256")) {
      new GenAiExport(ModelCopy.of(probe), DataType.FLOAT, false, false)
          .write(folder, "model.onnx");
      Path config = folder.resolve("genai_config.json");
      String right = Files.readString(config);
      Files.writeString(
          config, right.replace("\"num_hidden_layers\": 4", "\"num_hidden_layers\": 5"));
      assertThat(refusal(probe, TASK, folder))
          .isEqualTo("model.onnx has 5 layers, but synthetic:probe256 has 4");
      Files.writeString(config, right.replace("\"vocab_size\": 1009", "\"vocab_size\": many"));
      assertThat(refusal(probe, TASK, folder)).startsWith(config + ": is no sound JSON: ");
    }
  }

  @Test
  void aSampleOfALongContextForAGraphWithoutPositions() throws IOException {
    try (ModelSource probe = ModelSources.open("synthetic:probe256")) {
      new GenAiExport(ModelCopy.of(probe), DataType.FLOAT, false, false)
          .write(folder, "model.onnx");
      assertThat(refusal(probe, TASK.withFirstPosition(40), folder))
          .isEqualTo(
              "model.onnx takes no positions, so its sequences begin at 0, but --depth is 40");
    }
  }
}
