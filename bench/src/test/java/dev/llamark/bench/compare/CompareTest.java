package dev.llamark.bench.compare;

import static dev.llamark.bench.compare.Rows.env;
import static dev.llamark.bench.compare.Rows.model;
import static dev.llamark.bench.compare.Rows.ofPeer;
import static dev.llamark.bench.compare.Rows.roof;
import static dev.llamark.bench.compare.Rows.row;
import static dev.llamark.bench.compare.Rows.with;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamark.bench.compare.Rows.Call;
import dev.llamark.run.ModelRecord;
import dev.llamark.verify.GitHubActions;
import dev.llamark.verify.OutputOptions.Format;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class CompareTest {

  private static final String CASE = "swiglu:f32:1x64";
  private static final ObjectNode BASE = row(CASE, 1);
  private static final ObjectNode SLOWER = row(CASE, 1.3);
  private static final String[] GATE = {"--fail-on", "slower"};

  @TempDir Path folder;

  private Call compare(List<ObjectNode> base, List<ObjectNode> next, String... options) {
    List<Object> args = new ArrayList<>();
    args.add(Rows.write(folder.resolve("base.jsonl"), base));
    args.add(Rows.write(folder.resolve("next.jsonl"), next));
    args.addAll(List.of(options));
    return Call.of(new CompareCommand(), args.toArray());
  }

  private Call compare(ObjectNode base, ObjectNode next, String... options) {
    return compare(List.of(base), List.of(next), options);
  }

  @Test
  void runIsTheSameAsItself() {
    Call call = compare(BASE, BASE, GATE);
    assertThat(call.code()).isZero();
    assertThat(call.out()).contains("0 faster, 0 slower, 1 same, 0 undecided");
  }

  @Test
  void thirtyPercentMoreWorkIsSlowerAndEndsWithThree() {
    Call call = compare(BASE, SLOWER, GATE);
    assertThat(call.code()).isEqualTo(3);
    assertThat(call.out()).contains("FAIL: slower: swiglu:f32:1x64 · mine · hot · 1 t");
    assertThat(compare(BASE, SLOWER).code()).isZero();
    assertThat(compare(SLOWER, BASE, GATE).code()).isZero();
  }

  @Test
  void thresholdExcusesWhatItCovers() {
    assertThat(compare(BASE, SLOWER, "--fail-on", "slower", "--threshold", "50%").code()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"3", "0.03", "NaN%", "-3%", "3d%", "%3", "three"})
  void thresholdThatIsNoShareIsRefused(String threshold) {
    Call call = compare(BASE, SLOWER, "--threshold=" + threshold);
    assertThat(call.code()).isEqualTo(2);
    assertThat(call.err()).contains("must be a share such as 2%, but is '" + threshold + "'");
  }

  @Test
  void allocationGatesWhateverTheNoise() {
    ObjectNode allocating = with(BASE, r -> r.put("alloc_b_per_op", 256.0));
    assertThat(compare(BASE, allocating, "--fail-on", "allocates").code()).isEqualTo(3);
    assertThat(compare(BASE, allocating, GATE).code()).isZero();
  }

  @Test
  void allocationThatIsNotKnownDoesNotPass() {
    ObjectNode unknown = with(BASE, r -> r.putNull("alloc_b_per_op"));
    Call call = compare(BASE, unknown, "--fail-on", "allocates");
    assertThat(call.code()).isEqualTo(2);
    assertThat(call.err()).contains("does not pass what was not measured: swiglu:f32:1x64");
    ObjectNode model = model(1, null);
    assertThat(compare(model, model, "--fail-on", "allocates").err())
        .contains("no case of both tells what a call allocates");
  }

  @Test
  void caseThatIsMissingDoesNotPassUnderFailOn() {
    List<ObjectNode> two = List.of(BASE, row("swiglu:f32:1x65", 1));
    List<ObjectNode> one = List.of(BASE);
    Call call = compare(two, one, GATE);
    assertThat(call.code()).isEqualTo(2);
    assertThat(call.err())
        .hasLineCount(1)
        .contains("NEW lacks 1 of BASE's cases", "swiglu:f32:1x65 · mine", "--partial");
    assertThat(call.out()).contains("only in BASE: swiglu:f32:1x65 · mine");
    assertThat(compare(two, one, "--fail-on", "allocates").code()).isEqualTo(2);
    assertThat(compare(two, one).code()).isZero();
    assertThat(compare(one, two, GATE).code()).isZero();
  }

  @Test
  void caseMayBeMissingWhereTheUserSaysSoOrTheRunDidNotSelectIt() {
    List<ObjectNode> two = List.of(BASE, row("swiglu:f32:1x65", 1));
    assertThat(compare(two, List.of(BASE), "--fail-on", "slower", "--partial").code()).isZero();
    ResultComparison comparison = ResultComparison.of(two, List.of(BASE), 0.03, true, false);
    Gate gate =
        new Gate(
            java.util.EnumSet.of(Gate.FailOn.SLOWER),
            false,
            row -> row.path("case").asText().equals(CASE));
    assertThat(gate.judge(comparison).unseen()).isEmpty();
  }

  @Test
  void peerNeverGates() {
    ObjectNode slower = with(ofPeer(SLOWER), r -> r.put("alloc_b_per_op", 256.0));
    Call call = compare(ofPeer(BASE), slower, "--fail-on", "slower");
    assertThat(call.code()).isZero();
    assertThat(call.out()).contains("slower (a peer never gates)").doesNotContain("FAIL");
    List<ObjectNode> both = List.of(row("swiglu:f32:1x65", 1), ofPeer(BASE));
    List<ObjectNode> slowPeer = List.of(row("swiglu:f32:1x65", 1), slower);
    assertThat(compare(both, slowPeer, "--fail-on", "slower,allocates").code()).isZero();
    assertThat(compare(both, both.subList(0, 1), GATE).code()).isZero();
  }

  @Test
  void whatTheMachineItselfBecameSlowerByIsNotHeldAgainstTheVariant() {
    ObjectNode slowed = roof(SLOWER, "memory", 70);
    ObjectNode steady = roof(SLOWER, "memory", 95);
    assertThat(compare(BASE, slowed, GATE).code()).isZero();
    assertThat(compare(BASE, steady, GATE).code()).isEqualTo(3);
    assertThat(compare(BASE, slowed, "--fail-on", "slower", "--threshold", "3%").code())
        .isEqualTo(3);
  }

  @Test
  void roofOfAnotherBoundTellsNothingOfTheMachine() {
    Call call = compare(BASE, roof(SLOWER, "compute", 100));
    assertThat(call.out())
        .contains("1 undecided")
        .contains("its roof was one of memory and is one of compute");
    // 100 GB/s and 70 GFLOP/s are no drift of 43 % that would excuse anything
    assertThat(compare(BASE, roof(BASE, "compute", 70)).out()).doesNotContain("43 %");
    assertThat(compare(BASE, roof(SLOWER, "compute", 100), GATE).err())
        .contains("could not be judged", "no probe of the same limit");
  }

  @Test
  void withoutAProbeNothingIsCalledSlowerUnlessAThresholdIsGiven() {
    ObjectNode unprobed = with(SLOWER, r -> r.putNull("roof"));
    Call call = compare(BASE, unprobed, GATE);
    assertThat(call.out()).contains("1 undecided", "it was not probed beside", "--threshold");
    assertThat(call.code()).isEqualTo(2);
    assertThat(call.err())
        .hasLineCount(1)
        .contains("could not be judged", "no probe of the same limit beside it")
        .doesNotContain("fork");
    assertThat(compare(BASE, with(BASE, r -> r.putNull("roof")), GATE).code()).isZero();
    assertThat(compare(BASE, unprobed, "--fail-on", "slower", "--threshold", "3%").code())
        .isEqualTo(3);
  }

  @Test
  void modelsAreGuardedByTheirProbeAsOperationsByTheirRoof() {
    ModelRecord.Probe fast = new ModelRecord.Probe("compute", 100);
    ModelRecord.Probe slow = new ModelRecord.Probe("compute", 75);
    assertThat(compare(model(1, fast), model(1.3, fast), GATE).code()).isEqualTo(3);
    assertThat(compare(model(1, fast), model(1.3, slow), GATE).code()).isZero();
    assertThat(compare(model(1, fast), model(1.3, null)).out()).contains("1 undecided");
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "os", "jdk", "jvm", "huge_pages", "malloc_tunables"})
  void otherConditionsAreRefusedByFieldUnlessTold(String field) {
    ObjectNode other = env(BASE, field, "Another");
    Call refused = compare(BASE, other);
    assertThat(refused.code()).isEqualTo(2);
    assertThat(refused.err()).hasLineCount(1).contains("env." + field, "'Another'", "--anyway");
    Call told = compare(BASE, other, "--anyway");
    assertThat(told.code()).isZero();
    assertThat(told.out()).contains("env." + field + " was '");
  }

  @Test
  void otherCpuFeaturesAreRefused() {
    ObjectNode narrow = with(BASE, r -> r.withObject("/env").putArray("features").add("sse4_2"));
    assertThat(compare(BASE, narrow).err()).contains("env.features", "is 'sse4_2'");
  }

  @Test
  void unknownCpuIsNotTheSameAsAnotherUnknownOne() {
    ObjectNode unknown = with(BASE, r -> r.withObject("/env").putNull("cpu"));
    assertThat(compare(unknown, unknown).err()).contains("env.cpu is unknown in both");
    assertThat(compare(BASE, unknown).err()).contains("and is 'unknown'");
    assertThat(compare(unknown, unknown, "--anyway").code()).isZero();
  }

  @Test
  void unknownFeaturesOfAKnownCpuAreSaid() {
    ObjectNode unknown = with(BASE, r -> r.withObject("/env").putNull("features"));
    Call call = compare(unknown, unknown);
    assertThat(call.code()).isZero();
    assertThat(call.out()).contains("env.features is unknown in both");
  }

  @Test
  void onGitHubTheTableIsInTheSummaryAndEachReasonIsAnAnnotation() throws IOException {
    Path summary = folder.resolve("summary.md");
    ComparisonOptions options =
        new ComparisonOptions(
            new GitHubActions(
                Map.of("GITHUB_ACTIONS", "true", "GITHUB_STEP_SUMMARY", summary.toString())));
    new CommandLine(options).setCaseInsensitiveEnumValuesAllowed(true).parseArgs(GATE);
    List<ObjectNode> base = List.of(BASE, row("swiglu:f32:1x65", 1));
    PrintStream usual = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    try {
      options.compare(base, List.of(SLOWER), row -> true, Format.TEXT, System.out);
    } finally {
      System.setOut(usual);
    }
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("::error title=llamark compare::slower: swiglu:f32:1x64")
        .contains("::error title=llamark compare::NEW lacks 1 of BASE's cases");
    assertThat(summary).content().contains("| swiglu:f32:1x64 · mine · hot · 1 t | 5 |");
  }

  @Test
  void filesWithoutACommonCaseAreRefused() {
    Call call = compare(BASE, row("swiglu:f32:1x65", 1));
    assertThat(call.code()).isEqualTo(2);
    assertThat(call.err()).contains("no case in common: they hold 1 and 1 timed rows");
  }

  @Test
  void caseThatAFileHasTwiceIsRefused() {
    Call call = compare(List.of(BASE), List.of(BASE, SLOWER), GATE);
    assertThat(call.code()).isEqualTo(2);
    assertThat(call.err()).contains("NEW has a case twice");
  }

  @Test
  void jsonIsAnObjectALineAndKnowsWhatIsMissing() throws JsonProcessingException {
    ObjectNode one =
        with(row("swiglu:f32:1x65", 1), r -> r.withObject("/time_ns").putArray("forks").add(7));
    List<ObjectNode> base = List.of(BASE, one, row("swiglu:f32:1x66", 1));
    Call call =
        compare(
            base,
            List.of(BASE, with(one, r -> r.withObject("/time_ns").putArray("forks").add(8))),
            "--format",
            "json");
    List<String> verdicts = new ArrayList<>();
    for (String line : call.out().lines().toList()) {
      verdicts.add(new ObjectMapper().readTree(line).get("verdict").asText());
    }
    assertThat(verdicts).containsExactly("same", "undecided", "only-in-base");
  }
}
