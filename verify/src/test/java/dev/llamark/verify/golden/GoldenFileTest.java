package dev.llamark.verify.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamark.kernel.Arithmetic;
import dev.llamark.run.InputException;
import dev.llamark.tensor.DType;
import dev.llamark.verify.model.GreedyText;
import dev.llamark.verify.onnx.RandomModel;
import dev.llamark.verify.onnx.TapPoint;
import dev.llamark.verify.trace.Sketch;
import dev.llamark.verify.trace.Trace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import java.util.SequencedMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GoldenFileTest {

  private static final int TOP = 10;

  @TempDir private Path folder;
  private Path file;
  private Golden golden;

  @BeforeEach
  void write() {
    file = folder.resolve("golden.json");
    golden = golden();
    GoldenFile.write(golden, file);
  }

  private static Golden golden() {
    Random random = new Random(3);
    Maker maker =
        new Maker("vector", 256, Arithmetic.FLOAT, "25.0.3+9", "Linux amd64", List.of("avx2"));
    GreedyText greedy =
        new GreedyText(
            new int[] {7, 9}, new double[] {0.5, 1}, new double[] {1e-6, 1e-6}, new double[2]);
    Golden.Run run =
        new Golden.Run(maker, "onnxruntime 1.29.0", phase(random), phase(random), greedy);
    return new Golden(
        ModelFingerprint.of(RandomModel.BIASED.source()),
        new Golden.Prompt(new int[] {1, 40, 3}, 2, DType.F32, 0),
        List.of(run));
  }

  private static Golden.Phase phase(Random random) {
    List<Trace.Position> positions = new ArrayList<>();
    for (int p = 0; p < 3; p++) {
      float[] logits = floats(random, TOP);
      positions.add(new Trace.Position(random.ints(TOP, 0, 41).toArray(), logits, sketch(random)));
    }
    SequencedMap<TapPoint, Sketch> steps = new LinkedHashMap<>();
    TapPoint.all(2).forEach(point -> steps.put(point, sketch(random)));
    return new Golden.Phase(
        new Trace(positions, steps), new double[] {1e-6, 2.5e-6, 0}, 5.553892068837414E-11);
  }

  private static Sketch sketch(Random random) {
    return Sketch.of(floats(random, 5), 0, 5);
  }

  private static float[] floats(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private String text() throws IOException {
    return Files.readString(file);
  }

  @Test
  void whatIsReadIsWhatWasWritten() throws IOException {
    Golden read = GoldenFile.read(file);
    assertThat(read.model()).isEqualTo(golden.model());
    assertThat(read.runs().getFirst().maker()).isEqualTo(golden.runs().getFirst().maker());
    Path again = folder.resolve("again.json");
    GoldenFile.write(read, again);
    assertThat(again).hasSameTextualContentAs(file);
    Trace trace = golden.runs().getFirst().decode().trace();
    Trace back = read.runs().getFirst().decode().trace();
    assertThat(back.firstDifference(trace)).isEmpty();
    assertThat(back.positions().get(1).logits()).isEqualTo(trace.positions().get(1).logits());
    assertThat(text()).contains("\"0x1.");
  }

  @Test
  void aFileThatCannotBeWrittenLeavesNothingHalf() throws IOException {
    Path taken = Files.createDirectories(folder.resolve("taken").resolve("inside")).getParent();
    assertThatThrownBy(() -> GoldenFile.write(golden, taken))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("cannot write the golden file");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(path -> path.getFileName().toString()))
          .containsExactlyInAnyOrder("golden.json", "taken");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"kind\": \"golden\" | \"kind\": \"op\" | 'kind' must be \"golden\"",
        "\"schema\": 1 | \"schema\": 2 | 'schema' must be a whole number from 1 to 1",
        "\"generate\":2 | \"generate\":3 | 'runs[0].greedy' must be an array of 3",
        "[1,40,3] | [1,41,3] | 'prompt.tokens[1]' must be a whole number from 0 to 40",
        "[1,40,3] | [1,40] | 'runs[0].prefill.positions' must be an array of 2",
        "\"kv\":\"f32\" | \"kv\":\"q8_0\" | 'prompt.kv' must be f32 or f16",
        "\"arithmetic\":\"float\" | \"arithmetic\":\"bf16\" | must be float or int8-activations",
        "\"layers\":\"2\" | \"layers\":\"3\" | .steps' must be an array of 48",
        "\"layers\":\"2\" | \"layers\":\"two\" | 'model.layers' must be a number as text",
        "\"step\":\"key\" | \"step\":\"kez\" | must be 'key'",
        "\"noise\":2.5E-6 | \"noise\":-1 | positions[1].noise' must be a number from 0 on",
        "\"noise\":2.5E-6 | \"moise\":1 | positions[1].noise' is missing",
        "\"norm\":\"0x1 | \"norm\":\"1x1 | .norm' must be a float such as 0x1.8p1",
        "\"checksum\":\" | \"checksum\":\"x | .checksum' must be 16 hexadecimal digits"
      })
  void aDamagedValueIsRefusedByItsName(String right, String wrong, String message)
      throws IOException {
    String damaged = text().replaceFirst(java.util.regex.Pattern.quote(right), wrong);
    assertThat(damaged).isNotEqualTo(text());
    Files.writeString(file, damaged);
    assertThatThrownBy(() -> GoldenFile.read(file))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(message)
        .hasMessageStartingWith(file.toString());
  }

  @Test
  void anyDamageIsReadCleanlyOrRefusedInOneSentence() throws IOException {
    byte[] right = text().getBytes(StandardCharsets.UTF_8);
    Random random = new Random(17);
    for (int i = 0; i < 400; i++) {
      byte[] bytes = right.clone();
      if (i % 4 == 0) {
        bytes = java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length));
      } else {
        bytes[random.nextInt(bytes.length)] = (byte) (32 + random.nextInt(95));
      }
      Files.write(file, bytes);
      try {
        GoldenFile.read(file);
      } catch (InputException e) {
        assertThat(e.getMessage()).startsWith(file.toString()).hasLineCount(1);
      }
    }
  }

  @Test
  void anotherModelIsRefusedByTheFieldThatDiffers() {
    ModelFingerprint other = ModelFingerprint.of(RandomModel.PLAIN.source());
    assertThatThrownBy(() -> golden.model().require(other, file))
        .isInstanceOf(InputException.class)
        .hasMessage(
            "%s is of another model: 'kv_heads' is '1' there, but '3' in PLAIN".formatted(file));
  }

  @Test
  void aRenamedModelIsTheSame() {
    var fields = new java.util.LinkedHashMap<>(golden.model().fields());
    fields.put("name", "renamed.gguf");
    assertThatCode(() -> golden.model().require(new ModelFingerprint(fields), file))
        .doesNotThrowAnyException();
  }

  @Test
  void oneChangedWeightIsAnotherModel() {
    var weights = RandomModel.BIASED.weights();
    float[] norm = weights.finalNorm().clone();
    norm[3] = Math.nextUp(norm[3]);
    var changed =
        new dev.llamark.model.LlamaWeights(
            weights.embedding(), weights.layers(), norm, weights.output());
    ModelFingerprint other = ModelFingerprint.of(RandomModel.BIASED.source(changed));
    assertThatThrownBy(() -> golden.model().require(other, file))
        .hasMessageContaining("'weights' is '");
  }
}
