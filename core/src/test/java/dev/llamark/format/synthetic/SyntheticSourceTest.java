package dev.llamark.format.synthetic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.OperatingSystemMXBean;
import dev.llamark.model.LlamaConfig;
import dev.llamark.model.LlamaWeights;
import dev.llamark.run.EnvironmentException;
import dev.llamark.run.InputException;
import dev.llamark.tensor.DType;
import dev.llamark.tensor.Matrix;
import java.lang.management.ManagementFactory;
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SyntheticSourceTest {

  @Test
  void probeHasTheShapeThatShowsFaults() {
    try (var source = SyntheticSource.of("synthetic:probe")) {
      LlamaConfig config = source.config();
      assertThat(config.hidden()).isEqualTo(198);
      assertThat(config.headDim()).isEqualTo(22);
      assertThat(config.kvHeads()).isEqualTo(3);
      LlamaWeights weights = source.weights();
      assertThat(weights.tied()).isFalse();
      assertThat(weights.layers()).hasSize(config.layers());
      assertThat(weights.layers().getFirst().down().columns()).isEqualTo(541);
      assertThat(weights.layers().getFirst().queryBias()).isEmpty();
      assertThat(source.dtype()).isEqualTo(DType.F32);
    }
  }

  @Test
  void weightsHaveTheIntendedMeanAndDeviation() {
    try (var source = SyntheticSource.of("synthetic:probe")) {
      Matrix embedding = source.weights().embedding();
      double sum = 0;
      double squares = 0;
      for (int row = 0; row < embedding.rows(); row++) {
        for (float weight : row(embedding, row)) {
          sum += weight;
          squares += weight * weight;
        }
      }
      double count = (double) embedding.rows() * embedding.columns();
      assertThat(sum / count).isCloseTo(0, within(5 * 0.02 / Math.sqrt(count)));
      assertThat(Math.sqrt(squares / count)).isCloseTo(0.02, within(0.0002));
    }
  }

  @Test
  void bitsDependOnTheSeedOnly() throws Exception {
    float[] all = firstUpRow("synthetic:probe", 7);
    try (var one = new ForkJoinPool(1)) {
      assertThat(one.submit(() -> firstUpRow("synthetic:probe", 7)).get()).isEqualTo(all);
    }
    assertThat(firstUpRow("synthetic:probe", 8)).isNotEqualTo(all);
  }

  @Test
  void tensorsStartAtCacheLinesAndDiffer() {
    try (var source = SyntheticSource.of("synthetic:probe")) {
      LlamaWeights.Layer layer = source.weights().layers().get(1);
      assertThat(layer.gate().data().address() % 64).isZero();
      assertThat(layer.value().data().address() % 64).isZero();
      assertThat(row(layer.gate(), 0)).isNotEqualTo(row(layer.up(), 0));
      assertThat(row(layer.gate(), 0)).isNotEqualTo(row(layer.gate(), 1));
    }
  }

  @Test
  void qwenShapesHaveTheirBiasesAndHeadNorms() {
    try (var source = SyntheticSource.of("synthetic:qwen2.5-0.5b")) {
      assertThat(source.parameters()).isEqualTo(494_032_768L);
    }
    try (var source = SyntheticSource.of("synthetic:Qwen3-0.6B")) {
      assertThat(source.config().queryWidth()).isEqualTo(2048);
      assertThat(source.parameters()).isEqualTo(596_049_920L);
    }
  }

  @Test
  void unknownSpecsAreRefusedWithWhatIsKnown() {
    assertThatThrownBy(() -> SyntheticSource.of("synthetic:llama-9b"))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll("llama-9b", "probe", "smollm2-135m", "llama-3.1-8b");
    assertThatThrownBy(() -> SyntheticSource.of("synthetic:probe:q9"))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll("q9", "q8_0");
    assertThatThrownBy(() -> SyntheticSource.of("synthetic:probe:f32:2"))
        .isInstanceOf(InputException.class);
  }

  @ParameterizedTest
  @EnumSource
  void everyTypeHoldsTheSameWeights(DType dtype) {
    try (var plain = SyntheticSource.of("synthetic:probe256");
        var source = SyntheticSource.of("synthetic:probe256:" + dtype.id())) {
      Matrix matrix = source.weights().layers().get(2).down();
      assertThat(matrix.dtype()).isEqualTo(dtype);
      assertThat(source.dtype()).isEqualTo(dtype);
      double error = 0;
      double power = 0;
      for (int row = 0; row < matrix.rows(); row++) {
        float[] expected = row(plain.weights().layers().get(2).down(), row);
        float[] actual = row(matrix, row);
        for (int i = 0; i < expected.length; i++) {
          error += Math.pow(actual[i] - expected[i], 2);
          power += Math.pow(expected[i], 2);
        }
      }
      assertThat(error / power).isLessThan(0.01);
    }
  }

  @Test
  void typeWhoseBlocksDoNotFitIsRefusedByTensor() {
    assertThatThrownBy(() -> SyntheticSource.of("synthetic:smollm2-135m:q4_k"))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll("token_embd.weight", "256", "q4_k", "576");
    assertThatThrownBy(() -> SyntheticSource.of("synthetic:probe:q8_0"))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll("token_embd.weight", "32", "198");
  }

  @Test
  void moreWeightsThanTheMachineHoldsAreRefused() {
    long memory =
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
    assumeTrue(memory < 280e9);
    try (var source = SyntheticSource.of("synthetic:llama-3.1-70b")) {
      assertThatThrownBy(source::weights)
          .isInstanceOf(EnvironmentException.class)
          .hasMessageContainingAll("synthetic:llama-3.1-70b", "282.2 GB");
    }
  }

  private static float[] firstUpRow(String spec, long seed) {
    try (var source = SyntheticSource.of(spec, seed)) {
      return row(source.weights().layers().getFirst().up(), 500);
    }
  }

  private static float[] row(Matrix matrix, int row) {
    float[] values = new float[matrix.columns()];
    matrix.decodeRow(row, values, 0);
    return values;
  }
}
