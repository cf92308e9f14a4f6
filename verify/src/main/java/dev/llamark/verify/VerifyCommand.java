package dev.llamark.verify;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code llamark verify}: without a word, operations and model. */
@Command(
    name = "verify",
    description = "Tell for each variant whether it is right, by how much, and where it is wrong.",
    subcommands = {
      VerifyOpsCommand.class,
      VerifyModelCommand.class,
      VerifyOnnxTestsCommand.class,
      VerifySelfCommand.class,
      VerifyRepeatCommand.class
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
public final class VerifyCommand implements Callable<Integer> {

  @Mixin private ModelOptions model;
  @Mixin private ShardOptions shard;
  @Mixin private VariantOptions variants;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() {
    return new VerifyRun(variants, shard, output).all(model);
  }
}
