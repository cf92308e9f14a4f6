package dev.llamark.verify.mutant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.llamark.kernel.KernelRegistry;
import dev.llamark.kernel.Operation;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class MutantOpsTest {

  private final KernelRegistry registry = KernelRegistry.load(MutantOpsTest.class.getClassLoader());
  private final MutantOps ops = new MutantOps(registry);

  @TestFactory
  Stream<DynamicTest> eachFaultIsFoundInItsOwnOperationAndInNoOther() {
    return Mutants.of(registry).stream()
        .filter(mutant -> !mutant.control())
        .map(mutant -> dynamicTest(mutant.id(), () -> isCaught(mutant)));
  }

  private void isCaught(Mutant mutant) {
    MutantFinding finding = ops.check(mutant);
    assertThat(finding.wrong()).as(finding.toString()).containsOnly(mutant.operation().get());
    assertThat(finding.by().orElseThrow()).startsWith(mutant.operation().get().id() + ":");
    assertThat(finding.margin()).as(finding.toString()).isGreaterThan(2);
    assertThat(finding.asItShould()).isTrue();
  }

  @Test
  void theControlPassesAndSaysHowMuchRoomIsLeft() {
    MutantFinding finding = ops.check(Mutants.of(registry).getFirst());
    assertThat(finding.mutant().control()).isTrue();
    assertThat(finding.by()).as(finding.toString()).isEmpty();
    assertThat(finding.caught()).isFalse();
    assertThat(finding.asItShould()).isTrue();
    assertThat(finding.margin()).isBetween(0.001, 1.0);
  }

  @Test
  void everyOperationHasFaultsAndIdsDiffer() {
    List<Mutant> mutants = Mutants.of(registry);
    assertThat(mutants.stream().map(Mutant::id)).doesNotHaveDuplicates();
    assertThat(mutants.stream().flatMap(m -> m.operation().stream())).contains(Operation.values());
  }
}
