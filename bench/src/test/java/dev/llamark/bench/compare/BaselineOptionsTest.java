package dev.llamark.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamark.run.ExitCode;
import dev.llamark.run.InputException;
import dev.llamark.run.ResultReader;
import dev.llamark.verify.OutputOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** When results are kept, and where what is said of them goes. */
class BaselineOptionsTest {

  private static final String CASE = "swiglu:f32:1x64";
  private static final Path FOLDER = Path.of(".llamark", "baselines");

  private final String kept = "kept-" + ProcessHandle.current().pid();
  private final String other = "other-" + ProcessHandle.current().pid();
  private final PrintStream usualOut = System.out;
  private final PrintStream usualErr = System.err;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @BeforeEach
  void keepAndListen() {
    Rows.write(file(kept), List.of(Rows.row(CASE, 1)));
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
  }

  @AfterEach
  void forget() throws IOException {
    System.setOut(usualOut);
    System.setErr(usualErr);
    Files.deleteIfExists(file(kept));
    Files.deleteIfExists(file(other));
  }

  private static Path file(String name) {
    return FOLDER.resolve(name + ".jsonl");
  }

  /** Median time of the kept row. */
  private static double time(String name) {
    ObjectNode row = ResultReader.read(file(name)).getFirst();
    return row.at("/time_ns/median").asDouble();
  }

  private static ExitCode judge(ExitCode own, double factor, String... args) {
    return judge(own, factor, new OutputOptions(), args);
  }

  private static ExitCode judge(ExitCode own, double factor, OutputOptions output, String... args) {
    BaselineOptions options = new BaselineOptions();
    new CommandLine(options)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .parseArgs(
            Stream.concat(Stream.of(args), Stream.of("--fail-on", "slower"))
                .toArray(String[]::new));
    return options.judge(own, List.of(Rows.op(CASE, factor)), row -> true, output);
  }

  @Test
  void aBaselineGivesWayOnlyToARunThatPasses() {
    String[] same = {"--baseline", kept, "--save-baseline", kept};
    assertThat(judge(ExitCode.OK, 1.3, same)).isEqualTo(ExitCode.SLOWER);
    assertThat(time(kept)).isEqualTo(1000);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("stays as it was");
    assertThat(judge(ExitCode.WRONG, 0.5, same)).isEqualTo(ExitCode.WRONG);
    assertThat(time(kept)).isEqualTo(1000);
    assertThat(judge(ExitCode.OK, 0.5, same)).isEqualTo(ExitCode.OK);
    assertThat(time(kept)).isEqualTo(500);
  }

  @Test
  void aGateNeedsSomethingToCompareWith() {
    BaselineOptions alone = new BaselineOptions();
    new CommandLine(alone)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .parseArgs("--save-baseline", other, "--fail-on", "slower");
    assertThatThrownBy(alone::check)
        .isInstanceOf(InputException.class)
        .hasMessageContaining("--fail-on")
        .hasMessageContaining("--baseline");
    BaselineOptions both = new BaselineOptions();
    new CommandLine(both)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .parseArgs("--baseline", kept, "--fail-on", "slower");
    both.check();
  }

  @Test
  void underAnotherNameResultsAreKeptEvenIfTheyCannotBeCompared() {
    ObjectNode elsewhere = Rows.env(Rows.row(CASE, 1), "cpu", "Another");
    Rows.write(file(kept), List.of(elsewhere));
    assertThatThrownBy(() -> judge(ExitCode.OK, 1.3, "--baseline", kept, "--save-baseline", other))
        .isInstanceOf(InputException.class);
    assertThat(time(other)).isEqualTo(1300);
  }

  @Test
  void whatIsMoreUrgentOfTheRunAndTheComparisonIsTheCode() {
    assertThat(judge(ExitCode.WRONG, 1.3, "--baseline", kept)).isEqualTo(ExitCode.WRONG);
    Rows.write(file(kept), List.of(Rows.row(CASE, 1), Rows.row("swiglu:f32:1x65", 1)));
    assertThat(judge(ExitCode.WRONG, 1, "--baseline", kept)).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void whereRecordsArePrintedTheComparisonIsNotAmongThem() {
    OutputOptions json = new OutputOptions();
    new CommandLine(json).setCaseInsensitiveEnumValuesAllowed(true).parseArgs("--format", "json");
    assertThat(judge(ExitCode.OK, 1.3, json, "--baseline", kept)).isEqualTo(ExitCode.SLOWER);
    assertThat(out.toString(StandardCharsets.UTF_8)).isEmpty();
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("1 slower", "FAIL: slower: " + CASE);
  }
}
