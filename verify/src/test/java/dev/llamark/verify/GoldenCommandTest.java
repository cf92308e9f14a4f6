package dev.llamark.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GoldenCommandTest {

  @TempDir private static Path folder;
  private static Path golden;

  @BeforeAll
  static void save() {
    golden = folder.resolve("golden.json");
    VerifyCall call =
        VerifyCall.of(
            "model", "--kernels", "scalar", "-p", "12", "-n", "3", "--save-golden", golden);
    assertThat(call.exitCode()).as(call.out()).isZero();
    assertThat(call.out())
        .contains("golden file %s: 12 positions, 3 decoded tokens, of scalar".formatted(golden));
  }

  @Test
  void aCheckNeedsNoOnnxRuntimeAndNoModelsName() throws IOException {
    Path out = folder.resolve("check.jsonl");
    VerifyCall call =
        VerifyCall.withoutOnnxRuntime(
            "model", "--golden", golden, "--kernels", "scalar,vector", "--out", out);
    assertThat(call.exitCode()).as(call.out() + call.error()).isZero();
    assertThat(call.out()).contains("PASS: scalar, vector").contains("golden file " + golden);
    assertThat(call.out()).contains("of 3 tokens: the golden's ids from scalar, vector@");
    JsonNode first = new ObjectMapper().readTree(Files.readAllLines(out).getFirst());
    assertThat(first.get("kind").asText()).isEqualTo("verify-model");
    assertThat(first.get("reference").asText()).isEqualTo("golden golden.json scalar");
    assertThat(first.get("positions").asInt()).isEqualTo(12);
    assertThat(first.get("metrics").get("max_abs").asDouble()).isZero();
    assertThat(first.get("layers")).hasSize(4 * 15 + 3);
  }

  @Test
  void theSameBitsPassUnderStrictToo() {
    VerifyCall call =
        VerifyCall.of("model", "--golden", golden, "--kernels", "scalar", "--strict", "--layers");
    assertThat(call.exitCode()).as(call.out()).isZero();
    assertThat(call.out()).contains("layer 3 rotated key", "NMSE to the golden");
  }

  @Test
  void anotherModelOrTypeIsABadInputThatNamesTheField() {
    VerifyCall shape =
        VerifyCall.of(
            "model", "--golden", golden, "-m", "synthetic:probe256", "--kernels", "scalar");
    assertThat(shape.exitCode()).isEqualTo(2);
    assertThat(shape.error())
        .contains("'params' is '", "of another model", "in synthetic:probe256");
  }

  @Test
  void theFileBringsTheTokens() {
    VerifyCall call = VerifyCall.of("model", "--golden", golden, "-p", "5");
    assertThat(call.exitCode()).isEqualTo(2);
    assertThat(call.error()).contains("--golden brings its own tokens");
  }

  @Test
  void aMissingFileAndBothOptionsAreBadInput() {
    VerifyCall missing = VerifyCall.of("model", "--golden", folder.resolve("none.json"));
    assertThat(missing.exitCode()).isEqualTo(2);
    assertThat(missing.error()).contains("there is no file");
    VerifyCall both = VerifyCall.of("model", "--golden", golden, "--save-golden", golden);
    assertThat(both.exitCode()).isEqualTo(2);
    assertThat(both.error()).contains("exclude each other");
  }
}
