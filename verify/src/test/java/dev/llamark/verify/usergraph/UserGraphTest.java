package dev.llamark.verify.usergraph;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import dev.llamark.format.ModelSource;
import dev.llamark.format.ModelSources;
import dev.llamark.model.Tap;
import dev.llamark.oracle.Verdict;
import dev.llamark.rope.RopeScaling;
import dev.llamark.run.ThreadTeam;
import dev.llamark.verify.model.ModelReference;
import dev.llamark.verify.model.ModelTask;
import dev.llamark.verify.onnx.RandomModel;
import dev.llamark.verify.onnx.TapPoint;
import dev.llamark.verify.usergraph.OptimumExport.Form;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Right exports of every form pass with their steps in view; wrong ones fail where they are. */
class UserGraphTest {

  private static final ModelTask TASK = ModelTask.of(RandomModel.TOKENS);
  private static final ModelSource HALVES = RandomModel.GROUPED_AND_TIED.source();

  private static ThreadTeam team;
  private static ModelSource probe;

  @TempDir private Path folder;

  @BeforeAll
  static void open() {
    team = new ThreadTeam(2);
    probe = ModelSources.open("synthetic:probe256");
  }

  @AfterAll
  static void close() {
    probe.close();
    team.close();
  }

  private static GraphFinding check(ModelSource source, ModelTask task, Path file) {
    try (UserGraph graph = UserGraph.read(source, task, file)) {
      ModelReference reference = ModelReference.compute(source, task, graph, team, _ -> {});
      return new GraphCheck(reference, graph, team, _ -> {}).run();
    }
  }

  private GraphFinding check(ModelSource source, OptimumExport export) throws IOException {
    Path file = folder.resolve("model.onnx");
    Files.write(file, export.write().toByteArray());
    return check(source, TASK, file);
  }

  private static OptimumExport export(ModelSource source, Form form) {
    return new OptimumExport(ModelCopy.of(source), form);
  }

  private static void assertRight(GraphFinding found) {
    assertThat(found.verdict()).isEqualTo(new Verdict.Pass());
    assertThat(found.prefill().positions()).hasSameSizeAs(RandomModel.TOKENS);
    assertThat(found.prefill().nmse()).isBetween(1e-18, 1e-11);
    assertThat(found.decode().nmse()).isBetween(1e-18, 1e-11);
  }

  private static void assertEveryStep(GraphFinding found, ModelSource source) {
    assertThat(found.steps())
        .extracting(GraphFinding.Step::point)
        .containsExactlyElementsOf(TapPoint.all(source.config()));
  }

