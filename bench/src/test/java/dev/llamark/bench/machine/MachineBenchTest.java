package dev.llamark.bench.machine;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import dev.llamark.bench.fork.ForkResult;
import dev.llamark.bench.fork.ForkSpec;
import dev.llamark.bench.fork.Forks;
import dev.llamark.bench.op.RoofBenchmark;
import dev.llamark.bench.statistics.StoppingRule;
import dev.llamark.run.Environment;
import dev.llamark.run.MachineRecord;
import dev.llamark.run.ResultWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The rows of a machine on which every fork takes a millisecond a call. */
class MachineBenchTest {

  private static final JsonSchema SCHEMA =
      JsonSchemaFactory.getInstance(VersionFlag.V202012)
          .getSchema(MachineBenchTest.class.getResourceAsStream("/result.schema.json"));

  /** What a run gave. */
  private record Run(List<MachineRecord> records, Map<String, ForkResult.Failed> failed) {}

  private static List<MachineRecord> run() {
    return run(spec -> new ForkResult.Measured(1e6, 0, "", null)).records();
  }

  private static Run run(Forks forks) {
    List<MachineRecord> records = new ArrayList<>();
    StoppingRule rule = new StoppingRule(2, 2, 1);
    Map<String, ForkResult.Failed> failed =
        new MachineBench(
                forks,
                new MachineBench.Rules(rule, rule),
                Duration.ofHours(1),
                new Caches(Map.of(1, 1L << 15, 2, 1L << 19)),
                List.of("-Dmine=1"),
                RoofBenchmark.requireProbe(),
                Environment.collect(42),
                records::add,
                what -> {})
            .run(List.of(1, 2));
    return new Run(records, failed);
  }

  @Test
  void everyLimitOfEveryLevelIsARowThatSatisfiesTheSchema() {
    List<MachineRecord> records = run();
    assertThat(records)
        .allSatisfy(r -> assertThat(SCHEMA.validate(ResultWriter.object(r))).isEmpty());
    for (String limit : List.of("read", "write", "copy", "add")) {
      assertThat(records)
          .filteredOn(r -> r.probe().equals(limit) && r.threads() == 2)
          .extracting(MachineRecord::level)
          .containsExactly("L1", "L2", "memory");
    }
    assertThat(records)
        .extracting(MachineRecord::probe)
        .contains("fma-peak", "region", "timer", "vector-width", "noise");
  }

  @Test
  void equalForksShowNoNoise() {
    assertThat(run())
        .filteredOn(r -> r.probe().equals("noise"))
        .isNotEmpty()
        .allSatisfy(r -> assertThat(r.value().median()).isEqualTo(1));
  }

  @Test
  void aProbeThatFailsIsNamedAndTheOthersGoOn() {
    Run run =
        run(
            spec ->
                spec.title().startsWith("copy memory · 2 t")
                    ? new ForkResult.Failed("crashed with exit code 137", "Killed")
                    : new ForkResult.Measured(1e6, 0, "", null));
    assertThat(run.failed()).containsOnlyKeys("copy memory · 2 t");
    assertThat(run.failed().get("copy memory · 2 t").output()).isEqualTo("Killed");
    assertThat(run.records())
        .filteredOn(r -> r.probe().equals("copy") && "memory".equals(r.level()))
        .extracting(MachineRecord::threads)
        .containsExactly(1);
    assertThat(run.records()).filteredOn(r -> r.probe().equals("noise")).hasSize(2);
  }

  @Test
  void everyForkIsGivenTheUsersArgumentsAndOnlyTheLimitsLeaveTheChecksOut() {
    List<ForkSpec> specs = new ArrayList<>();
    run(
        spec -> {
          specs.add(spec);
          return new ForkResult.Measured(1e6, 0, "", null);
        });
    assertThat(specs)
        .allSatisfy(spec -> assertThat(spec.jvmArgs()).contains("-Dmine=1"))
        .allSatisfy(
            spec ->
                assertThat(spec.jvmArgs().toString().contains("OOB_CHECK=0"))
                    .isEqualTo(spec.parameters().containsKey("limit")));
  }

  @Test
  void theCachesOfThisMachineGrowFromLevelToLevel() {
    Caches caches = Caches.detect();
    assertThat(caches.bytes().get(1)).isBetween(8L << 10, 512L << 10);
    assertThat(List.copyOf(caches.bytes().values())).isSorted();
  }

  @Test
  void privateCachesGrowWithTheThreadsAndTheLastDoesNot() {
    Caches caches = new Caches(Map.of(1, 1L << 15, 2, 1L << 19, 3, 1L << 25));
    assertThat(caches.within(2, 2)).isEqualTo(1L << 19);
    assertThat(caches.within(3, 2)).isEqualTo(1L << 24);
    assertThat(caches.level((1L << 19) + 1, 1)).isEqualTo("L3");
    assertThat(caches.level((1L << 19) + 1, 2)).isEqualTo("L2");
  }
}
