package dev.llamark.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultFileTest {

  private static final MutantRecord MUTANT =
      new MutantRecord("zeros", "rope", "ops", true, "rope:f32:tiny", 12.5, null);

  @TempDir Path folder;

  @Test
  void everyLineBeginsWithSchemaAndKind() {
    assertThat(ResultWriter.line(MUTANT)).startsWith("{\"schema\":1,\"kind\":\"mutant\",");
  }

  @Test
  void lineIsInTheFileBeforeTheWriterIsClosed() {
    Path file = folder.resolve("deep/down/r.jsonl");
    try (ResultWriter writer = ResultWriter.create(file)) {
      writer.write(MUTANT);
      assertThat(file).hasContent(ResultWriter.line(MUTANT) + "\n");
    }
  }

  @Test
  void aFullDiskIsTheMachinesFaultAndNamesTheFile() {
    Path full = Path.of("/dev/full");
    assumeThat(full).exists();
    try (ResultWriter writer = ResultWriter.append(full)) {
      assertThatThrownBy(() -> writer.write(MUTANT))
          .isInstanceOf(EnvironmentException.class)
          .hasMessageStartingWith("results could not be written to '/dev/full' any more: ");
    }
  }

  @Test
  void whatWasWrittenIsReadAgain() {
    Path file = folder.resolve("r.jsonl");
    try (ResultWriter writer = ResultWriter.create(file)) {
      writer.write(MUTANT);
    }
    assertThat(ResultReader.read(file, "mutant", MutantRecord.class)).containsExactly(MUTANT);
  }

  @Test
  void appendKeepsWhatIsThere() {
    Path file = folder.resolve("r.jsonl");
    for (int i = 0; i < 2; i++) {
      try (ResultWriter writer = ResultWriter.append(file)) {
        writer.write(MUTANT);
      }
    }
    assertThat(ResultReader.read(file)).hasSize(2);
  }

  @Test
  void notANumberIsNullWithAReason() {
    OpError error = new OpError(Double.NaN, 1.0, Double.POSITIVE_INFINITY, null, null, null, null);
    ObjectNode line =
        ResultWriter.object(
            new OnnxTestRecord("test_x", "scalar", 0, "variant", "FAIL", "NaN", error, null));
    assertThat(line.at("/error/max_ratio_to_bound").isNull()).isTrue();
    assertThat(line.at("/error/max_ratio_to_bound_reason").asText()).isEqualTo("NaN");
    assertThat(line.at("/error/nmse_reason").asText()).isEqualTo("Infinity");
    assertThat(line.at("/error/max_abs").asDouble()).isEqualTo(1.0);
  }

  @Test
  void notANumberInAListIsNullWithItsPlace() {
    Interval value = new Interval(1, null, null, new double[] {1, Double.NaN});
    ObjectNode line =
        ResultWriter.object(
            new MachineRecord("fma-peak", null, null, 1, 256, "GFLOP/s", value, null));
    assertThat(line.at("/value/forks").toString()).isEqualTo("[1.0,null]");
    assertThat(line.at("/value/forks_reason").asText()).isEqualTo("NaN at [1]");
  }

  @Test
  void interruptedLastLineIsPassedOver() throws IOException {
    Path file = folder.resolve("r.jsonl");
    String line = ResultWriter.line(MUTANT);
    Files.writeString(file, line + "\n" + line.substring(0, 40));
    assertThat(ResultReader.read(file)).hasSize(1);
  }

  @Test
  void brokenLineIsNamedWithFileAndNumber() throws IOException {
    Path file = folder.resolve("r.jsonl");
    Files.write(file, List.of(ResultWriter.line(MUTANT), "{\"kind\":\"op\"}"));
    Files.writeString(file, ResultWriter.line(MUTANT) + "\n", StandardOpenOption.APPEND);
    assertThatThrownBy(() -> ResultReader.read(file))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("r.jsonl, line 2")
        .hasMessageContaining("found: {\"kind\":\"op\"}");
  }

  @Test
  void missingFileIsNamed() {
    assertThatThrownBy(() -> ResultReader.read(folder.resolve("no.jsonl")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("no.jsonl");
  }

  @Test
  void unknownFieldsOfLaterVersionsAreKeptAndDoNotHurt() throws IOException {
    Path file = folder.resolve("r.jsonl");
    Files.writeString(
        file, ResultWriter.line(MUTANT).replaceFirst("\"op\"", "\"later\":7,\"op\"") + "\n");
    assertThat(ResultReader.read(file).getFirst().get("later").asInt()).isEqualTo(7);
    assertThat(ResultReader.read(file, "mutant", MutantRecord.class)).containsExactly(MUTANT);
  }
}
