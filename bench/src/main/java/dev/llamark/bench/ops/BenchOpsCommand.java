package dev.llamark.bench.ops;

import dev.llamark.bench.compare.BaselineOptions;
import dev.llamark.bench.report.BenchReport;
import dev.llamark.run.ExitCode;
import dev.llamark.run.InputException;
import dev.llamark.verify.OutputOptions;
import dev.llamark.verify.VariantOptions;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code llamark bench ops}. */
@Command(
    name = "ops",
    description = "Time every operation of every variant, in forks of their own.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
public final class BenchOpsCommand implements Callable<Integer> {

  @Mixin private VariantOptions variants;
  @Mixin private OpSelection selection;
  @Mixin private TimingOptions timing;
  @Mixin private OutputOptions output;
  @Mixin private BaselineOptions baseline;

  @Mixin private SettingOptions settings;

  @Option(names = "--list", description = "Print the cases and an estimate of the time.")
  private boolean list;

  @Override
  public Integer call() {
    boolean compared = settings.given();
    List<Setting> chosen =
        compared
            ? settings.both(variants, timing, output.seed())
            : List.of(Setting.of(variants, timing, output.seed()));
    OpBench bench = new OpBench(chosen, selection, timing, output);
    if (list) {
      bench.list();
      return ExitCode.OK.code();
    }
    return (compared ? compareSettings(bench, chosen) : compareVariants(bench, chosen)).code();
  }

  private ExitCode compareVariants(OpBench bench, List<Setting> chosen) {
    baseline.check();
    BenchReport report = report();
    ExitCode code = bench.run(UnaryOperator.identity(), report);
    if (!bench.records().isEmpty()) {
      OpTable table = new OpTable(chosen.getFirst().entrants().getFirst().id());
      bench.records().forEach(table::add);
      report.results(table.text(), table.markdown());
    }
    if (output.text() && timing.quick() && !variants.named()) {
      System.out.printf("a first look leaves %s out unless --kernels names it%n", Setting.PLAIN);
    }
    bench.reportFailures(report);
    return baseline.judge(
        code, bench.records(), row -> bench.selects(row, variants.named()), output);
  }

  private BenchReport report() {
    return new BenchReport(output, "llamark bench ops");
  }

  private ExitCode compareSettings(OpBench bench, List<Setting> chosen) {
    if (baseline.given()) {
      throw new InputException(
          "--a and --b compare two settings in one run; they take no --baseline and no"
              + " --save-baseline");
    }
    SettingTable table = new SettingTable(baseline.comparison());
    BenchReport report = report();
    ExitCode code = bench.run(table::judge, report);
    table.print(chosen, bench.unpaired(), report);
    bench.reportFailures(report);
    return code.and(table.conclude(bench.unpaired(), output.format()));
  }
}
