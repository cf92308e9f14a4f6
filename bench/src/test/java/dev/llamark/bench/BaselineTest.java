package dev.llamark.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamark.run.ResultReader;
import dev.llamark.run.ResultWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run against results that were kept, with real forks. */
class BaselineTest {

  private static final String NAME = "of-a-test-" + ProcessHandle.current().pid();
  private static final Path KEPT = Path.of(".llamark", "baselines", NAME + ".jsonl");

  @TempDir private Path folder;

  @AfterEach
  void forget() throws IOException {
    Files.deleteIfExists(KEPT);
  }

  private static CommandLineRun bench(String... more) {
    List<String> args = new ArrayList<>(List.of("bench", "ops", "--quick", "--forks", "1"));
    args.addAll(List.of("-t", "1", "--kernels", "scalar", "--case", "rmsnorm:f32:1x64"));
    args.addAll(List.of(more));
    return CommandLineRun.of(args.toArray(String[]::new));
  }

  /** The kept rows, and the first of them once more, changed. */
  private static void keepToo(Consumer<ObjectNode> change) {
    ObjectNode row = ResultReader.read(KEPT).getFirst();
    change.accept(row);
    try (ResultWriter writer = ResultWriter.append(KEPT)) {
      writer.write(row);
    }
  }

  @Test
  void whatTheRunDidNotSelectMayBeMissingAndWhatItDidMayNot() {
    assertThat(bench("--save-baseline", NAME).exitCode()).isZero();
    CommandLineRun single = bench("--baseline", NAME, "--fail-on", "slower");
    assertThat(single.exitCode()).isEqualTo(2);
    assertThat(single.err()).contains("could not be judged", "1 fork, and it takes 3");
    keepToo(row -> row.put("case", "rmsnorm:f32:1x65"));
    keepToo(row -> row.put("threads", 2));
    keepToo(row -> row.put("variant", "another"));
    CommandLineRun selected = bench("--baseline", NAME, "--fail-on", "allocates");
    assertThat(selected.exitCode()).as(selected.err()).isZero();
    assertThat(selected.out()).contains("only in BASE: rmsnorm:f32:1x65");
    keepToo(row -> row.put("vector_bits", 128));
    CommandLineRun missing = bench("--baseline", NAME, "--fail-on", "allocates");
    assertThat(missing.exitCode()).isEqualTo(2);
    assertThat(missing.err()).contains("NEW lacks 1 of BASE's cases", "scalar@128");
  }

  @Test
  void aPartWithNothingToDoSaysSoAndKeepsNoBaseline() {
    Path out = folder.resolve("part.jsonl");
    CommandLineRun run = bench("--shard", "2/2", "--out", out.toString(), "--save-baseline", NAME);
    assertThat(run.exitCode()).isEqualTo(5);
    assertThat(run.err()).contains("nothing ran: no case is selected, or none falls into this");
    assertThat(ResultReader.read(out).getLast().get("kind").asText()).isEqualTo("part");
    assertThat(KEPT).doesNotExist();
  }
}
