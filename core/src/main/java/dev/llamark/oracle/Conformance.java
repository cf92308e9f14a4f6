package dev.llamark.oracle;

import dev.llamark.kernel.Arithmetic;
import dev.llamark.kernel.KernelProvider;
import dev.llamark.kernel.KernelRegistry;
import dev.llamark.kernel.Kernels;
import dev.llamark.kernel.Operation;
import dev.llamark.run.LlamarkException;
import dev.llamark.run.ThreadTeam;
import dev.llamark.tensor.DType;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Holds a variant against the specification: every case is run alone, again, and on a team of
 * threads; all three must give the same bits, touch nothing but their output, and agree with the
 * oracle within its bound.
 *
 * <p>In a test of your own:
 *
 * <pre>{@code
 * @TestFactory
 * Stream<DynamicTest> conforms() {
 *   Conformance conformance = Conformance.of(new MyProvider());
 *   return conformance.cases().stream()
 *       .map(id -> dynamicTest(id.toString(), () -> conformance.verify(id)));
 * }
 * }</pre>
 */
public final class Conformance implements AutoCloseable {

  private static final int DEFAULT_LANES = 8;
  private static final int DEFAULT_THREADS = 2;

  private final String variant;
  private final int lanes;
  private final ThreadTeam single = ThreadTeam.single();
  private final ThreadTeam team;
  private final Kernels alone;
  private final Kernels together;
  private final Arithmetic arithmetic;

  /**
   * @param registry where the variant and its base are found
   * @param variant the variant's id
   * @param threads size of the team, at least 2 to tell anything about threads
   * @throws LlamarkException if the variant is unknown or cannot run
   */
  public Conformance(KernelRegistry registry, String variant, int threads) {
    this.variant = variant;
    int bits = registry.variant(variant).vectorBits();
    lanes = bits > 0 ? bits / Float.SIZE : DEFAULT_LANES;
    team = new ThreadTeam(threads);
    try {
      alone = registry.open(variant, single);
    } catch (LlamarkException e) {
      single.close();
      team.close();
      throw e;
    }
    try {
      together = registry.open(variant, team);
    } catch (LlamarkException e) {
      try (single;
          team;
          alone) {
        throw e;
      }
    }
    arithmetic = registry.arithmetic(alone);
  }

  /** The variant of this provider, with all that the class path offers to base it on. */
  public static Conformance of(KernelProvider provider) {
    KernelRegistry found = KernelRegistry.load(provider.getClass().getClassLoader());
    return new Conformance(found.with(provider), provider.id(), DEFAULT_THREADS);
  }

  /** The variant's id. */
  public String variant() {
    return variant;
  }

  /** Where each operation of the variant comes from. */
  public Kernels kernels() {
    return together;
  }

  /** The standard cases of all operations, for f32 weights. */
  public List<CaseId> cases() {
    return Arrays.stream(Operation.values())
        .flatMap(operation -> cases(operation, DType.F32, lanes).stream())
        .toList();
  }

  /**
   * The standard cases of one operation.
   *
   * @param dtype type of the weights; operations without weights have cases for f32 alone
   * @param lanes floats of a vector, from which sizes around tails are derived
   */
  public static List<CaseId> cases(Operation operation, DType dtype, int lanes) {
    return OperationCases.of(operation).list(dtype, lanes);
  }

  /**
   * Runs one case.
   *
   * @throws dev.llamark.run.InputException if the id makes no sense for its operation
   */
  public CaseResult check(CaseId id) {
    long start = System.nanoTime();
    ConformanceCase prepared = OperationCases.of(id.operation()).prepare(id, arithmetic);
    return new CaseResult(id, judge(id, prepared), System.nanoTime() - start);
  }

  /** Runs one case and throws an {@link AssertionError} that tells all if it does not pass. */
  public void verify(CaseId id) {
    CaseResult result = check(id);
    if (!result.passed()) {
      throw new AssertionError(
          "%s is wrong in %s: %s".formatted(variant, id.operation().title(), result));
    }
  }

  private Judgement judge(CaseId id, ConformanceCase prepared) {
    if (id.operation() == Operation.MATMUL && !alone.matMul().supports(id.dtype())) {
      return Judgement.skipped(variant + " has no MatMul for " + id.dtype().id());
    }
    try {
      return runThrice(id, prepared);
    } catch (LlamarkException | OutOfMemoryError e) {
      throw e;
    } catch (RuntimeException | Error e) {
      return Judgement.failure("threw " + e);
    }
  }

  private Judgement runThrice(CaseId id, ConformanceCase prepared) {
    int shift = (int) (id.seed() & 3);
    GuardedOperands operands = new GuardedOperands(shift);
    float[] first = prepared.run(alone, operands);
    Optional<String> damage = operands.damage();
    if (damage.isPresent()) {
      return Judgement.failure(damage.get());
    }
    Judgement judgement = prepared.judge(first);
    if (!judgement.passed()) {
      return judgement;
    }
    return difference("run twice", first, prepared.run(alone, new GuardedOperands(shift + 1)))
        .or(() -> onTeam(prepared, first, shift))
        .map(Judgement::failure)
        .orElse(judgement);
  }

  private Optional<String> onTeam(ConformanceCase prepared, float[] first, int shift) {
    GuardedOperands operands = new GuardedOperands(shift);
    float[] output = prepared.run(together, operands);
    return operands
        .damage()
        .map(damage -> "on %d threads %s".formatted(team.size(), damage))
        .or(() -> difference("run on %d threads".formatted(team.size()), first, output));
  }

  private static Optional<String> difference(String how, float[] first, float[] output) {
    for (int i = 0; i < first.length; i++) {
      if (Float.floatToIntBits(first[i]) != Float.floatToIntBits(output[i])) {
        return Optional.of(
            "not the same bits when %s: element %d was %s, now %s"
                .formatted(how, i, first[i], output[i]));
      }
    }
    return Optional.empty();
  }

  @Override
  public void close() {
    try (single;
        team;
        alone) {
      together.close();
    }
  }
}
