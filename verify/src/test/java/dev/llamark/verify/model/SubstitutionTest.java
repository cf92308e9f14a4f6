package dev.llamark.verify.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamark.kernel.Kernel;
import dev.llamark.kernel.KernelProvider;
import dev.llamark.kernel.KernelRegistry;
import dev.llamark.kernel.Kernels;
import dev.llamark.kernel.Operation;
import dev.llamark.kernel.SwiGlu;
import dev.llamark.oracle.OracleProvider;
import dev.llamark.run.ThreadTeam;
import dev.llamark.verify.onnx.RandomModel;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class SubstitutionTest {

  private static ThreadTeam team;
  private static ModelReference reference;

  @BeforeAll
  static void compute() {
    team = ThreadTeam.single();
    ModelTask task = ModelTask.of(RandomModel.TOKENS).withLayers(false);
    reference = ModelReference.compute(RandomModel.PLAIN.source(), task, team, _ -> {});
  }

  @AfterAll
  static void close() {
    team.close();
  }

  /** The oracle's operations under another name, with one of its own. */
  private record Provider(Kernel wrong) implements KernelProvider {
    @Override
    public String id() {
      return "wrong";
    }

    @Override
    public Kernels create(ThreadTeam team) {
      return Kernels.of(id()).basedOn("oracle").with(wrong);
    }
  }

  private static List<Substitution> run(Kernel wrong) {
    KernelRegistry registry = KernelRegistry.of(new OracleProvider(), new Provider(wrong));
    return new Substitution.Trial(reference, _ -> {}).run(registry, "wrong", "oracle", team);
  }

  @Test
  void onlySwappingTheWrongOperationRemovesTheDifference() {
    SwiGlu withoutGate =
        (_, _, up, upOffset, size, out, outOffset) ->
            System.arraycopy(up, upOffset, out, outOffset, size);
    List<Substitution> tried = run(withoutGate);
    assertThat(tried).extracting(Substitution::operation).containsExactly(Operation.values());
    assertThat(tried)
        .filteredOn(Substitution::removes)
        .extracting(Substitution::operation)
        .containsExactly(Operation.SWIGLU);
    assertThat(tried)
        .filteredOn(s -> !s.removes())
        .allSatisfy(s -> assertThat(s.nmse()).isGreaterThan(1e-3));
  }

  @Test
  void nanAndExceptionsOfTheWrongOperationAreNoAgreement() {
    SwiGlu nan =
        (_, _, _, _, size, out, outOffset) ->
            Arrays.fill(out, outOffset, outOffset + size, Float.NaN);
    SwiGlu broken =
        (_, _, _, _, _, _, _) -> {
          throw new ArithmeticException("out of luck");
        };
    for (SwiGlu wrong : List.of(nan, broken)) {
      assertThat(run(wrong))
          .filteredOn(s -> !s.removes())
          .hasSize(4)
          .allSatisfy(s -> assertThat(s.nmse()).isNaN());
    }
  }
}
