package dev.llamark.bench.claims;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import dev.llamark.bench.claims.Claim.Verdict;
import dev.llamark.bench.fork.ForkResult;
import dev.llamark.bench.fork.ForkSpec;
import dev.llamark.bench.fork.PairedRun;
import dev.llamark.kernel.Operation;
import dev.llamark.run.Environment;
import dev.llamark.run.ResultWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

/** What the groups make of given times. */
class TimedClaimsTest {

  private static final Contenders CONTENDERS = new Contenders("vector", List.of(), List.of());
  private static final List<AngleScaling> SCALINGS = List.of(AngleScaling.values());
  private static final double[] NOISE = {1, 1.002, 0.999, 1.001, 0.998};

  /** As if each contender took a time of its own, give or take a little. */
  private static List<Claim> judge(ClaimGroup group, ToDoubleFunction<ForkSpec> nanos) {
    LinkedHashMap<ForkSpec, List<ForkResult.Measured>> measured = new LinkedHashMap<>();
    for (ForkSpec contender : group.contenders()) {
      List<ForkResult.Measured> forks = new ArrayList<>();
      for (int i = 0; i < NOISE.length; i++) {
        double time = nanos.applyAsDouble(contender) * NOISE[(i + measured.size()) % NOISE.length];
        forks.add(new ForkResult.Measured(time, 0, "", null));
      }
      measured.put(contender, forks);
    }
    return group.judge(new ClaimTimes(new PairedRun.Rounds(measured, new LinkedHashMap<>())));
  }

  private static Claim find(List<Claim> claims, String id) {
    return claims.stream().filter(claim -> claim.id().startsWith(id)).findFirst().orElseThrow();
  }

  @Test
  void whatIsFasterByTheIntervalHoldsAndWhatIsEquallyFastFails() {
    List<Claim> claims =
        judge(
            new NormSpeedClaims(CONTENDERS, "vector", "1x4096"),
            c -> c.parameters().get("norm").equals("layernorm") ? 130 : 100);
    Claim layer = find(claims, "rmsnorm-vs-layernorm");
    assertThat(layer.verdict()).isEqualTo(Verdict.HOLDS);
    assertThat(layer.figure()).startsWith("1.30 times as fast [1.");
    assertThat(find(claims, "prmsnorm-vs-rmsnorm").verdict()).isEqualTo(Verdict.FAILS);
  }

  @Test
  void scalingThatCostsAFifthMoreFailsAndOneThatCostsNothingHolds() {
    AngleClaims group = new AngleClaims(CONTENDERS, SCALINGS, SCALINGS);
    List<Claim> claims =
        judge(
            group,
            c ->
                c.parameters().get("part").equals("rotate")
                    ? 1000
                    : c.parameters().get("scaling").equals("yarn") ? 1.2e7 : 1e7);
    assertThat(find(claims, "angle-scaling-rotate").verdict()).isEqualTo(Verdict.HOLDS);
    Claim build = find(claims, "angle-scaling-build");
    assertThat(build.verdict()).isEqualTo(Verdict.FAILS);
    assertThat(build.figure()).isEqualTo("at most 1.20 times as much (YaRN)");
    Claim rebuilt = find(claims, "dynamic-ntk-rebuild");
    assertThat(rebuilt.verdict()).isEqualTo(Verdict.FAILS);
    assertThat(rebuilt.figure()).isEqualTo("10.0 ms a table, 0.0625 µs a rotation");
  }

  @Test
  void simdIsHeldAgainstPlainLoopsAndManyThreadsAgainstOne() {
    List<Claim> claims =
        judge(
            new OperationClaims(CONTENDERS, Operation.ROPE, 2),
            c ->
                c.parameters().get("variant").equals("scalar")
                    ? 500
                    : c.parameters().get("threads").equals("1") ? 100 : 120);
    assertThat(find(claims, "simd-rope").verdict()).isEqualTo(Verdict.HOLDS);
    assertThat(find(claims, "threads-rope").verdict()).isEqualTo(Verdict.FAILS);
  }

