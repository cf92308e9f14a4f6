package dev.llamark.verify.repeat;

import dev.llamark.format.ModelSource;
import dev.llamark.format.ModelSources;
import dev.llamark.kernel.KernelRegistry;
import dev.llamark.kernel.KernelRegistry.Variant;
import dev.llamark.kernel.Kernels;
import dev.llamark.model.Llama;
import dev.llamark.run.Environment;
import dev.llamark.run.EnvironmentException;
import dev.llamark.run.ThreadTeam;
import dev.llamark.verify.VariantOptions;
import dev.llamark.verify.golden.Golden;
import dev.llamark.verify.golden.GoldenFile;
import dev.llamark.verify.golden.Maker;
import dev.llamark.verify.golden.ModelFingerprint;
import dev.llamark.verify.model.GreedyText;
import dev.llamark.verify.model.ModelComparison;
import dev.llamark.verify.model.ModelTask;
import dev.llamark.verify.trace.Trace;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Main class of a fresh JVM: runs variants on a task for some rounds, keeps the last of them as a
 * golden file, and says in a line what did not run or changed between rounds.
 */
final class RepeatWorker {

  /** Before the reason why a variant has no run in the file. */
  static final String SKIPPED = "skipped";

  /** Before what a variant threw, or what else shows that it is wrong. */
  static final String FAILED = "failed";

  /** Before what changed between two rounds of a variant. */
  static final String CHANGED = "changed";

  private RepeatWorker() {}

  /**
   * @param args golden file to write, model, rounds, threads, jars of variants, ids of variants,
   *     then the tokens: lists are separated by commas, an empty one is '-'
   */
  public static void main(String[] args) {
    ModelTask task = ModelTask.of(list(args[6]).stream().mapToInt(Integer::parseInt).toArray());
    int rounds = Integer.parseInt(args[2]);
    int threads = Integer.parseInt(args[3]);
    List<Path> jars = list(args[4]).stream().map(Path::of).toList();
    KernelRegistry registry = VariantOptions.registry(jars);
    List<Golden.Run> runs = new ArrayList<>();
    try (ModelSource source = ModelSources.open(args[1]);
        ThreadTeam team = new ThreadTeam(threads)) {
      for (String id : list(args[5])) {
        run(registry, id, source, task, rounds, team).ifPresent(runs::add);
      }
      Golden.Prompt prompt = new Golden.Prompt(task.tokens(), 0, task.kv(), 0);
      if (!runs.isEmpty()) {
        GoldenFile.write(new Golden(ModelFingerprint.of(source), prompt, runs), Path.of(args[0]));
      }
    }
  }

  private static List<String> list(String text) {
    return text.equals("-") ? List.of() : Arrays.asList(text.split(","));
  }

  private static Optional<Golden.Run> run(
      KernelRegistry registry,
      String id,
      ModelSource source,
      ModelTask task,
      int rounds,
      ThreadTeam team) {
    try {
      Variant variant = registry.variant(id);
      try (Kernels kernels = registry.open(id, team);
          Llama llama = open(source, kernels)) {
        SameJvm.Both first = SameJvm.Both.of(llama, task);
        SameJvm.Both last = first;
        for (int round = 2; round <= rounds; round++) {
          last = SameJvm.Both.of(llama, task);
          Optional<String> step =
              last.prefill()
                  .firstDifference(first.prefill())
                  .or(firstDifference(last.decode(), first.decode()));
          if (step.isPresent()) {
            say(CHANGED, id, "in round %d, from %s on".formatted(round, step.get()));
            break;
          }
        }
        if (!finite(last.prefill()) || !finite(last.decode())) {
          say(FAILED, id, "its logits are not finite");
          return Optional.empty();
        }
        return Optional.of(run(Maker.of(variant, Environment.collect(0)), last));
      }
    } catch (EnvironmentException e) {
      say(SKIPPED, id, e.getMessage());
    } catch (OutOfMemoryError e) {
      throw e;
    } catch (RuntimeException | Error e) {
      say(FAILED, id, "threw " + e);
    }
    return Optional.empty();
  }

  /** The model on a variant; a type of weights that it does not take is no fault. */
  private static Llama open(ModelSource source, Kernels kernels) {
    ModelComparison.unsupported(source.weights(), kernels)
        .ifPresent(
            dtype -> {
              throw new EnvironmentException(
                  "%s has no MatMul for %s".formatted(kernels.id(), dtype.id()));
            });
    return Llama.of(source.config(), source.weights(), kernels);
  }

  private static boolean finite(Trace trace) {
    return trace.positions().stream().allMatch(p -> Double.isFinite(p.all().norm()))
        && trace.steps().values().stream().allMatch(step -> Double.isFinite(step.norm()));
  }

  private static java.util.function.Supplier<Optional<String>> firstDifference(
      Trace last, Trace first) {
    return () -> last.firstDifference(first);
  }

  private static void say(String what, String id, String reason) {
    System.out.printf("%s\t%s\t%s%n", what, id, reason.replaceAll("\\s", " "));
  }

  private static Golden.Run run(Maker maker, SameJvm.Both both) {
    GreedyText none = new GreedyText(new int[0], new double[0], new double[0], new double[0]);
    return new Golden.Run(maker, "none", phase(both.prefill()), phase(both.decode()), none);
  }

  private static Golden.Phase phase(Trace trace) {
    return new Golden.Phase(trace, new double[trace.positions().size()], 0);
  }
}
