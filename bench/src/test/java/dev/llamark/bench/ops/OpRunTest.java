package dev.llamark.bench.ops;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import dev.llamark.bench.compare.ComparisonOptions;
import dev.llamark.bench.fork.ForkResult;
import dev.llamark.bench.fork.ForkSpec;
import dev.llamark.bench.fork.Forks;
import dev.llamark.bench.fork.PairedRun;
import dev.llamark.bench.machine.Caches;
import dev.llamark.bench.statistics.StoppingRule;
import dev.llamark.kernel.KernelRegistry;
import dev.llamark.kernel.Role;
import dev.llamark.oracle.CaseId;
import dev.llamark.run.Environment;
import dev.llamark.run.ExitCode;
import dev.llamark.run.OpRecord;
import dev.llamark.run.Ratio;
import dev.llamark.run.ResultWriter;
import dev.llamark.verify.OutputOptions.Format;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** What becomes of forks whose times are known. */
class OpRunTest {

  private static final Environment ENV = Environment.collect(42);
  private static final Caches CACHES = new Caches(Map.of(1, 1L << 15, 2, 1L << 19, 3, 1L << 25));
  private static final OpCase CASE = new OpCase(CaseId.parse("rmsnorm:f32:512x576"));
  private static final JsonSchema SCHEMA =
      JsonSchemaFactory.getInstance(VersionFlag.V202012)
          .getSchema(OpRunTest.class.getResourceAsStream("/result.schema.json"));

  private static final Setting PLAIN = setting(Optional.empty(), List.of());

  private static Setting setting(Optional<OpRecord.Setting> label, List<String> jvmArgs) {
    return new Setting(
        label, KernelRegistry.of(), List.of(), List.of(1), jvmArgs, jvmArgs, Optional.empty());
  }

  private static Contender contender(String id, Setting setting) {
    return contender(id, setting, Role.VARIANT);
  }

  private static Contender contender(String id, Setting setting, Role role) {
    Setting.Entrant entrant = new Setting.Entrant(id, id, 0, role);
    return Contender.of(CASE, entrant, setting, 1, List.of());
  }

  /** Every fork of a title that starts so takes so long; what is not named crashes. */
  private static Forks forks(Map<String, Double> nanos) {
    return spec ->
        nanos.entrySet().stream()
            .filter(entry -> spec.title().startsWith(entry.getKey() + " "))
            .findFirst()
            .<ForkResult>map(entry -> measured(spec, entry.getValue()))
            .orElse(new ForkResult.Failed("crashed with exit code 134", "SIGSEGV"));
  }

  private static ForkResult measured(ForkSpec spec, double nanos) {
    String output = "llamark: x is right: largest error 0.5 of the bound, NMSE 1e-14";
    boolean warm = !spec.title().startsWith("cold ");
    double allocated = spec.title().startsWith("blind ") ? Double.NaN : 0;
    return new ForkResult.Measured(nanos, allocated, warm, output, null);
  }

  private static OpRun.Result run(Map<String, Double> nanos, List<Contender> contenders) {
    return run(nanos, contenders, 3);
  }

  private static OpRun.Result run(
      Map<String, Double> nanos, List<Contender> contenders, int forks) {
    PairedRun paired =
        new PairedRun(forks(nanos), new StoppingRule(forks, forks, 0.02), Duration.ofHours(1));
    return new OpRun(CACHES, true, List.of()).run(CASE, contenders, paired, ENV, what -> {});
  }

  private static void requireValid(List<OpRecord> records) {
    assertThat(records)
        .isNotEmpty()
        .allSatisfy(r -> assertThat(SCHEMA.validate(ResultWriter.object(r))).isEmpty());
  }

  @Test
  void peerThatIsChainedIsComparedByTheChain() {
    List<Contender> contenders =
        List.of(contender("mine", PLAIN), contender("ort", PLAIN), Contender.chain(CASE, PLAIN, 1));
    List<OpRecord> records =
        run(Map.of("mine", 100.0, "ort", 400.0, "ort-chain", 150.0, "roof", 1e9), contenders)
            .records();
    Map<String, Ratio> vs = records.getFirst().vs();
    assertThat(vs.get("ort").basis()).isEqualTo("chain");
    assertThat(vs.get("ort").ratio()).isEqualTo(1.5);
    assertThat(vs.get("ort-call").basis()).isEqualTo("call");
    assertThat(vs.get("ort-call").ratio()).isEqualTo(4);
    assertThat(records.getLast().chain()).isEqualTo(64);
    requireValid(records);
    OpTable table = new OpTable("ort");
    records.forEach(table::add);
    assertThat(table.text().lines().filter(line -> line.contains("mine")))
        .singleElement()
        .asString()
        .contains("1.50 [1.50, 1.50]");
  }

