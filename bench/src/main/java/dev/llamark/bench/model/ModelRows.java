package dev.llamark.bench.model;

import dev.llamark.bench.fork.ForkResult;
import dev.llamark.bench.fork.ForkSpec;
import dev.llamark.bench.fork.PairedRun;
import dev.llamark.bench.statistics.LogInterval;
import dev.llamark.kernel.KernelProvider;
import dev.llamark.kernel.KernelRegistry.Variant;
import dev.llamark.run.Environment;
import dev.llamark.run.ModelId;
import dev.llamark.run.ModelRecord;
import dev.llamark.run.Ratio;
import dev.llamark.run.TextTable;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Function;

/** From forks to records, and from records to a table. */
final class ModelRows {

  private static final double NANOS = 1e9;

  private ModelRows() {}

  static ModelRecord record(
      String test,
      int tokens,
      int depth,
      String kv,
      ModelId model,
      Variant variant,
      int threads,
      PairedRun.Rounds rounds,
      Map<Variant, ForkSpec> contenders,
      Environment env) {
    ForkSpec own = contenders.get(variant);
    double[] nanos = rounds.nanos(own);
    double[] speeds = Arrays.stream(nanos).map(n -> tokens * NANOS / n).toArray();
    LogInterval interval = LogInterval.of(speeds);
    Map<String, Ratio> vs = new LinkedHashMap<>();
    contenders.forEach(
        (other, spec) -> {
          if (other != variant && rounds.measured().containsKey(spec)) {
            vs.put(other.id(), LogInterval.paired(rounds.nanos(spec), nanos).toRatio());
          }
        });
    OptionalDouble peak = most(rounds.measured().get(own), ModelFigures::peakBytes);
    OptionalDouble load = most(rounds.measured().get(own), ModelFigures::loadMs);
    boolean prompt = test.startsWith("pp");
    return new ModelRecord(
        test,
        depth,
        kv,
        model,
        variant.id(),
        variant.provider().map(KernelProvider::vectorBits).orElse(0),
        threads,
        new ModelRecord.Samples(
            median(speeds),
            interval.known() ? interval.lo() : null,
            interval.known() ? interval.hi() : null,
            speeds),
        vs,
        peak.isPresent() ? (long) peak.getAsDouble() : null,
        load.isPresent() ? load.getAsDouble() : null,
        prompt ? median(nanos) / 1e6 : null,
        env);
  }

  private static OptionalDouble most(
      List<ForkResult.Measured> forks, Function<String, OptionalDouble> figure) {
    return forks.stream()
        .map(fork -> figure.apply(fork.output()))
        .filter(OptionalDouble::isPresent)
        .mapToDouble(OptionalDouble::getAsDouble)
        .max();
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int half = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }

  static TextTable table(List<ModelRecord> records, List<Variant> selected) {
    String first = selected.getFirst().id();
    TextTable table =
        new TextTable(
                "test", "threads", "variant", "tokens/s", "speed ÷ " + first, "load ms", "peak MiB")
            .alignRight(1, 3, 4, 5, 6);
    for (ModelRecord result : records) {
      int bits = result.vectorBits();
      table.row(
          result.test() + (result.depth() > 0 ? " @ d" + result.depth() : ""),
          String.valueOf(result.threads()),
          bits > 0 ? result.variant() + "@" + bits : result.variant(),
          String.format(Locale.ROOT, "%.1f", result.tokensPerS().median()),
          result.variant().equals(first) ? "1" : ratio(result.vs().get(first)),
          result.loadMs() == null ? "" : String.format(Locale.ROOT, "%.0f", result.loadMs()),
          result.peakRssBytes() == null ? "" : String.valueOf(result.peakRssBytes() >> 20));
    }
    if (records.stream().anyMatch(result -> result.variant().equals(ModelBenchmark.ORT))) {
      table.note(
          "ort: the whole model as one session; it computes the logits of every token of a prompt,"
              + " ours of the last, and its cache is copied from step to step");
    }
    return table;
  }

  private static String ratio(Ratio ratio) {
    if (ratio == null) {
      return "";
    }
    return ratio.lo() == null
        ? String.format(Locale.ROOT, "%.2f", ratio.ratio())
        : String.format(Locale.ROOT, "%.2f [%.2f, %.2f]", ratio.ratio(), ratio.lo(), ratio.hi());
  }
}