  private static String where(GraphFinding found) {
    assertThat(found.verdict()).isInstanceOf(Verdict.Fail.class);
    return found.first().orElseThrow().title();
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void exportsInPrimitivesPassAndShowEveryStep(Form form) throws IOException {
    for (RandomModel model :
        List.of(
            RandomModel.GROUPED_AND_TIED,
            RandomModel.PLAIN, // its heads are interleaved, those of the export in halves
            RandomModel.BIASED,
            RandomModel.HEADS_NORMALISED)) {
      GraphFinding found = check(model.source(), export(model.source(), form));
      assertRight(found);
      assertEveryStep(found, model.source());
      assertThat(found.rotation()).startsWith("rotary frequencies (4) agree with the model's to ");
    }
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void exportsInHalvesMayLoseWhatHalvesLose(Form form) throws IOException {
    GraphFinding found = check(HALVES, export(HALVES, form).of(DataType.FLOAT16));
    assertThat(found.verdict()).isEqualTo(new Verdict.Pass());
    assertThat(found.law()).isEqualTo("twice the RMS error that f16 explains");
    assertThat(found.prefill().nmse()).isBetween(1e-8, 1e-4);
    assertThat(found.allowed()).isBetween(1e-8, 1e-4);
    assertEveryStep(found, HALVES);
  }

  @Test
  void sharpAttentionLosesMoreInHalves() throws IOException {
    ModelCopy sharp = ModelCopy.of(HALVES);
    for (int l = 0; l < HALVES.config().layers(); l++) {
      sharp = sharp.withLayer(l, ModelCopy::queryTimes16);
    }
    ModelSource source = RandomModel.GROUPED_AND_TIED.source(sharp.weights());
    GraphFinding found =
        check(source, new OptimumExport(sharp, Form.WITH_PAST).of(DataType.FLOAT16));
    assertThat(found.verdict()).isEqualTo(new Verdict.Pass());
    assertThat(found.steps())
        .filteredOn(s -> s.point().tap() == Tap.ATTENTION)
        .allSatisfy(s -> assertThat(s.added()).isBetween(1e-7, 1e-3));
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void logitsOfTheLastTokenAloneAreComparedAtAllPositions(Form form) throws IOException {
    assertRight(check(HALVES, export(HALVES, form).lastTokenOnly()));
  }

  @Test
  void integersOf32BitsAreFedAsSuch() throws IOException {
    assertRight(check(HALVES, export(HALVES, Form.WITH_PAST).integers(DataType.INT32)));
  }

  @Test
  void tablesOfCosinesAreFoundByTheirFirstRow() throws IOException {
    GraphFinding found = check(HALVES, export(HALVES, Form.WITH_PAST).tables());
    assertRight(found);
    assertThat(found.rotation())
        .startsWith("cosines and sines (64 positions x 4 pairs) agree with the model's to ");
  }

  @Test
  void weightsInAFileOfTheirOwnStayThere() throws IOException {
    Path file = ModelFiles.writeExternal(export(HALVES, Form.MERGED).write(), folder);
    GraphFinding found = check(HALVES, TASK, file);
    assertRight(found);
    assertEveryStep(found, HALVES);
    assertThat(WatchedGraph.of(OnnxFile.read(file), HALVES).bytes())
        .hasSizeLessThan(Math.toIntExact(Files.size(file)) + 10_000);
  }

  @Test
  void largeWeightsWithinTheModelAreNotCopiedWithIt() throws IOException {
    Path file = folder.resolve("model.onnx");
    Files.write(file, export(probe, Form.WITHOUT_PAST).write().toByteArray());
    assertRight(check(probe, TASK, file));
    assertThat(WatchedGraph.of(OnnxFile.read(file), probe).bytes())
        .hasSizeLessThan(Math.toIntExact(Files.size(file)) / 10);
  }

  @Test
  void aSampleOfALongContextIsFedItsPositions() throws IOException {
    Path file = folder.resolve("model.onnx");
    Files.write(file, export(HALVES, Form.WITH_PAST).write().toByteArray());
    assertRight(check(HALVES, TASK.withFirstPosition(40), file));
  }

  @ParameterizedTest
  @CsvSource({"FLOAT, false", "FLOAT, true", "FLOAT16, false", "FLOAT16, true"})
  void fusedExportsPassWithinTheirPrecision(DataType floats, boolean fourBits) throws IOException {
    new GenAiExport(ModelCopy.of(probe), floats, fourBits, false).write(folder, "decoder.onnx");
    GraphFinding found = check(probe, TASK, folder);
    assertThat(found.verdict()).isEqualTo(new Verdict.Pass());
    assertThat(found.graph()).isEqualTo("decoder.onnx");
    assertThat(found.prefill().nmse())
        .isLessThan(fourBits ? 0.3 : floats == DataType.FLOAT ? 1e-11 : 1e-4);
    Set<Tap> seen = found.steps().stream().map(s -> s.point().tap()).collect(Collectors.toSet());
    assertThat(seen)
        .as("all but the queries, which are rotated within the operator")
        .hasSize(Tap.values().length - 1)
        .doesNotContain(Tap.ROTATED_QUERY);
    assertThat(found.steps())
        .filteredOn(s -> s.point().tap() == Tap.ATTENTION)
        .allSatisfy(s -> assertThat(s.operations()).isEqualTo("Rope or Attention"));
    assertThat(found.rotation())
        .startsWith("cosines and sines (256 positions x 16 pairs) agree with the model's to ");
  }

  @Test
  void dynamicQuantisationMayLoseWhatItLoses() throws IOException {
    GraphFinding found = check(probe, export(probe, Form.WITH_PAST).bytes());
    assertThat(found.verdict()).isEqualTo(new Verdict.Pass());
    assertThat(found.law()).contains("int8 by matrices, uint8 activations");
    assertThat(found.prefill().nmse()).isBetween(1e-6, 1e-1);
    assertEveryStep(found, probe);
    ModelCopy wrong = ModelCopy.of(probe).withLayer(1, ModelCopy::gateAndUpExchanged);
    assertThat(where(check(probe, new OptimumExport(wrong, Form.WITH_PAST).bytes())))
        .isEqualTo("layer 1 gate (MatMul)");
  }

  @Test
  void fewBitsWithoutStepsInViewAreMistrusted() throws IOException {
    new GenAiExport(ModelCopy.of(probe), DataType.FLOAT, true, false).write(folder, "model.onnx");
    Path file = folder.resolve("model.onnx");
    ModelProto model = ModelProto.parseFrom(Files.readAllBytes(file));
    NodeProto.Builder spare =
        NodeProto.newBuilder()
            .setOpType("SimplifiedLayerNormalization")
            .addInput("layers.0.post_attention.sum")
            .addInput("layers.0.input_layernorm.weight")
            .addOutput("spare");
    Files.write(
        file,
        model.toBuilder()
            .setGraph(model.getGraph().toBuilder().addNode(spare))
            .build()
            .toByteArray());
    GraphFinding found = check(probe, TASK, folder);
    assertThat(found.verdict()).isInstanceOf(Verdict.Mistrusted.class);
    assertThat(found.verdict().reason()).startsWith("most of its steps were not recognised");
    assertThat(found.remarks())
        .contains(
            "10 RMS normalisations of width 256 were recognised, where 4 layers have 9: inner"
                + " steps are not compared");
  }

  @Test
  void queriesKeysAndValuesOfOneProductAreToldApart() throws IOException {
    new GenAiExport(ModelCopy.of(probe), DataType.FLOAT, false, true).write(folder, "model.onnx");
    GraphFinding found = check(probe, TASK, folder);
    assertRight(found);
    assertThat(found.steps())
        .extracting(s -> s.point().tap())
        .contains(Tap.QUERY, Tap.KEY, Tap.VALUE);
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void anotherThetaShowsInTheFrequenciesAndInTheFirstRotation(Form form) throws IOException {
    ModelCopy wrong = ModelCopy.of(probe).withRotation(2000, new RopeScaling.None());
    GraphFinding found = check(probe, new OptimumExport(wrong, form));
    assertThat(found.verdict().reason())
        .contains("first at pair 1: 0.62184995 instead of 0.64938164")
        .endsWith("as if theta were about 2000 instead of 1000");
    assertThat(where(found)).isEqualTo("layer 0 rotated query (Rope)");
  }

  @Test
  void aForgottenScalingIsCalledThat() throws IOException {
    ModelCopy wrong = ModelCopy.of(HALVES).withRotation(10000, new RopeScaling.None());
    GraphFinding found = check(HALVES, new OptimumExport(wrong, Form.WITH_PAST).tables());
    assertThat(found.verdict().reason())
        .startsWith("its cosines and sines differ from the model's first at position 1, pair 0: ")
        .endsWith(", as if the model's scaling were left out");
  }

  @Test
  void anotherThetaOfAFusedExportShowsInItsTables() throws IOException {
    ModelCopy wrong = ModelCopy.of(probe).withRotation(2000, new RopeScaling.None());
    new GenAiExport(wrong, DataType.FLOAT16, true, false).write(folder, "model.onnx");
    GraphFinding found = check(probe, TASK, folder);
    assertThat(found.verdict().reason())
        .startsWith("its cosines and sines differ from the model's first at position 1, pair 1: ")
        .containsPattern("as if theta were about 20[012]0 instead of 1000$");
    assertThat(where(found)).isEqualTo("layer 0 rotated key (Rope)");
  }

  @ParameterizedTest
  @CsvSource({"FLOAT, false", "FLOAT16, false", "FLOAT, true"})
  void aTransposedMatrixIsLocatedWhateverThePrecision(DataType floats, boolean fourBits)
      throws IOException {
    ModelCopy wrong = ModelCopy.of(probe).withLayer(1, ModelCopy::queryTransposed);
    new GenAiExport(wrong, floats, fourBits, false).write(folder, "model.onnx");
    assertThat(where(check(probe, TASK, folder))).isEqualTo("layer 1 query (MatMul)");
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void exchangedMatricesAreLocated(Form form) throws IOException {
    ModelCopy wrong = ModelCopy.of(HALVES).withLayer(1, ModelCopy::gateAndUpExchanged);
    assertThat(where(check(HALVES, new OptimumExport(wrong, form))))
        .isEqualTo("layer 1 gate (MatMul)");
  }

  @Test
  void anotherEpsilonIsLocated() throws IOException {
    ModelCopy wrong = ModelCopy.of(HALVES).withEpsilon(1e-3f);
    assertThat(where(check(HALVES, new OptimumExport(wrong, Form.WITH_PAST))))
        .isEqualTo("layer 0 attention norm (RmsNorm)");
  }
}
