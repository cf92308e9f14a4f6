package dev.llamark.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerifyRepeatCommandTest {

  @TempDir private Path folder;

  private static List<JsonNode> records(Path file) throws IOException {
    List<JsonNode> records = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      records.add(new ObjectMapper().readTree(line));
    }
    return records;
  }

  @Test
  void freshJvmsThatInterpretAndCompileGiveTheSameBits() throws IOException {
    Path out = folder.resolve("tiers.jsonl");
    Path junit = folder.resolve("tiers.xml");
    VerifyCall call =
        VerifyCall.of(
            "repeat", "--kernels", "scalar", "--check", "tiers", "--out", out, "--junit", junit);
    assertThat(call.exitCode()).as(call.out()).isZero();
    assertThat(records(out))
        .hasSize(3)
        .allSatisfy(r -> assertThat(r.get("kind").asText()).isEqualTo("repeat"))
        .allSatisfy(r -> assertThat(r.get("verdict").asText()).isEqualTo("PASS"))
        .allSatisfy(r -> assertThat(r.get("same_bits").asBoolean()).isTrue());
    assertThat(junit).content().contains("repeat:tiers:interpreter (-Xint)");
  }

  @Test
  void widthsThatTheCpuLacksAreSkippedWithTheReason() throws IOException {
    Path out = folder.resolve("widths.jsonl");
    VerifyCall call =
        VerifyCall.of("repeat", "--kernels", "vector", "--check", "widths", "--out", out);
    assertThat(call.exitCode()).as(call.out()).isZero();
    List<JsonNode> records = records(out);
    assertThat(records)
        .extracting(r -> r.get("how").asText())
        .containsExactly("128 bits", "256 bits", "512 bits");
    assertThat(records.getFirst().get("verdict").asText()).isEqualTo("PASS");
    assertThat(records)
        .filteredOn(r -> !r.get("verdict").asText().equals("PASS"))
        .allSatisfy(r -> assertThat(r.get("verdict").asText()).isEqualTo("SKIPPED"))
        .allSatisfy(r -> assertThat(r.get("reason").asText()).contains("bits are asked for"));
  }

  @Test
  void badOptionsAreRefusedWithTheValue() {
    assertThat(VerifyCall.of("repeat", "--check", "luck").error()).contains("'luck'");
    assertThat(VerifyCall.of("repeat", "-p", "0").error()).contains("but is 0");
    assertThat(VerifyCall.of("repeat", "--shard", "4/3").error()).contains("'4/3'");
  }
}
