package dev.llamark.bench.ops;

import dev.llamark.bench.fork.Timing;
import dev.llamark.bench.options.DurationConverter;
import dev.llamark.bench.options.PercentConverter;
import dev.llamark.bench.statistics.StoppingRule;
import dev.llamark.run.InputException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.Option;

/** How long, and how precisely. */
public final class TimingOptions {

  private static final int LEAST_QUICK_FORKS = 3;
  private static final int MOST_QUICK_FORKS = 8;
  private static final Duration UNLIMITED = Duration.ofDays(365);
  private static final double QUICK_PRECISION = 0.05;
  private static final double PRECISION = 0.02;
  private static final int LEAST_FORKS = 5;
  private static final int MOST_FORKS = 10;

  @Option(
      names = "--quick",
      description = "A first look: few cases, short iterations, 3 to 8 forks.")
  private boolean quick;

  @Option(
      names = "--forks",
      paramLabel = "N",
      description =
          "Exactly so many forks of each variant; by default 5 to 10, quick 3 to 8, by precision.")
  private Integer forks;

  @Option(
      names = "--precision",
      paramLabel = "P%",
      converter = PercentConverter.class,
      description =
          "Stop a case when ratios are known to this, or when all forks would not bring them within"
              + " five times this; default 2%%, quick 5%%.")
  private Double precision;

  @Option(
      names = "--budget",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description =
          "Begin no further round after this, such as 90s, 5m, 2h; at least one is run. Operations"
              + " with --quick: 270s.")
  private Duration budget;

  @Option(
      names = "--fork-limit",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "A fork that takes longer is taken to hang and killed; default 3m, quick 1m.")
  private Duration forkLimit;

  @Option(
      names = "--jvm-args",
      paramLabel = "ARGS",
      description =
          "Further arguments of the forked JVMs, separated by blanks; those that narrow vectors need"
              + " --vector-bits.")
  private String jvmArgs = "";

  @Option(
      names = "--prof",
      split = ";",
      paramLabel = "PROFILER",
      description =
          "A profiler of JMH's, with its options after a colon: perfasm:events=cpu-clock.")
  private List<String> profilers = List.of();

  public boolean quick() {
    return quick;
  }

  /** How long one fork measures an operation or a probe. */
  public Timing opTiming() {
    return limited(quick ? Timing.QUICK_OPS : Timing.FULL_OPS);
  }

  /** A benchmark's own timing, within the limit of a fork that was asked for. */
  public Timing limited(Timing own) {
    return forkLimit == null ? own : own.limitedTo(forkLimit);
  }

  /** When there are forks enough. */
  public StoppingRule rule() {
    return rule((Integer) null);
  }

  /** The same, for another number of forks; null leaves it to the precision. */
  public StoppingRule rule(Integer count) {
    Integer forks = count == null ? this.forks : count;
    if (forks != null && forks < 1) {
      throw new InputException(
          "%s must be at least 1, but is %d".formatted(count == null ? "--forks" : "-r", forks));
    }
    double share = precision != null ? precision : quick ? QUICK_PRECISION : PRECISION;
    if (share <= 0) {
      throw new InputException("--precision must be more than 0%");
    }
    if (forks != null) {
      return new StoppingRule(forks, forks, share);
    }
    return quick
        ? new StoppingRule(LEAST_QUICK_FORKS, MOST_QUICK_FORKS, share)
        : new StoppingRule(LEAST_FORKS, MOST_FORKS, share);
  }

  /** When there are forks enough, if the user says it; else a rule of the benchmark's own. */
  public StoppingRule rule(StoppingRule otherwise) {
    return forks == null && precision == null ? otherwise : rule();
  }

  /** Time for the whole run; far away if not limited. */
  public Duration budget() {
    return budget(UNLIMITED);
  }

  /** Time for the whole run; {@code otherwise}, if neither it nor the forks were asked for. */
  public Duration budget(Duration otherwise) {
    if (budget == null) {
      return forks == null ? otherwise : UNLIMITED;
    }
    return budget;
  }

  public List<String> jvmArgs() {
    return new ArrayList<>(
        Arrays.stream(jvmArgs.strip().split(" +")).filter(arg -> !arg.isEmpty()).toList());
  }

  public List<String> profilers() {
    return profilers;
  }
}
