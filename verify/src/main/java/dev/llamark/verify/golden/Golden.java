package dev.llamark.verify.golden;

import dev.llamark.kernel.KernelRegistry.Variant;
import dev.llamark.tensor.DType;
import dev.llamark.verify.model.GreedyText;
import dev.llamark.verify.model.ModelTask;
import dev.llamark.verify.trace.Trace;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What variants made of one model on one task.
 *
 * @param model which it was
 * @param prompt what it was given
 * @param runs at least one, each of another variant
 */
public record Golden(ModelFingerprint model, Prompt prompt, List<Run> runs) {

  /**
   * What the model was given.
   *
   * @param tokens ids of the prompt
   * @param generate tokens decoded greedily after it
   * @param kv type of the cache
   * @param firstPosition where the prompt begins
   */
  public record Prompt(int[] tokens, int generate, DType kv, int firstPosition) {

    static Prompt of(ModelTask task) {
      return new Prompt(task.tokens(), task.generate(), task.kv(), task.firstPosition());
    }

    /** The task that gives the model the same again. */
    public ModelTask task() {
      return ModelTask.of(tokens)
          .withGenerate(generate)
          .withKv(kv)
          .withFirstPosition(firstPosition);
    }
  }

  /**
   * One variant.
   *
   * @param reference what vouched for it: {@code onnxruntime 1.29.0}
   */
  public record Run(
      Maker maker, String reference, Phase prefill, Phase decode, GreedyText greedy) {}

  /**
   * One way through the model.
   *
   * @param noises distance of the logits from the best that was known of them, at each position, as
   *     the largest difference
   * @param allowed largest admissible NMSE to this
   */
  public record Phase(Trace trace, double[] noises, double allowed) {}

  /** The run to hold a variant against: its own if there is one, else any of its arithmetic. */
  public Optional<Run> runFor(Variant variant, Maker now) {
    List<Run> comparable =
        runs.stream().filter(run -> run.maker().arithmetic() == now.arithmetic()).toList();
    return comparable.stream()
        .filter(run -> run.maker().sameKernels(now))
        .findFirst()
        .or(
            () ->
                comparable.stream()
                    .filter(run -> run.maker().variant().equals(variant.id()))
                    .findFirst())
        .or(() -> comparable.stream().findFirst());
  }

  /** The arithmetics of its runs. */
  String arithmetics() {
    return runs.stream()
        .map(run -> run.maker().arithmetic().id())
        .distinct()
        .collect(Collectors.joining(", "));
  }
}
