package dev.llamark.bench.claims;

import dev.llamark.bench.fork.ForkResult;
import dev.llamark.bench.fork.ForkSpec;
import dev.llamark.bench.fork.JmhForks;
import dev.llamark.bench.fork.PairedRun;
import dev.llamark.bench.fork.Timing;
import dev.llamark.bench.ops.ForkArgs;
import dev.llamark.bench.ops.TimingOptions;
import dev.llamark.bench.report.BenchReport;
import dev.llamark.kernel.KernelRegistry;
import dev.llamark.kernel.KernelRegistry.Variant;
import dev.llamark.kernel.Kernels;
import dev.llamark.kernel.Operation;
import dev.llamark.kernel.Role;
import dev.llamark.run.Environment;
import dev.llamark.run.ExitCode;
import dev.llamark.run.Progress;
import dev.llamark.run.ThreadTeam;
import dev.llamark.verify.Headline;
import dev.llamark.verify.OutputOptions;
import dev.llamark.verify.VariantOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code llamark bench claims}. */
@Command(
    name = "claims",
    description = "What is said about Llama's parts: measured, derived, or not testable here.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
public final class BenchClaimsCommand implements Callable<Integer> {

  /** Benchmarks warm up by themselves; then many short iterations, whose median counts. */
  private static final Timing TIMING =
      new Timing(Duration.ofMillis(200), 5, 9, Duration.ofMillis(20), Duration.ofMinutes(1));

  private static final Duration BUDGET = Duration.ofSeconds(280);
  private static final Duration QUICK_BUDGET = Duration.ofSeconds(105);

  private static final List<Operation> QUICK_OPERATIONS = List.of(Operation.MATMUL);

  private static final List<AngleScaling> QUICK_BUILT =
      List.of(AngleScaling.NONE, AngleScaling.DYNAMIC);

  private static final List<AngleScaling> QUICK_ROTATED =
      List.of(AngleScaling.NONE, AngleScaling.YARN);

  /** Among them those that lengthen vectors, and with them the table's entries. */
  private static final List<AngleScaling> ROTATED =
      List.of(AngleScaling.NONE, AngleScaling.YARN, AngleScaling.LONGROPE);

  private static final int SHORT = 32;
  private static final int LONG = 2048;

  @Mixin private VariantOptions variants;
  @Mixin private TimingOptions timing;
  @Mixin private OutputOptions output;

  private final List<Claim> claims = new ArrayList<>();
  private final Map<ForkSpec, ForkResult.Failed> failed = new LinkedHashMap<>();

  @Override
  public Integer call() {
    Environment env = Environment.collect(output.seed());
    KernelRegistry registry = variants.registry();
    Variant variant = measured(registry);
    List<ClaimGroup> groups = groups(variant);
    BenchReport report = new BenchReport(output, "llamark bench claims");
    report.headline(
        "%s\nkernels of %s; norms written alike for this%s"
            .formatted(
                Headline.text(env, variants.mostThreads()),
                variant.title(),
                timing.quick() ? "\na first look: fewer shapes, scalings and operations" : ""));
    try (OutputOptions.Sink sink = output.open();
        Progress progress = Progress.onTerminal()) {
      time(groups, sink, progress, env);
      try (ThreadTeam team = ThreadTeam.single();
          Kernels kernels = registry.open(variant.id(), team)) {
        add(new NormAccuracyClaims(kernels.rmsNorm(), output.seed()).all(), sink, env);
      }
      add(RopeClaims.all(), sink, env);
      add(ElsewhereClaims.all(), sink, env);
    }
    ClaimsReport table = new ClaimsReport(claims);
    report.results(table.text(), table.markdown());
    failed.forEach((contender, what) -> report.failed(contender.title(), what, true));
    return (failed.isEmpty() ? ExitCode.OK : ExitCode.WRONG).code();
  }

  /** The last of the variants that is no peer. */
  private Variant measured(KernelRegistry registry) {
    List<Variant> selected = variants.selected(registry);
    return selected.stream()
        .filter(candidate -> candidate.role() == Role.VARIANT)
        .reduce((first, second) -> second)
        .orElse(selected.getLast());
  }

  /** What needs little precision comes first, and leaves its time to what needs more. */
  private List<ClaimGroup> groups(Variant variant) {
    Contenders contenders =
        new Contenders(
            variant.id(),
            ForkArgs.of(timing.jvmArgs(), variants, output.seed()),
            timing.profilers());
    boolean all = !timing.quick();
    List<ClaimGroup> groups = new ArrayList<>();
    for (Operation operation : all ? List.of(Operation.values()) : QUICK_OPERATIONS) {
      groups.add(new OperationClaims(contenders, operation, variants.mostThreads()));
    }
    if (all) {
      groups.add(new PositionClaims(contenders, SHORT));
    }
    groups.add(new PositionClaims(contenders, LONG));
    groups.add(
        all
            ? new AngleClaims(contenders, List.of(AngleScaling.values()), ROTATED)
            : new AngleClaims(contenders, QUICK_BUILT, QUICK_ROTATED));
    groups.add(new NormSpeedClaims(contenders, "vector", "1x4096"));
    groups.add(new NormSpeedClaims(contenders, "scalar", "1x4096"));
    if (all) {
      groups.add(new NormSpeedClaims(contenders, "vector", "1024x4096"));
    }
    return groups;
  }

  /** Each group has its share of the time that is left, and goes on while it is not precise. */
  private void time(
      List<ClaimGroup> groups, OutputOptions.Sink sink, Progress progress, Environment env) {
    Duration budget = timing.budget(timing.quick() ? QUICK_BUDGET : BUDGET);
    long start = System.nanoTime();
    int left = groups.stream().mapToInt(group -> group.contenders().size()).sum();
    try (JmhForks forks = new JmhForks(timing.limited(TIMING))) {
      for (ClaimGroup group : groups) {
        int size = group.contenders().size();
        Duration rest = budget.minusNanos(System.nanoTime() - start);
        Duration share = rest.multipliedBy(size).dividedBy(left);
        PairedRun paired = new PairedRun(forks, timing.rule(group.rule()), share);
        PairedRun.Rounds rounds = paired.run(group.contenders(), progress::show);
        failed.putAll(rounds.failed());
        add(group.judge(new ClaimTimes(rounds)), sink, env.refreshed().forked(timing.jvmArgs()));
        left -= size;
      }
    }
  }

  private void add(List<Claim> found, OutputOptions.Sink sink, Environment env) {
    claims.addAll(found);
    found.forEach(claim -> sink.accept(claim.record(env)));
  }
}
