package dev.llamark.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.llamark.verify.usergraph.Exports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A user's own graph through the command line: text, exit codes and records. */
class VerifyModelOnnxTest {

  @TempDir private Path folder;

  private VerifyCall verify(Path onnx, Object... more) {
    List<Object> arguments =
        new ArrayList<>(List.of("model", "-m", "synthetic:probe256", "--onnx", onnx, "-p", 6));
    arguments.addAll(List.of("--kernels", "scalar", "--out", out()));
    arguments.addAll(List.of(more));
    return VerifyCall.of(arguments.toArray());
  }

  private Path out() {
    return folder.resolve("out.jsonl");
  }

  private List<JsonNode> records() throws IOException {
    List<JsonNode> records = new ArrayList<>();
    for (String line : Files.readAllLines(out())) {
      records.add(new ObjectMapper().readTree(line));
    }
    return records;
  }

  @Test
  void aRightGraphIsTheReferenceAndHasRecordsOfItsOwn() throws IOException {
    Path onnx = Exports.optimum(folder);
    VerifyCall call = verify(onnx, "--layers");
    assertThat(call.exitCode()).isZero();
    assertThat(call.out())
        .contains("· reference model.onnx (f32) on onnxruntime 1.")
        .contains("model.onnx · rotary frequencies (16) agree with the model's to ")
        .contains("steps of model.onnx ")
        .contains("PASS: model.onnx, scalar pass.");
    List<JsonNode> records = records();
    assertThat(records)
        .extracting(r -> r.get("variant").asText() + " " + r.get("role").asText())
        .containsExactly(
            "scalar variant", "scalar variant", "model.onnx reference", "model.onnx reference");
    assertThat(records).allSatisfy(r -> assertThat(r.get("verdict").asText()).isEqualTo("PASS"));
    assertThat(records.getFirst().get("reference").asText())
        .startsWith("model.onnx (f32) on onnxruntime 1.");
    assertThat(records.getLast().get("replay").asText()).endsWith(" --onnx " + onnx);
    assertThat(records.getLast().get("layers")).hasSize(1 + 4 * 15 + 2);
  }

  @Test
  void aCoarseGraphLeavesTheVariantsToTheModelInDouble() throws IOException {
    VerifyCall call = verify(Exports.fourBits(folder));
    assertThat(call.exitCode()).isZero();
    assertThat(call.out())
        .contains("twice the RMS error that int4 in blocks of 32 explains")
        .doesNotContain("steps of ");
    JsonNode ours = records().getFirst();
    assertThat(ours.get("verdict").asText()).isEqualTo("PASS");
    assertThat(ours.get("metrics").get("nmse").asDouble()).isGreaterThan(1e-3);
    assertThat(ours.get("oracle").get("nmse").asDouble()).isLessThan(1e-11);
    assertThat(ours.get("reference").asText()).startsWith("model.onnx (int4 in blocks of 32)");
  }

  @Test
  void aWrongGraphEndsWith1AndNamesItsLayerWhileTheVariantPasses() throws IOException {
    VerifyCall call = verify(Exports.transposedQueryOfLayer1(folder));
    assertThat(call.exitCode()).isEqualTo(1);
    assertThat(call.out())
        .contains("FAIL: model.onnx is not synthetic:probe256: layer 1 query (MatMul) adds NMSE ")
        .contains("; scalar passes.");
    List<JsonNode> records = records();
    assertThat(records.getFirst().get("verdict").asText()).isEqualTo("PASS");
    assertThat(records.getLast().get("verdict").asText()).isEqualTo("FAIL");
    assertThat(records.getLast().get("worst_step").asText()).isEqualTo("layer 1 query");
  }

  @Test
  void aWrongGraphsTextIsNotHeldAgainstAVariantThatDecodesTheModels() throws IOException {
    VerifyCall call = verify(Exports.transposedQueryOfLayer1(folder), "-n", 6, "--strict");
    assertThat(call.exitCode()).isEqualTo(1);
    assertThat(call.out())
        .contains("greedy decoding of 6 tokens: the ids of the model in double from scalar")
        .contains("; scalar passes.")
        .doesNotContain("AMBIGUOUS", "ambiguous");
    assertThat(records().getFirst().get("verdict").asText()).isEqualTo("PASS");
  }

  @Test
  void anUnknownInputEndsWith2() throws IOException {
    VerifyCall call = verify(Exports.withAnotherInput(folder, "token_type_ids"));
    assertThat(call.exitCode()).isEqualTo(2);
    assertThat(call.error()).contains("'token_type_ids'", "its inputs are input_ids, ");
  }

  @Test
  void theOpsetOfAnotherGraphExcludesIt() throws IOException {
    VerifyCall call = verify(Exports.optimum(folder), "--opset", 23);
    assertThat(call.exitCode()).isEqualTo(2);
    assertThat(call.error()).endsWith("it excludes --onnx");
  }

  @Test
  void moreThanTheModelInDoubleCanJudgeEndsWith2() throws IOException {
    Path onnx = Exports.optimum(folder);
    VerifyCall call =
        VerifyCall.of("model", "-m", "synthetic:llama-3.2-1b", "--onnx", onnx, "-p", 99);
    assertThat(call.exitCode()).isEqualTo(2);
    assertThat(call.error()).endsWith("give fewer, with -p or --tokens");
  }
}
