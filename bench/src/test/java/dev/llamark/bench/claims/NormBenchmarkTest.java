package dev.llamark.bench.claims;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.llamark.bench.op.WarmUp;
import dev.llamark.oracle.RmsNormOracle;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NormBenchmarkTest {

  @BeforeAll
  static void doNotWarmUp() {
    System.setProperty(WarmUp.LEAST, "1");
  }

  private static final int ROWS = 3;

  private static float[] values(int count, int seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (0.5 + random.nextGaussian());
    }
    return values;
  }

  private static void agrees(RowNorm norm, NormForm form, int size) {
    float[] x = values(ROWS * size, 1);
    float[] weight = values(size, 2);
    float[] bias = values(size, 3);
    float[] out = new float[x.length];
    norm.apply(x, weight, bias, ROWS, size, out);
    double[] expected = form.expected(x, weight, bias, ROWS, size);
    for (int i = 0; i < out.length; i++) {
      assertThat((double) out[i])
          .as("%s of %d, element %d", form, size, i)
          .isCloseTo(expected[i], within(2e-5 * (1 + Math.abs(expected[i]))));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 7, 8, 31, 32, 33, 127, 198, 1030})
  void bothCodesComputeTheFormulasAtEverySize(int size) {
    for (NormForm form : NormForm.values()) {
      agrees(ScalarRowNorms.of(form), form, size);
      agrees(VectorRowNorms.of(form), form, size);
    }
  }

  @Test
  void theFormulaOfRmsNormIsTheOracles() {
    float[] x = values(50, 4);
    float[] weight = values(50, 5);
    assertThat(NormForm.RMSNORM.expected(x, weight, null, 1, 50))
        .containsExactly(RmsNormOracle.row(x, 0, weight, RowNorm.EPSILON), within(1e-12));
  }

  @Test
  void layerNormOfTwoElementsIsPlusAndMinusOne() {
    float[] ones = {1, 1};
    float[] zeros = {0, 0};
    double[] expected = NormForm.LAYERNORM.expected(new float[] {3, 7}, ones, zeros, 1, 2);
    assertThat(expected).containsExactly(new double[] {-1, 1}, within(1e-5));
  }

  @Test
  void partialRmsNormLooksAtTheFirstSixteenthOnly() {
    float[] x = values(32, 6);
    x[0] = 3;
    x[1] = 4;
    float[] ones = new float[32];
    java.util.Arrays.fill(ones, 1);
    double[] out = NormForm.PRMSNORM.expected(x, ones, null, 1, 32);
    assertThat(out[0]).isCloseTo(3 / Math.sqrt(12.5), within(1e-6));
    assertThat(out[31]).isCloseTo(x[31] / Math.sqrt(12.5), within(1e-6));
  }

  @ParameterizedTest
  @CsvSource({"scalar,rmsnorm", "scalar,layernorm", "vector,layernorm", "vector,prmsnorm"})
  void theBenchmarkIsRightOnItsOwnOperands(String variant, String norm) {
    NormBenchmark benchmark = new NormBenchmark();
    benchmark.variant = variant;
    benchmark.threads = 1;
    benchmark.cache = "hot";
    benchmark.norm = norm;
    benchmark.shape = "2x4096";
    benchmark.open();
    assertThat(benchmark.check().passed()).isTrue();
    assertThat(benchmark.check().nmse()).isBetween(1e-18, 1e-11);
    benchmark.close();
  }

  @Test
  void anElementLeftOutOfASumIsFound() {
    int size = 4096;
    float[] x = values(size, 7);
    float[] weight = values(size, 8);
    double[] expected = NormForm.RMSNORM.expected(x, weight, null, 1, size);
    float[] shorter = x.clone();
    shorter[17] = 0;
    double[] wrong = NormForm.RMSNORM.expected(shorter, weight, null, 1, size);
    float[] got = new float[size];
    float[] right = new float[size];
    for (int i = 0; i < size; i++) {
      got[i] = i == 17 ? (float) expected[i] : (float) wrong[i];
      right[i] = (float) expected[i];
    }
    assertThat(FormulaCheck.judge(got, expected).passed()).isFalse();
    assertThat(FormulaCheck.judge(right, expected).passed()).isTrue();
  }
}
