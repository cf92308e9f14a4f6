package dev.llamark.verify.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamark.format.ModelSource;
import dev.llamark.format.synthetic.SyntheticSource;
import dev.llamark.run.EnvironmentException;
import org.junit.jupiter.api.Test;

class MemoryNeedTest {

  private static final long GB = 1_000_000_000;

  private static MemoryNeed need(String model) {
    try (ModelSource source = SyntheticSource.of(model)) {
      return MemoryNeed.of(source, ModelTask.of(ModelTask.randomTokens(source.config(), 32, 1)));
    }
  }

  @Test
  void aModelOfFloatsTakesItsWeightsTwiceAndItsStepsAndLogits() {
    MemoryNeed need = need("synthetic:llama-3.2-1b");
    long floats = 4 * 1_235_814_400L; // of the published model
    assertThat(need.weights()).isEqualTo(floats);
    long logits = 4 * 32 * 128_256L; // bytes of one copy
    assertThat(need.total()).isBetween(2 * floats + 8 * logits, (long) (2.5 * floats));
  }

  @Test
  void theReferenceOfAQuantisedModelHoldsItsFloats() {
    MemoryNeed need = need("synthetic:tinyllama-1.1b:q8_0");
    assertThat(need.reference()).isGreaterThan(4 * GB);
    assertThat(need.weights()).isBetween(GB, 2 * GB);
    assertThat(need.total()).isEqualTo(need.weights() + need.reference() + need.rest());
  }

  @Test
  void enoughMemoryNeedsNoWord() {
    assertThat(new MemoryNeed("m", 4 * GB, false, 0, 4 * GB, GB).shortage(16 * GB, 9 * GB))
        .isEmpty();
  }

  @Test
  void tooLittleFreeMemoryIsSaidInOneSentence() {
    assertThat(new MemoryNeed("m", 4 * GB, false, 0, 4 * GB, GB).shortage(16 * GB, 8 * GB))
        .contains(
            "comparing m takes about 9.0 GB of memory, and 8.0 GB are free here: it may be slow, or the system may end it");
  }

  @Test
  void whatTheMachineCanNeverHoldIsRefused() {
    assertThatThrownBy(
            () -> new MemoryNeed("m", 4 * GB, false, 0, 4 * GB, GB).shortage(8 * GB, 8 * GB))
        .isInstanceOf(EnvironmentException.class)
        .hasMessageContaining("takes about 9.0 GB", "this machine has 8.0 GB");
  }

  @Test
  void weightsInAFileCanBeDropped() {
    assertThat(new MemoryNeed("m", 4 * GB, true, 0, 4 * GB, GB).shortage(8 * GB, 8 * GB))
        .isPresent();
  }
}
