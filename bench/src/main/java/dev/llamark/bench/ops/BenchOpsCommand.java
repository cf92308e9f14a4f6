package dev.llamark.bench.ops;

import dev.llamark.bench.compare.BaselineOptions;
import dev.llamark.run.ExitCode;
import dev.llamark.verify.OutputOptions;
import dev.llamark.verify.VariantOptions;
import java.util.concurrent.Callable;
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

  @Option(names = "--list", description = "Print the cases and an estimate of the time.")
  private boolean list;

  @Override
  public Integer call() {
    OpBench bench = new OpBench(variants, selection, timing, output);
    if (list) {
      bench.list();
      return ExitCode.OK.code();
    }
    baseline.check();
    ExitCode code = bench.run();
    ExitCode judged = baseline.judge(bench.records(), output).orElse(code);
    return (code == ExitCode.WRONG ? code : judged).code();
  }
}
