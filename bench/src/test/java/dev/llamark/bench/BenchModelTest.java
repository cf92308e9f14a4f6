package dev.llamark.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BenchModelTest {

  @Test
  void eachVariantHasARecordWithItsCacheItsPeakAndItsRatio() throws IOException {
    CommandLineRun run =
        CommandLineRun.of(
            "bench",
            "model",
            "-m",
            "synthetic:probe",
            "--kernels",
            "scalar,ort",
            "-p",
            "8",
            "-n",
            "0",
            "-d",
            "4",
            "-r",
            "1",
            "--quick",
            "--kv",
            "f16",
            "--jvm-args",
            "-Dmine=1",
            "--format",
            "json");
    assertThat(run.exitCode()).as(run.err()).isZero();
    JsonSchema schema =
        JsonSchemaFactory.getInstance(VersionFlag.V202012)
            .getSchema(BenchModelTest.class.getResourceAsStream("/result.schema.json"));
    List<JsonNode> records = new ArrayList<>();
    for (String line : run.out().lines().toList()) {
      records.add(new ObjectMapper().readTree(line));
    }
    assertThat(records)
        .as(run.err())
        .hasSize(2)
        .allSatisfy(r -> assertThat(schema.validate(r)).isEmpty());
    assertThat(records).extracting(r -> r.get("kv").asText()).containsExactly("f16", "f32");
    assertThat(records).extracting(r -> r.get("depth").asInt()).containsExactly(4, 4);
    assertThat(records).allSatisfy(r -> assertThat(r.get("test").asText()).isEqualTo("pp8"));
    assertThat(records).extracting(r -> r.get("role").asText()).containsExactly("variant", "peer");
    assertThat(records).allSatisfy(r -> assertThat(r.at("/probe/limit").asDouble()).isPositive());
    assertThat(records)
        .allSatisfy(r -> assertThat(r.at("/env/flags").toString()).contains("-Dmine=1"));
    assertThat(records.getFirst().get("vs").get("ort").get("ratio").asDouble()).isPositive();
  }

  @ParameterizedTest
  @CsvSource({
    "--jvm-args -Dllamark.vector.bits=128, --vector-bits sets it everywhere",
    "--kv q8_0, --kv must be f32 or f16",
    "-p 0 -n 0, leave nothing to time",
    "-p 99999999, a test needs 99999999; shorten it with -p -n -d"
  })
  void whatCannotBeIsRefusedBeforeAnythingIsWritten(
      String words, String sentence, @TempDir Path folder) throws IOException {
    Path out = Files.writeString(folder.resolve("earlier.jsonl"), "earlier");
    List<String> all = new ArrayList<>(List.of("bench", "model", "-m", "synthetic:probe"));
    all.addAll(List.of(words.split(" ")));
    all.addAll(List.of("--out", out.toString()));
    CommandLineRun run = CommandLineRun.of(all.toArray(String[]::new));
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err().replace(",", "")).hasLineCount(1).contains(sentence);
    assertThat(run.out()).isEmpty();
    assertThat(out).hasContent("earlier");
  }
}
