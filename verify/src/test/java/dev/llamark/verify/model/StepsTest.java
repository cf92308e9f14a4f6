package dev.llamark.verify.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.llamark.kernel.Operation;
import dev.llamark.model.Tap;
import dev.llamark.verify.model.Steps.Step;
import dev.llamark.verify.onnx.TapPoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StepsTest {

  @Test
  void amongFloatNoiseNoStepStandsOutButOneIsWorst() {
    Steps steps = steps(1e-14, 3e-14, 2e-14, 0);
    assertThat(steps.first()).isEmpty();
    assertThat(steps.worst().orElseThrow().added()).isEqualTo(3e-14);
  }

  @Test
  void theFirstWrongStepIsNamedThoughALaterOneIsWorse() {
    Steps steps = steps(1e-14, 1e-6, 1e-14, 1e-14, 1e-3, 1e-14);
    assertThat(steps.first().orElseThrow().point().layer()).isEqualTo(1);
    assertThat(steps.worst().orElseThrow().point().layer()).isEqualTo(4);
  }

  @Test
  void nanStandsOut() {
    Steps steps = steps(1e-14, 1e-14, Double.NaN, 0.5);
    assertThat(steps.first().orElseThrow().point().layer()).isEqualTo(2);
    assertThat(steps.worst().orElseThrow().point().layer()).isEqualTo(2);
  }

  @Test
  void whereEveryStepIsWrongTheFirstIsNamed() {
    assertThat(steps(0.5, 0.4, 0.6, 0.5).first().orElseThrow().point().layer()).isZero();
  }

  @Test
  void tapsTellTheirOperation() {
    assertThat(Steps.operationOf(Tap.ROTATED_KEY)).contains(Operation.ROPE);
    assertThat(Steps.operationOf(Tap.DOWN)).contains(Operation.MATMUL);
    assertThat(Steps.operationOf(Tap.EMBEDDING)).isEmpty();
  }

  @Test
  void errorsAreSummedOverBatchesAndFeedingOverwrites() {
    TapPoint gate = new TapPoint(Tap.GATE, 0);
    TapErrors errors = new TapErrors(Map.of(gate, new float[] {1, 2, 3, 4}), true);
    float[] first = {1, 3, 99};
    float[] second = {3, 6, 99};
    errors.after(Tap.GATE, 0, first, 1, 2);
    errors.after(Tap.GATE, 0, second, 1, 2);
    errors.after(Tap.UP, 0, second, 1, 2);
    // (1 + 4) / (1 + 4 + 9 + 16)
    assertThat(errors.nmse(gate)).isEqualTo(1 / 6.0, within(1e-15));
    assertThat(first).containsExactly(1, 2, 99);
    assertThat(second).containsExactly(3, 4, 99);
  }

  private static Steps steps(double... added) {
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < added.length; i++) {
      steps.add(new Step(new TapPoint(Tap.GATE, i), 0, added[i]));
    }
    return new Steps(steps);
  }
}