  @Test
  void speedAboveTheWholeRoofIsAFaultOfTheMeasurement() {
    OpRoof roof = OpRoof.of(CASE, CACHES, 1);
    double roofNanos = 1000;
    double half = 2 * CASE.bytes() / (roof.probeWork() / roofNanos);
    OpRecord below =
        run(Map.of("mine", half, "roof", roofNanos), List.of(contender("mine", PLAIN)))
            .records()
            .getFirst();
    OpRecord above =
        run(Map.of("mine", half / 3, "roof", roofNanos), List.of(contender("mine", PLAIN)))
            .records()
            .getFirst();
    assertThat(below.roof().percent()).isCloseTo(50, org.assertj.core.data.Offset.offset(1e-9));
    assertThat(below.flags()).containsExactly("few-forks");
    assertThat(above.roof().percent()).isCloseTo(150, org.assertj.core.data.Offset.offset(1e-9));
    assertThat(above.flags()).containsExactly("few-forks", "above-roof");
    OpTable table = new OpTable("mine");
    table.add(above);
    assertThat(table.text()).contains("150 [150, 150] % memory").contains("measuring fault");
  }

  @Test
  void oneThatCrashesIsReportedAndTheOthersGoOn() {
    OpRun.Result result =
        run(
            Map.of("mine", 100.0, "roof", 1e9),
            List.of(contender("broken", PLAIN), contender("mine", PLAIN)));
    assertThat(result.records()).singleElement().extracting(OpRecord::variant).isEqualTo("mine");
    assertThat(result.failures())
        .singleElement()
        .satisfies(
            failure -> {
              assertThat(failure.contender().entrant().id()).isEqualTo("broken");
              assertThat(failure.what().output()).isEqualTo("SIGSEGV");
            });
  }

  @Test
  void aRoofThatFailsIsToldAndTheVariantHasItsRecordWithoutAShare() {
    OpRun.Result result = run(Map.of("mine", 100.0), List.of(contender("mine", PLAIN)));
    assertThat(result.failures()).isEmpty();
    assertThat(result.records()).singleElement().extracting(OpRecord::roof).isNull();
    assertThat(result.unprobed()).containsOnlyKeys("roof · " + CASE.id());
    ForkResult.Failed failed = result.unprobed().values().iterator().next();
    assertThat(failed.note("roof", "no share is known"))
        .startsWith("note: roof failed, so that no share is known: crashed with exit code 134")
        .contains("SIGSEGV");
  }

  @Test
  void timeBeforeWhichTheCodeWasNotWarmSaysSo() {
    OpRecord cold =
        run(Map.of("cold", 100.0, "roof", 1e9), List.of(contender("cold", PLAIN)))
            .records()
            .getFirst();
    assertThat(cold.flags()).contains("not-warm");
    OpTable table = new OpTable("cold");
    table.add(cold);
    assertThat(table.text()).contains("timed before it was fully compiled");
  }

  @Test
  void whetherFewForksAreTwoHumpedCannotBeTold() {
    OpRecord three =
        run(Map.of("mine", 100.0, "roof", 1e9), List.of(contender("mine", PLAIN)))
            .records()
            .getFirst();
    assertThat(three.timeNs().forks()).hasSize(3);
    OpTable table = new OpTable("mine");
    table.add(three);
    assertThat(table.text()).contains("fewer than 4 forks: whether they are two-humped or drift");
  }

  private static final OpRecord.Setting B = new OpRecord.Setting("B", "--jvm-args -Xint");

  /** Setting A takes 100 ns. */
  private static List<OpRecord> underSettings(double b, double again, Role role) {
    return underSettings("mine", b, again, role);
  }

  private static List<OpRecord> underSettings(String id, double b, double again, Role role) {
    return underSettings(id, b, again, role, 3);
  }

  private static List<OpRecord> underSettings(
      String id, double b, double again, Role role, int forks) {
    Setting a = setting(Optional.of(new OpRecord.Setting("A", "")), List.of());
    List<Contender> contenders = new ArrayList<>();
    contenders.add(contender(id, a, role));
    contenders.add(contender(id, setting(Optional.of(B), List.of("-Xint")), role));
    contenders.add(contender(id, a.labelled(SettingTable.AGAIN), role));
    return run(
            Map.of(id + " A ·", 100.0, id + " B ·", b, id + " A again ·", again, "roof", 1e9),
            contenders,
            forks)
        .records();
  }

  private static SettingTable table(String... options) {
    ComparisonOptions comparison = new ComparisonOptions();
    new CommandLine(comparison).setCaseInsensitiveEnumValuesAllowed(true).parseArgs(options);
    return new SettingTable(comparison);
  }