  @Test
  void contenderThatFailedLeavesItsClaimsUndecidedAndSaysWhy() {
    PositionClaims group = new PositionClaims(CONTENDERS, 32);
    LinkedHashMap<ForkSpec, ForkResult.Failed> failed = new LinkedHashMap<>();
    group.contenders().forEach(c -> failed.put(c, new ForkResult.Failed("crashed", "")));
    List<Claim> claims =
        group.judge(new ClaimTimes(new PairedRun.Rounds(new LinkedHashMap<>(), failed)));
    assertThat(claims)
        .hasSize(2)
        .allSatisfy(claim -> assertThat(claim.verdict()).isEqualTo(Verdict.UNDECIDED))
        .allSatisfy(claim -> assertThat(claim.reason()).endsWith("tokens crashed"));
  }

  /** As {@code BenchClaimsCommand} finds them on a machine that is busy with something else. */
  private static Claim layerNormClaim(double[] nanos, boolean[] rmsWarm, boolean[] layerWarm) {
    NormSpeedClaims group = new NormSpeedClaims(CONTENDERS, "vector", "1x4096");
    LinkedHashMap<ForkSpec, List<ForkResult.Measured>> measured = new LinkedHashMap<>();
    for (ForkSpec contender : group.contenders()) {
      boolean layer = contender.parameters().get("norm").equals("layernorm");
      boolean[] warm = layer ? layerWarm : rmsWarm;
      List<ForkResult.Measured> forks = new ArrayList<>();
      for (int i = 0; i < nanos.length; i++) {
        double time = nanos[i] * (layer ? 1.3 : 1) * (warm[i] ? 1 : 100) * NOISE[i % NOISE.length];
        forks.add(new ForkResult.Measured(time, 0, warm[i], "", null));
      }
      measured.put(contender, forks);
    }
    ClaimTimes times = new ClaimTimes(new PairedRun.Rounds(measured, new LinkedHashMap<>()));
    return find(group.judge(times), "rmsnorm-vs-layernorm");
  }

  @Test
  void forkTimedBeforeItWasCompiledDoesNotCount() {
    double[] drifting = {100, 200, 150, 120};
    Claim pairs =
        layerNormClaim(
            drifting,
            new boolean[] {true, false, true, true},
            new boolean[] {true, true, true, false});
    assertThat(pairs.verdict()).isEqualTo(Verdict.HOLDS);
    assertThat(pairs.figure()).isEqualTo("1.30 times as fast [1.30, 1.30]"); // of two pairs
    double[] steady = {100, 100, 100, 100, 100, 100};
    Claim apart =
        layerNormClaim(
            steady,
            new boolean[] {true, false, true, false, true, false},
            new boolean[] {false, true, false, true, false, true});
    assertThat(apart.verdict()).isEqualTo(Verdict.HOLDS);
    Claim never =
        layerNormClaim(steady, new boolean[6], new boolean[] {true, true, true, true, true, true});
    assertThat(never.verdict()).isEqualTo(Verdict.UNDECIDED);
    assertThat(never.reason()).startsWith("not measured: ").endsWith("was not warm in any fork");
  }

  @Test
  void everyRecordSatisfiesTheSchemaAndEveryClaimIsShown() {
    List<Claim> claims = new ArrayList<>();
    claims.addAll(judge(new NormSpeedClaims(CONTENDERS, "scalar", "1x4096"), _ -> 5));
    claims.addAll(judge(new PositionClaims(CONTENDERS, 32), _ -> 5));
    claims.addAll(judge(new AngleClaims(CONTENDERS, SCALINGS, SCALINGS), _ -> 5));
    claims.addAll(judge(new OperationClaims(CONTENDERS, Operation.MATMUL, 4), _ -> 5));
    claims.addAll(ElsewhereClaims.all());
    JsonSchema schema =
        JsonSchemaFactory.getInstance(VersionFlag.V202012)
            .getSchema(TimedClaimsTest.class.getResourceAsStream("/result.schema.json"));
    Environment env = Environment.collect(42);
    assertThat(claims)
        .allSatisfy(
            claim -> assertThat(schema.validate(ResultWriter.object(claim.record(env)))).isEmpty());
    assertThat(claims).extracting(Claim::id).doesNotHaveDuplicates();
    ClaimsReport report = new ClaimsReport(claims);
    assertThat(claims)
        .allSatisfy(claim -> assertThat(report.text()).contains(claim.statement()))
        .allSatisfy(claim -> assertThat(report.markdown()).contains(claim.statement()));
    assertThat(report.text()).endsWith("4 not testable here");
  }
}
