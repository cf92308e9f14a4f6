package dev.llamark.verify.model;

import dev.llamark.kernel.Arithmetic;
import dev.llamark.kernel.KernelRegistry;
import dev.llamark.kernel.Kernels;
import dev.llamark.kernel.Operation;
import dev.llamark.model.KvCache;
import dev.llamark.model.Llama;
import dev.llamark.model.Logits;
import dev.llamark.run.LlamarkException;
import dev.llamark.run.ThreadTeam;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Attribution by substitution: each operation of a variant is swapped for another's, one at a time,
 * in the whole model. The swap that removes the difference names the operation to blame; where
 * several operations are wrong, none does alone, and the one that lowers the difference most comes
 * nearest.
 *
 * @param operation that was swapped
 * @param with id of the variant that it was taken from
 * @param nmse distance of the logits of one prefill from what the variant is judged by; NaN where
 *     it is undefined
 * @param removes whether that distance passes the variant's gate
 */
public record Substitution(Operation operation, String with, double nmse, boolean removes) {

  /** Runs substitutions against one reference. */
  public static final class Trial {

    private final ModelReference reference;
    private final Consumer<String> progress;

    /**
     * @param reference its model must still be open
     * @param progress told what is being done
     */
    public Trial(ModelReference reference, Consumer<String> progress) {
      this.reference = reference;
      this.progress = progress;
    }

    /**
     * Swaps every operation of a variant, in the order of {@link Operation}.
     *
     * @param id the variant
     * @param with the variant that lends its operations, such as {@code oracle}
     * @throws LlamarkException if one of them is unknown or cannot run
     */
    public List<Substitution> run(
        KernelRegistry registry, String id, String with, ThreadTeam team) {
      List<Substitution> tried = new ArrayList<>();
      try (Kernels kernels = registry.open(id, team);
          Kernels lender = registry.open(with, team)) {
        for (Operation operation : Operation.values()) {
          progress.accept("%s · %s of %s".formatted(id, operation.title(), with));
          Kernels swapped = kernels.with(operation, lender);
          Arithmetic arithmetic = registry.arithmetic(swapped);
          double nmse = nmse(swapped, arithmetic);
          boolean removes = gate(arithmetic).admits(nmse);
          tried.add(new Substitution(operation, with, nmse, removes));
        }
      }
      return tried;
    }

    private Gate gate(Arithmetic arithmetic) {
      return reference.gate(arithmetic, reference.prefill());
    }

    private double nmse(Kernels kernels, Arithmetic arithmetic) {
      ModelTask task = reference.task();
      int vocab = reference.source().config().vocab();
      try (Llama llama =
          Llama.of(reference.source().config(), reference.source().weights(), kernels)) {
        KvCache cache = llama.newCache(task.capacity(), task.kv(), task.firstPosition());
        LogitRows got = LogitRows.of(llama.forward(task.tokens(), cache, Logits.ALL), vocab);
        LogitRows expected =
            reference
                .judge(arithmetic)
                .map(output -> LogitRows.of(output.logits(), vocab))
                .orElseGet(reference::prefill);
        return Divergence.of(got, expected).nmse();
      } catch (LlamarkException | OutOfMemoryError e) {
        throw e;
      } catch (RuntimeException | Error e) {
        return Double.NaN; // the variant's kernels broke down, whatever the swap
      }
    }
  }
}
