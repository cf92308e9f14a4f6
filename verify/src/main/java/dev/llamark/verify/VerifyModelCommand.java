package dev.llamark.verify;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code llamark verify model}: a whole model against ONNX Runtime and the model in double. */
@Command(
    name = "model",
    description = {
      "Compare a whole model, at all positions, with ONNX Runtime and with the same model in double.",
      "First as one prefill, then token by token through the KV cache."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class VerifyModelCommand implements Callable<Integer> {

  @Mixin private ModelOptions model;
  @Mixin private GoldenOptions golden;
  @Mixin private ShardOptions shard;
  @Mixin private VariantOptions variants;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() {
    VerifyRun run = new VerifyRun(variants, shard, output);
    return golden.golden().isPresent()
        ? run.golden(model, golden.golden().get())
        : run.model(model, golden.save());
  }
}
