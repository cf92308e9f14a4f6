package dev.llamark.verify;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code llamark verify ops}: the conformance run. */
@Command(
    name = "ops",
    description = "Hold every operation of every variant against its specification.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class VerifyOpsCommand implements Callable<Integer> {

  @Mixin private VariantOptions variants;
  @Mixin private CaseOptions cases;
  @Mixin private ShardOptions shard;
  @Mixin private OutputOptions output;

  @Option(names = "--list", description = "Print the ids of the cases and run nothing.")
  private boolean list;

  @Override
  public Integer call() {
    VerifyRun run = new VerifyRun(variants, shard, output);
    return list ? run.list(cases) : run.ops(cases);
  }
}
