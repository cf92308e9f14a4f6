package dev.llamark.bench.model;

import dev.llamark.bench.fork.ForkResult;
import dev.llamark.bench.fork.ForkSpec;
import dev.llamark.bench.fork.PairedRun;
import dev.llamark.bench.statistics.LogInterval;
import dev.llamark.bench.statistics.Median;
import dev.llamark.kernel.KernelRegistry.Variant;
import dev.llamark.run.Environment;
import dev.llamark.run.ModelId;
import dev.llamark.run.ModelRecord;
import dev.llamark.run.Ratio;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Runs one test: its variants, interleaved.
 *
 * @param model as the user named it
 * @param id of that model
 * @param kv type of the KV cache asked for
 * @param referenceNmse ONNX Runtime's own, 0 if not known
 * @param jvmArgs of every fork
 * @param profilers of every fork
 */
record ModelRun(
    String model,
    ModelId id,
    String kv,
    double referenceNmse,
    List<String> jvmArgs,
    List<String> profilers) {

  private static final double NANOS = 1e9;
  private static final double NANOS_PER_MILLI = 1e6;

  /**
   * What a test gave.
   *
   * @param records one per variant that ran
   * @param failures the others
   * @param unprobed what became of the probe beside them, if it failed
   */
  record Result(
      List<ModelRecord> records,
      Map<Variant, ForkResult.Failed> failures,
      Optional<ForkResult.Failed> unprobed) {}

  Result run(
      SpeedTest test,
      List<Variant> variants,
      int threads,
      PairedRun paired,
      Environment env,
      Consumer<String> progress) {
    Map<Variant, ForkSpec> contenders = new LinkedHashMap<>();
    variants.forEach(variant -> contenders.put(variant, contender(test, variant, threads)));
    List<ForkSpec> all = new ArrayList<>(contenders.values());
    Optional<TestProbe> probe = TestProbe.of(test, threads, jvmArgs);
    probe.map(TestProbe::spec).ifPresent(all::add);
    PairedRun.Rounds rounds = paired.run(all, progress);
    ModelRecord.Probe reached = probe.flatMap(p -> p.reached(rounds)).orElse(null);
    Optional<ForkResult.Failed> unprobed = probe.map(p -> rounds.failed().get(p.spec()));
    Result result = new Result(new ArrayList<>(), new LinkedHashMap<>(), unprobed);
    contenders.forEach(
        (variant, contender) -> {
          ForkResult.Failed failed = rounds.failed().get(contender);
          if (failed != null) {
            result.failures().put(variant, failed);
          } else {
            result.records().add(record(test, variant, threads, rounds, contenders, reached, env));
          }
        });
    return result;
  }

  private ForkSpec contender(SpeedTest test, Variant variant, int threads) {
    return new ForkSpec(
        variant.title() + " · " + SpeedTest.title(test.name(), test.depth()),
        new ForkSpec.Method(ModelBenchmark.class, test.method()),
        Map.of(
            "model", model,
            "variant", variant.id(),
            "threads", String.valueOf(threads),
            "tokens", String.valueOf(test.tokens()),
            "depth", String.valueOf(test.depth()),
            "kv", kv,
            "referenceNmse", String.valueOf(referenceNmse)),
        jvmArgs,
        profilers);
  }

  private ModelRecord record(
      SpeedTest test,
      Variant variant,
      int threads,
      PairedRun.Rounds rounds,
      Map<Variant, ForkSpec> contenders,
      ModelRecord.Probe probe,
      Environment env) {
    ForkSpec own = contenders.get(variant);
    double[] nanos = rounds.nanos(own);
    double[] speeds = Arrays.stream(nanos).map(n -> test.tokens() * NANOS / n).toArray();
    LogInterval interval = LogInterval.of(speeds);
    double[] peaks = figures(rounds.measured().get(own), ModelFigures::peakBytes);
    double[] loads = figures(rounds.measured().get(own), ModelFigures::loadMs);
    return new ModelRecord(
        test.name(),
        test.depth(),
        variant.id().equals(ModelBenchmark.ORT) ? "f32" : kv,
        id,
        variant.id(),
        variant.role().name().toLowerCase(Locale.ROOT),
        variant.vectorBits(),
        threads,
        new ModelRecord.Samples(
            Median.of(speeds),
            interval.known() ? interval.lo() : null,
            interval.known() ? interval.hi() : null,
            speeds),
        probe,
        ratios(variant, rounds, contenders),
        peaks.length == 0 ? null : (long) Arrays.stream(peaks).max().orElseThrow(),
        loads.length == 0 ? null : Median.of(loads),
        test.kind() == SpeedTest.Kind.PROMPT ? Median.of(nanos) / NANOS_PER_MILLI : null,
        env);
  }

  /** Our speed over each other's that ran. */
  private static Map<String, Ratio> ratios(
      Variant variant, PairedRun.Rounds rounds, Map<Variant, ForkSpec> contenders) {
    double[] own = rounds.nanos(contenders.get(variant));
    Map<String, Ratio> ratios = new LinkedHashMap<>();
    contenders.forEach(
        (other, contender) -> {
          if (other != variant && rounds.measured().containsKey(contender)) {
            ratios.put(other.id(), LogInterval.paired(rounds.nanos(contender), own).toRatio());
          }
        });
    return ratios;
  }

  private static double[] figures(
      List<ForkResult.Measured> forks, Function<String, OptionalDouble> figure) {
    return forks.stream()
        .map(fork -> figure.apply(fork.output()))
        .filter(OptionalDouble::isPresent)
        .mapToDouble(OptionalDouble::getAsDouble)
        .toArray();
  }
}
