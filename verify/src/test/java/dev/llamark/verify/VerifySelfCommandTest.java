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
import picocli.CommandLine;

class VerifySelfCommandTest {

  @TempDir private Path folder;

  @Test
  void theControlPassesAFaultIsCaughtInBothStagesAndEachIsARecord() throws IOException {
    Path out = folder.resolve("self.jsonl");
    Path junit = folder.resolve("self.xml");
    int code =
        new CommandLine(new VerifyCommand())
            .execute(
                "self",
                "--mutant",
                "none,attention-kv-head",
                "--out",
                out.toString(),
                "--junit",
                junit.toString());
    assertThat(code).isZero();
    List<JsonNode> records = new ArrayList<>();
    for (String line : Files.readAllLines(out)) {
      records.add(new ObjectMapper().readTree(line));
    }
    assertThat(records)
        .extracting(r -> r.get("mutant").asText() + " " + r.get("stage").asText())
        .containsExactlyInAnyOrder(
            "none ops", "attention-kv-head ops", "none model", "attention-kv-head model");
    assertThat(records)
        .allSatisfy(r -> assertThat(r.get("caught").asBoolean()).isEqualTo(!r.get("op").isNull()));
    assertThat(records)
        .filteredOn(r -> r.get("caught").asBoolean())
        .extracting(r -> r.get("by").asText())
        .anySatisfy(by -> assertThat(by).startsWith("attention:f32:"))
        .contains("layer 0 attention");
    assertThat(Files.readString(junit)).doesNotContain("<failure");
  }

  @Test
  void anUnknownFaultIsRefusedWithTheKnownOnes() {
    List<String> messages = new ArrayList<>();
    CommandLine line = new CommandLine(new VerifyCommand());
    line.setExecutionExceptionHandler(
        (e, command, parsed) -> {
          messages.add(e.getMessage());
          return 2;
        });
    assertThat(line.execute("self", "--mutant", "rope-upside-down")).isEqualTo(2);
    assertThat(messages)
        .singleElement()
        .asString()
        .contains("'rope-upside-down'", "known: none rmsnorm-zeros");
  }
}
