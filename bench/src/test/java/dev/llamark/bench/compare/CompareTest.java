package dev.llamark.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamark.run.Environment;
import dev.llamark.run.InputException;
import dev.llamark.run.Interval;
import dev.llamark.run.OpRecord;
import dev.llamark.run.ResultReader;
import dev.llamark.run.ResultWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CompareTest {

  private static final Environment ENV = Environment.collect(42);

  @TempDir Path folder;

  private static OpRecord row(String opCase, double factor, double allocated, Environment env) {
    return row(opCase, factor, allocated, env, null);
  }

  private static OpRecord row(
      String opCase, double factor, double allocated, Environment env, Double roof) {
    double[] forks = {1000 * factor, 1010 * factor, 990 * factor, 1005 * factor, 995 * factor};
    return new OpRecord(
        "swiglu",
        opCase,
        "f32",
        Map.of("rows", 1, "size", 64),
        "mine",
        0,
        1,
        "hot",
        new Interval(1000 * factor, 990 * factor, 1010 * factor, forks),
        1.0,
        1.0,
        roof == null ? null : new OpRecord.Roof("memory", roof, 50, 49.0, 51.0),
        allocated,
        Map.of(),
        null,
        List.of(),
        env,
        null,
        null,
        null);
  }

  private Path file(String name, OpRecord... rows) {
    Path file = folder.resolve(name);
    try (ResultWriter writer = ResultWriter.create(file)) {
      List.of(rows).forEach(writer::write);
    }
    return file;
  }

  private static int compare(Object... args) {
    return new CommandLine(new CompareCommand())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler(
            (e, line, parsed) -> {
              throw e;
            })
        .execute(List.of(args).stream().map(Object::toString).toArray(String[]::new));
  }

  @Test
  void runIsTheSameAsItself() {
    Path base = file("a.jsonl", row("swiglu:f32:1x64", 1, 0, ENV));
    assertThat(compare(base, base, "--fail-on", "slower")).isZero();
  }

  @Test
  void thirtyPercentMoreWorkIsSlowerAndEndsWithThree() {
    Path base = file("a.jsonl", row("swiglu:f32:1x64", 1, 0, ENV));
    Path next = file("b.jsonl", row("swiglu:f32:1x64", 1.3, 0, ENV));
    assertThat(compare(base, next, "--fail-on", "slower")).isEqualTo(3);
    assertThat(compare(base, next)).isZero();
    assertThat(compare(next, base, "--fail-on", "slower")).isZero();
  }

  @Test
  void thresholdExcusesWhatItCovers() {
    Path base = file("a.jsonl", row("swiglu:f32:1x64", 1, 0, ENV));
    Path next = file("b.jsonl", row("swiglu:f32:1x64", 1.3, 0, ENV));
    assertThat(compare(base, next, "--fail-on", "slower", "--threshold", "50%")).isZero();
  }

  @Test
  void allocationGatesWhateverTheNoise() {
    Path base = file("a.jsonl", row("swiglu:f32:1x64", 1, 0, ENV));
    Path next = file("b.jsonl", row("swiglu:f32:1x64", 1, 256, ENV));
    assertThat(compare(base, next, "--fail-on", "allocates")).isEqualTo(3);
    assertThat(compare(base, next, "--fail-on", "slower")).isZero();
  }

  @Test
  void whatTheMachineItselfBecameSlowerByIsNotHeldAgainstTheVariant() {
    Path base = file("a.jsonl", row("swiglu:f32:1x64", 1, 0, ENV, 100.0));
    Path slowed = file("b.jsonl", row("swiglu:f32:1x64", 1.3, 0, ENV, 70.0));
    Path steady = file("c.jsonl", row("swiglu:f32:1x64", 1.3, 0, ENV, 95.0));
    assertThat(compare(base, slowed, "--fail-on", "slower")).isZero();
    assertThat(compare(base, steady, "--fail-on", "slower")).isEqualTo(3);
    assertThat(compare(base, slowed, "--fail-on", "slower", "--threshold", "3%")).isEqualTo(3);
  }

  private static Environment env(String revision, String cpu) {
    return new Environment(
        revision,
        ENV.jdk(),
        ENV.jvm(),
        ENV.flags(),
        ENV.os(),
        cpu,
        ENV.features(),
        ENV.cores(),
        ENV.load(),
        ENV.stolenS(),
        ENV.hugePages(),
        ENV.seed(),
        ENV.time());
  }

  @Test
  void otherCpuIsRefusedByFieldUnlessTold() {
    List<ObjectNode> base = List.of(ResultWriter.object(row("swiglu:f32:1x64", 1, 0, ENV)));
    List<ObjectNode> next =
        List.of(
            ResultWriter.object(row("swiglu:f32:1x64", 1, 0, env(ENV.revision(), "Another CPU"))));
    assertThatThrownBy(() -> ResultComparison.of(base, next, 0.03, true, false))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("env.cpu")
        .hasMessageContaining("Another CPU");
    assertThat(ResultComparison.of(base, next, 0.03, true, true).rows()).hasSize(1);
  }

  @Test
  void filesWithoutACommonCaseAreRefused() {
    List<ObjectNode> base = List.of(ResultWriter.object(row("swiglu:f32:1x64", 1, 0, ENV)));
    List<ObjectNode> next = List.of(ResultWriter.object(row("swiglu:f32:1x65", 1, 0, ENV)));
    assertThatThrownBy(() -> ResultComparison.of(base, next, 0.03, true, false))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("no case in common");
  }

  private static int merge(Object... args) {
    return new CommandLine(new MergeCommand())
        .execute(List.of(args).stream().map(Object::toString).toArray(String[]::new));
  }

  @Test
  void partsMakeTheWhole() {
    OpRecord one = row("swiglu:f32:1x64", 1, 0, ENV);
    OpRecord two = row("swiglu:f32:1x65", 1, 0, ENV);
    Path whole = file("whole.jsonl", one, two);
    Path all = folder.resolve("all.jsonl");
    assertThat(merge(file("1.jsonl", one), file("2.jsonl", two), "--out", all)).isZero();
    assertThat(ResultReader.read(all)).isEqualTo(ResultReader.read(whole));
  }

  @Test
  void partsOfDifferentRevisionsAreRefused() {
    Environment other = env("another revision", ENV.cpu());
    Path one = file("1.jsonl", row("swiglu:f32:1x64", 1, 0, ENV));
    Path two = file("2.jsonl", row("swiglu:f32:1x65", 1, 0, other));
    assertThat(merge(one, two, "--out", folder.resolve("all.jsonl"))).isNotZero();
    assertThat(folder.resolve("all.jsonl")).doesNotExist();
  }

  @Test
  void sameCaseTwiceIsRefused() {
    Path one = file("1.jsonl", row("swiglu:f32:1x64", 1, 0, ENV));
    assertThat(merge(one, one, "--out", folder.resolve("all.jsonl"))).isNotZero();
    assertThat(folder.resolve("all.jsonl")).doesNotExist();
  }
}