  @Test
  void differenceOfSettingsMustExceedThatOfOneFromItself() {
    List<OpRecord> noisy = underSettings(110, 113, Role.VARIANT);
    assertThat(table().judge(noisy).getLast().verdict()).isEqualTo("same");
    assertThat(table("--threshold", "3%").judge(noisy).getLast().verdict()).isEqualTo("slower");
    List<OpRecord> quiet = underSettings(110, 101, Role.VARIANT);
    assertThat(table().judge(quiet).getLast().verdict()).isEqualTo("slower");
  }

  @Test
  void peerUnderTwoSettingsNeverGates() {
    SettingTable table = table("--fail-on", "slower");
    assertThat(table.judge(underSettings(130, 100, Role.PEER)).getLast().verdict())
        .isEqualTo("slower");
    assertThat(table.conclude(List.of(), Format.TEXT)).isEqualTo(ExitCode.OK);
    SettingTable own = table("--fail-on", "slower");
    own.judge(underSettings(130, 100, Role.VARIANT));
    assertThat(own.conclude(List.of(), Format.TEXT)).isEqualTo(ExitCode.SLOWER);
  }

  @Test
  void whatOnlyOneSettingDoesDoesNotPassUnderFailOn() {
    List<String> unpaired = List.of("rmsnorm:f32:1x64: only setting A's mine does it");
    assertThat(table("--fail-on", "slower").conclude(unpaired, Format.TEXT))
        .isEqualTo(ExitCode.USAGE);
    assertThat(table().conclude(unpaired, Format.TEXT)).isEqualTo(ExitCode.OK);
  }

  @Test
  void allocationThatIsNotKnownUnderASettingDoesNotPass() {
    for (Role role : List.of(Role.VARIANT, Role.PEER)) {
      SettingTable table = table("--fail-on", "allocates");
      table.judge(underSettings("blind", 100, 100, role));
      assertThat(table.conclude(List.of(), Format.TEXT))
          .isEqualTo(role == Role.PEER ? ExitCode.OK : ExitCode.USAGE);
    }
  }

  @Test
  void settingsOfTooFewForksDoNotPass() {
    SettingTable enough = table("--fail-on", "slower");
    enough.judge(underSettings("mine", 100, 100, Role.VARIANT, 3));
    assertThat(enough.conclude(List.of(), Format.TEXT)).isEqualTo(ExitCode.OK);
    SettingTable few = table("--fail-on", "slower");
    few.judge(underSettings("mine", 100, 100, Role.VARIANT, 2));
    assertThat(few.conclude(List.of(), Format.TEXT)).isEqualTo(ExitCode.USAGE);
    SettingTable allocation = table("--fail-on", "allocates");
    allocation.judge(underSettings("mine", 100, 100, Role.VARIANT, 2));
    assertThat(allocation.conclude(List.of(), Format.TEXT)).isEqualTo(ExitCode.OK);
  }

  @Test
  void settingsAreNamedInTheRecordAndTheirFlagsInItsEnvironment() {
    List<OpRecord> judged = table().judge(underSettings(130, 100, Role.VARIANT));
    assertThat(judged).hasSize(2);
    assertThat(judged.getFirst().verdict()).isNull();
    assertThat(judged.getLast().verdict()).isEqualTo("slower");
    assertThat(judged.getLast().setting()).isEqualTo(B);
    assertThat(judged.getFirst().vs()).containsOnlyKeys("B", "A again");
    assertThat(judged.getLast().env().flags()).contains("-Xint");
    assertThat(judged.getFirst().env().flags()).doesNotContain("-Xint");
    requireValid(judged);
  }

  @Test
  void recordOfAnotherJdkTellsItsOwnMachineAndVersion() {
    Jdk other = new Jdk(Path.of("/opt/other/bin/java"), "26.0.1+8", "Another VM");
    Setting setting =
        new Setting(
            Optional.empty(),
            KernelRegistry.of(),
            List.of(),
            List.of(1),
            List.of(),
            List.of(),
            Optional.of(other));
    Contender contender = contender("mine", setting);
    assertThat(contender.spec().java()).contains(other.java());
    assertThat(contender.environment(ENV))
        .extracting(Environment::jdk, Environment::jvm)
        .containsExactly("26.0.1+8", "Another VM");
  }

  @Test
  void intervalThatSaysNothingIsADash() {
    double[] nanos = {100, 900, 100};
    int[] fork = {0};
    Forks wild =
        spec -> measured(spec, spec.title().startsWith("roof") ? 1e9 : nanos[fork[0]++ % 3]);
    PairedRun paired = new PairedRun(wild, new StoppingRule(3, 3, 0.02), Duration.ofHours(1));
    OpRecord wide =
        new OpRun(CACHES, true, List.of())
            .run(CASE, List.of(contender("mine", PLAIN)), paired, ENV, what -> {})
            .records()
            .getFirst();
    OpTable table = new OpTable("mine");
    table.add(wide);
    assertThat(table.text()).contains("100 ns –").contains("no interval");
    assertThat(wide.timeNs().hi()).isGreaterThan(900);
  }
}
