package dev.llamark.bench.claims;

import dev.llamark.bench.claims.Claim.Topic;
import dev.llamark.bench.claims.Claim.Verdict;
import dev.llamark.bench.fork.ForkSpec;
import dev.llamark.bench.statistics.Comparison;
import dev.llamark.bench.statistics.LogInterval;
import dev.llamark.bench.statistics.StoppingRule;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What the scalings of RoPE's angles cost: to build their tables, and to rotate by them. */
final class AngleClaims implements ClaimGroup {

  /** Costs that differ by less are taken for the same. */
  private static final double SAME = 0.1;

  private static final double NANOS_PER_MILLI = 1e6;
  private static final double NANOS_PER_MICRO = 1e3;

  private final Map<AngleScaling, ForkSpec> build = new EnumMap<>(AngleScaling.class);
  private final Map<AngleScaling, ForkSpec> rotate = new EnumMap<>(AngleScaling.class);

  /**
   * @param built whose tables are timed, {@link AngleScaling#NONE} and {@link AngleScaling#DYNAMIC}
   *     among them
   * @param rotated by whose tables rotations are timed, {@link AngleScaling#NONE} among them
   */
  AngleClaims(Contenders contenders, List<AngleScaling> built, List<AngleScaling> rotated) {
    built.forEach(scaling -> build.put(scaling, contender(contenders, scaling, "build")));
    rotated.forEach(scaling -> rotate.put(scaling, contender(contenders, scaling, "rotate")));
  }

  private static ForkSpec contender(Contenders contenders, AngleScaling scaling, String part) {
    return contenders.of(
        scaling.title() + " · " + part,
        AngleScalingBenchmark.class,
        "run",
        Map.of(
            "part",
            part,
            "scaling",
            scaling.id(),
            "variant",
            contenders.variant(),
            "threads",
            "1",
            "cache",
            "hot"));
  }

  @Override
  public List<ForkSpec> contenders() {
    return Stream.concat(build.values().stream(), rotate.values().stream()).toList();
  }

  /** No difference is expected. */
  @Override
  public StoppingRule rule() {
    return new StoppingRule(3, 10, SAME);
  }

  @Override
  public List<Claim> judge(ClaimTimes times) {
    return List.of(
        same(
            times,
            rotate,
            "angle-scaling-rotate",
            "Rotating by scaled angles costs no more than by plain ones",
            "the same kernel reads a table of the same size, whatever its angles are"),
        same(
            times,
            build,
            "angle-scaling-build",
            "A table of scaled angles costs no more to build",
            "a scaling changes one frequency per pair; the sines and cosines of all positions are"
                + " the work"),
        rebuilt(times));
  }

  /** That no scaling costs more than none, within {@link #SAME}. */
  private static Claim same(
      ClaimTimes times,
      Map<AngleScaling, ForkSpec> contenders,
      String id,
      String statement,
      String reason) {
    ForkSpec plain = contenders.get(AngleScaling.NONE);
    Optional<ForkSpec> lost =
        contenders.values().stream().filter(c -> !times.isTimed(c)).findFirst();
    if (lost.isPresent()) {
      return Claim.unmeasured(Topic.ROPE, id, statement, times.failure(lost.get()));
    }
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("none_time_ns", times.nanos(plain));
    List<Comparison.Verdict> verdicts = new ArrayList<>();
    AngleScaling dearest = AngleScaling.NONE;
    double most = 0;
    for (AngleScaling scaling : contenders.keySet()) {
      if (scaling != AngleScaling.NONE) {
        LogInterval cost = times.speed(plain, contenders.get(scaling)).orElseThrow();
        figures.put(scaling.id() + "_cost", cost.toRatio());
        verdicts.add(Comparison.of(cost.inverse(), SAME).verdict());
        dearest = cost.estimate() > most ? scaling : dearest;
        most = Math.max(most, cost.estimate());
      }
    }
    return Claim.measured(
        Topic.ROPE,
        id,
        statement,
        noneSlower(verdicts),
        String.format(Locale.ROOT, "at most %.2f times as much (%s)", most, dearest.title()),
        reason,
        figures);
  }

  private static Verdict noneSlower(List<Comparison.Verdict> verdicts) {
    if (verdicts.contains(Comparison.Verdict.SLOWER)) {
      return Verdict.FAILS;
    }
    return verdicts.contains(Comparison.Verdict.UNDECIDED) ? Verdict.UNDECIDED : Verdict.HOLDS;
  }

  /** That the table of a dynamic scaling, built again for a token, costs less than its rotation. */
  private Claim rebuilt(ClaimTimes times) {
    String id = "dynamic-ntk-rebuild";
    String statement = "Dynamic NTK costs nothing as a sequence outgrows the context";
    ForkSpec table = build.get(AngleScaling.DYNAMIC);
    ForkSpec turn = rotate.get(AngleScaling.NONE);
    if (!times.isTimed(table) || !times.isTimed(turn)) {
      return Claim.unmeasured(Topic.ROPE, id, statement, times.failure(table, turn));
    }
    double perToken = times.nanos(turn) / AngleScalingBenchmark.TOKENS;
    LogInterval cost = times.speed(turn, table).orElseThrow().times(AngleScalingBenchmark.TOKENS);
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("build_ns", times.nanos(table));
    figures.put("rotate_token_ns", perToken);
    figures.put("cost", cost.toRatio());
    Verdict verdict =
        cost.lo() > 1 ? Verdict.FAILS : cost.hi() < 1 ? Verdict.HOLDS : Verdict.UNDECIDED;
    return Claim.measured(
        Topic.ROPE,
        id,
        statement,
        verdict,
        String.format(
            Locale.ROOT,
            "%.3g ms a table, %.3g µs a rotation",
            times.nanos(table) / NANOS_PER_MILLI,
            perToken / NANOS_PER_MICRO),
        "each length has frequencies of its own: a table (here of %d positions) built anew for every"
                .formatted(AngleScaling.CONTEXT)
            + " token, against a block's rotation of its queries; llamark chooses the length once,"
            + " when a sequence begins",
        figures);
  }
}
