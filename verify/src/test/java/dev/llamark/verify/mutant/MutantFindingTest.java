package dev.llamark.verify.mutant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamark.kernel.KernelRegistry;
import dev.llamark.kernel.Operation;
import dev.llamark.run.Environment;
import dev.llamark.run.MutantRecord;
import dev.llamark.verify.mutant.MutantFinding.Stage;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MutantFindingTest {

  private final List<Mutant> mutants =
      Mutants.of(KernelRegistry.load(MutantFindingTest.class.getClassLoader()));
  private final Mutant control = mutants.getFirst();
  private final Mutant pairing =
      mutants.stream().filter(m -> m.id().equals("rope-pairing")).findFirst().orElseThrow();

  private static MutantFinding finding(Mutant mutant, String by, Operation... wrong) {
    return new MutantFinding(mutant, Stage.OPS, Set.of(wrong), Optional.ofNullable(by), 7);
  }

  @Test
  void aFaultIsCaughtOnlyInItsOwnOperation() {
    assertThat(finding(pairing, "rope:f32:1x1x8", Operation.ROPE).asItShould()).isTrue();
    assertThat(finding(pairing, "matmul:f32:1x1x8", Operation.MATMUL).asItShould()).isFalse();
    assertThat(finding(pairing, "rope:…", Operation.ROPE, Operation.MATMUL).asItShould()).isFalse();
    assertThat(finding(pairing, null).asItShould()).isFalse();
  }

  @Test
  void theControlMustPass() {
    assertThat(finding(control, null).asItShould()).isTrue();
    assertThat(finding(control, "rope:f32:1x1x8", Operation.ROPE).asItShould()).isFalse();
    assertThat(finding(control, "rope:f32:1x1x8", Operation.ROPE)).asString().contains("fails in");
  }

  @Test
  void theSentenceSaysWhatWasFoundAndWhere() {
    assertThat(finding(pairing, null)).hasToString("rope-pairing is not caught");
    assertThat(finding(pairing, "matmul:f32:1x1x8", Operation.MATMUL))
        .hasToString("rope-pairing is caught by matmul:f32:1x1x8, but in [MATMUL]");
    assertThat(finding(pairing, "rope:f32:1x1x8", Operation.ROPE))
        .asString()
        .contains("rope-pairing is caught by rope:f32:1x1x8", "7.00 times");
  }

  @Test
  void theRecordHoldsNoMarginThatIsNotFinite() {
    Environment environment = Environment.collect(42);
    MutantFinding endless =
        new MutantFinding(
            pairing, Stage.MODEL, Set.of(Operation.ROPE), Optional.of("layer 0"), Double.NaN);
    MutantRecord written = endless.toRecord(environment);
    assertThat(written.margin()).isNull();
    assertThat(written.caught()).isTrue();
    assertThat(written.op()).isEqualTo("rope");
    assertThat(written.stage()).isEqualTo("model");
    assertThat(finding(control, null).toRecord(environment))
        .returns(false, MutantRecord::caught)
        .returns(null, MutantRecord::op)
        .returns("none", MutantRecord::mutant)
        .returns(7.0, MutantRecord::margin);
  }
}
