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

/** Shards of what is not operations: variants of a model, planted faults. */
class ShardTest {

  @TempDir private Path folder;

  private List<String> values(String field, Object... args) throws IOException {
    Path out = folder.resolve("out.jsonl");
    List<Object> words = new ArrayList<>(List.of(args));
    words.addAll(List.of("--out", out));
    assertThat(VerifyCall.of(words.toArray()).exitCode()).isZero();
    List<String> values = new ArrayList<>();
    for (String line : Files.readAllLines(out)) {
      JsonNode value = new ObjectMapper().readTree(line).at(field);
      if (!value.isMissingNode()) {
        values.add(value.asText());
      }
    }
    return values.stream().distinct().toList();
  }

  @Test
  void aModelsVariantsAreSharedBetweenShards() throws IOException {
    assertThat(
            values("/variant", "model", "-p", "4", "--kernels", "scalar,vector", "--shard", "2/2"))
        .containsExactly("vector");
  }

  @Test
  void aPartSaysWhichItIsAndInItsLastLineThatItEnded() throws IOException {
    String[] args = {"ops", "--kernels", "scalar", "--op", "swiglu", "--shard", "2/3"};
    assertThat(values("/env/shard", (Object[]) args)).containsExactly("2/3");
    assertThat(values("/kind", (Object[]) args)).containsExactly("verify-op", "part");
  }

  @Test
  void aWholeRunIsNoPart() throws IOException {
    String[] args = {"ops", "--kernels", "scalar", "--op", "swiglu"};
    assertThat(values("/env/shard", (Object[]) args)).containsExactly("null");
    assertThat(values("/kind", (Object[]) args)).containsExactly("verify-op");
  }

  @Test
  void aShardWithoutAVariantSaysSoAndNothingRan() {
    VerifyCall call = VerifyCall.of("model", "-p", "4", "--kernels", "scalar", "--shard", "2/2");
    assertThat(call.exitCode()).isEqualTo(5);
    assertThat(call.out()).contains("no variant falls into this shard");
  }

  @Test
  void plantedFaultsAreSharedBetweenShards() throws IOException {
    assertThat(
            values(
                "/mutant",
                "self",
                "--mutant",
                "none,swiglu-zeros,rope-zeros,attention-zeros",
                "--shard",
                "1/4"))
        .containsExactly("none");
  }
}
