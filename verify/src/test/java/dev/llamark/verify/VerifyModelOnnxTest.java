package dev.llamark.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.llamark.run.LlamarkException;
import dev.llamark.verify.usergraph.Exports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** A user's own graph through the command line: exit codes and records. */
class VerifyModelOnnxTest {

  @TempDir private Path folder;
  private final List<String> messages = new ArrayList<>();

  private int verify(Path onnx, String... more) {
    CommandLine line = new CommandLine(new VerifyCommand());
    line.setExecutionExceptionHandler(
        (e, _, _) -> {
          messages.add(e.getMessage());
          return ((LlamarkException) e).exitCode().code();
        });
    List<String> arguments =
        new ArrayList<>(
            List.of("model", "-m", "synthetic:probe256", "--onnx", onnx.toString(), "-p", "6"));
    arguments.addAll(List.of("--kernels", "scalar", "--out", out().toString()));
    arguments.addAll(List.of(more));
    return line.execute(arguments.toArray(String[]::new));
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
    assertThat(verify(onnx, "--layers")).isZero();
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
    assertThat(verify(Exports.fourBits(folder))).isZero();
    JsonNode ours = records().getFirst();
    assertThat(ours.get("verdict").asText()).isEqualTo("PASS");
    assertThat(ours.get("metrics").get("nmse").asDouble()).isGreaterThan(1e-3);
    assertThat(ours.get("oracle").get("nmse").asDouble()).isLessThan(1e-11);
    assertThat(ours.get("reference").asText()).startsWith("model.onnx (int4 in blocks of 32)");
  }

  @Test
  void aWrongGraphEndsWith1AndNamesItsLayerWhileTheVariantPasses() throws IOException {
    assertThat(verify(Exports.transposedQueryOfLayer1(folder))).isEqualTo(1);
    List<JsonNode> records = records();
    assertThat(records.getFirst().get("verdict").asText()).isEqualTo("PASS");
    assertThat(records.getLast().get("verdict").asText()).isEqualTo("FAIL");
    assertThat(records.getLast().get("worst_step").asText()).isEqualTo("layer 1 query");
    assertThat(records.getLast().get("reason").asText())
        .startsWith("layer 1 query (MatMul) adds NMSE ");
  }

  @Test
  void anUnknownInputEndsWith2() throws IOException {
    assertThat(verify(Exports.withAnotherInput(folder, "token_type_ids"))).isEqualTo(2);
    assertThat(messages).singleElement().asString().contains("'token_type_ids'", "input_ids");
  }

  @Test
  void theOpsetOfAnotherGraphExcludesIt() throws IOException {
    assertThat(verify(Exports.optimum(folder), "--opset", "23")).isEqualTo(2);
    assertThat(messages).singleElement().asString().contains("it excludes --onnx");
  }

  @Test
  void moreThanTheModelInDoubleCanJudgeEndsWith2() throws IOException {
    Path onnx = Exports.optimum(folder);
    CommandLine line = new CommandLine(new VerifyCommand());
    line.setExecutionExceptionHandler(
        (e, _, _) -> {
          messages.add(e.getMessage());
          return ((LlamarkException) e).exitCode().code();
        });
    assertThat(
            line.execute("model", "-m", "synthetic:llama-3.2-1b", "--onnx", "" + onnx, "-p", "99"))
        .isEqualTo(2);
    assertThat(messages).singleElement().asString().endsWith("give fewer, with -p or --tokens");
  }
}
