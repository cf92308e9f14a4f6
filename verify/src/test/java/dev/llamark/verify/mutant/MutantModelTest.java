package dev.llamark.verify.mutant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamark.format.ModelSource;
import dev.llamark.format.synthetic.SyntheticSource;
import dev.llamark.kernel.KernelRegistry;
import dev.llamark.run.ThreadTeam;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;

class MutantModelTest {

  /** An error of a model is far from float noise, or the model shows too little. */
  private static final double CLEAR = 1000;

  @Test
  void theProbeShowsEachFaultInAStepOfItsOperationAndTheControlPasses() {
    KernelRegistry registry = KernelRegistry.load(MutantModelTest.class.getClassLoader());
    SoftAssertions softly = new SoftAssertions();
    try (ThreadTeam team = new ThreadTeam(2);
        ModelSource probe = SyntheticSource.of("synthetic:probe")) {
      MutantModel stage = MutantModel.of(registry, probe, 42, team, step -> {});
      for (Mutant mutant : Mutants.of(registry)) {
        MutantFinding finding = stage.check(mutant);
        softly.assertThat(finding.asItShould()).as(finding.toString()).isTrue();
        if (mutant.control()) {
          softly.assertThat(finding.margin()).as(finding.toString()).isBetween(1e-6, 1.0);
        } else if (Double.isFinite(finding.margin())) {
          softly.assertThat(finding.margin()).as(finding.toString()).isGreaterThan(CLEAR);
        }
      }
    }
    assertThat(softly.errorsCollected()).isEmpty();
  }
}
