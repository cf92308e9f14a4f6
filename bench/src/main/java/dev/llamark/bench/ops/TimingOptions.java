package dev.llamark.bench.ops;

import dev.llamark.bench.fork.Timing;
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
  private static final String QUICK_PRECISION = "5%";
  private static final String PRECISION = "2%";
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
      description = "Stop a case when ratios are known to this; default 2%%, quick 5%%.")
  private String precision;

  @Option(
      names = "--budget",
      paramLabel = "TIME",
      description =
          "Begin no further round after this, such as 90s, 5m, 2h; at least one is run. Operations"
              + " with --quick: 270s.")
  private String budget;

  @Option(
      names = "--fork-limit",
      paramLabel = "TIME",
      description = "A fork that takes longer is taken to hang and killed; default 3m, quick 1m.")
  private String forkLimit;

  @Option(
      names = "--jvm-args",
      paramLabel = "ARGS",
      description = "Further arguments of the forked JVMs, separated by blanks.")
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

  /** How long one fork measures. */
  public Timing timing() {
    return limited(quick ? Timing.QUICK : Timing.FULL);
  }

  /** How long one fork measures an operation or a probe. */
  public Timing opTiming() {
    return limited(quick ? Timing.QUICK_OPS : Timing.FULL_OPS);
  }

  /** A benchmark's own timing, within the limit of a fork that was asked for. */
  public Timing limited(Timing own) {
    return forkLimit == null ? own : own.limitedTo(duration("--fork-limit", forkLimit));
  }

  /** When there are forks enough. */
  public StoppingRule rule() {
    return rule(forks);
  }

  /** The same, for another number of forks; null leaves it to the precision. */
  public StoppingRule rule(Integer count) {
    Integer forks = count == null ? this.forks : count;
    if (forks != null && forks < 1) {
      throw new InputException("--forks must be at least 1, but is " + forks);
    }
    double share = share(precision != null ? precision : quick ? QUICK_PRECISION : PRECISION);
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
    return duration("--budget", budget);
  }

  public List<String> jvmArgs() {
    return new ArrayList<>(
        Arrays.stream(jvmArgs.strip().split(" +")).filter(arg -> !arg.isEmpty()).toList());
  }

  public List<String> profilers() {
    return profilers;
  }

  private static double share(String percent) {
    try {
      double share = Double.parseDouble(percent.replace("%", "").strip()) / 100;
      if (share > 0 && share < 1) {
        return share;
      }
    } catch (NumberFormatException e) {
      throw new InputException("--precision must read like 2%%, but is '%s'".formatted(percent), e);
    }
    throw new InputException("--precision must lie between 0% and 100%, but is " + percent);
  }

  private static Duration duration(String option, String text) {
    String number = text.replaceAll("[smh]$", "");
    try {
      double value = Double.parseDouble(number);
      double seconds =
          switch (text.substring(number.length())) {
            case "m" -> 60 * value;
            case "h" -> 3600 * value;
            default -> value;
          };
      if (seconds > 0) {
        return Duration.ofMillis((long) (1000 * seconds));
      }
    } catch (NumberFormatException e) {
      throw new InputException(
          "%s must read like 90s or 5m, but is '%s'".formatted(option, text), e);
    }
    throw new InputException("%s must be positive, but is %s".formatted(option, text));
  }
}
