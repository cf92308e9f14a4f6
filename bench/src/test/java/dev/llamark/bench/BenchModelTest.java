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

  @Test
  void flagsThatHideTheWidthAreRefusedBeforeAnythingIsWritten(@TempDir Path folder)
      throws IOException {
    Path out = Files.writeString(folder.resolve("earlier.jsonl"), "earlier");
    String width = "-Dllamark.vector.bits=128";
    CommandLineRun run =
        CommandLineRun.of("bench", "model", "--jvm-args", width, "--out", out.toString());
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).hasLineCount(1).contains(width, "--vector-bits sets it everywhere");
    assertThat(run.out()).isEmpty();
    assertThat(out).hasContent("earlier");
  }

  @Test
  void aTestLongerThanTheModelIsRefused() {
    CommandLineRun run =
        CommandLineRun.of("bench", "model", "-m", "synthetic:probe", "-p", "99999999");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("a test needs 99999999; shorten it with -p, -n, -d");
  }
}
