package dev.llamark.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamark.oracle.OracleProvider;
import dev.llamark.run.ThreadTeam;
import dev.llamark.tensor.Matrix;
import org.junit.jupiter.api.Test;

/** The contract's own part: its checks, and what a variant without fused kernels falls back to. */
class MatMulTest {

  private final MatMul matMul = new OracleProvider().create(ThreadTeam.single()).matMul();
  private final PackedMatrix a = pack(2, 3, 1, 0, 0, 0, 1, 0);
  private final PackedMatrix b = pack(1, 3, 1, 1, 1);
  private final float[] x = {-1, 1, 2, 3, 4, 5, 6};

  private PackedMatrix pack(int rows, int columns, float... values) {
    return matMul.pack(Matrix.of("w", rows, columns, values));
  }

  @Test
  void all_multiplies_one_input_by_each_of_the_weights() {
    float[][] outs = {new float[4], new float[2]};
    matMul.applyAll(x, 1, 2, new PackedMatrix[] {a, b}, outs);
    assertThat(outs[0]).containsExactly(1, 2, 4, 5);
    assertThat(outs[1]).containsExactly(6, 15);
  }

  @Test
  void all_refuses_results_that_share_an_array() {
    float[] out = new float[9];
    assertThatThrownBy(
            () -> matMul.applyAll(x, 0, 1, new PackedMatrix[] {a, b}, new float[][] {out, out}))
        .hasMessage("MatMul: outs[1] must be an array of its own, but is x or an earlier result");
    assertThatThrownBy(() -> matMul.applyAll(x, 0, 1, new PackedMatrix[] {a}, new float[][] {x}))
        .hasMessage("MatMul: outs[0] must be an array of its own, but is x or an earlier result");
  }

  @Test
  void all_refuses_weights_of_other_columns_and_results_too_few_or_too_short() {
    PackedMatrix narrow = pack(1, 2, 1, 1);
    float[][] two = {new float[2], new float[1]};
    assertThatThrownBy(() -> matMul.applyAll(x, 0, 1, new PackedMatrix[] {a, narrow}, two))
        .hasMessage(
            "MatMul: all weights must have the first one's 3 columns, but weights[1] has 2");
    assertThatThrownBy(() -> matMul.applyAll(x, 0, 1, new PackedMatrix[] {a}, two))
        .hasMessage("MatMul: outs must be as many as weights, 1, but are 2");
    assertThatThrownBy(() -> matMul.applyAll(x, 0, 2, new PackedMatrix[] {a, b}, two))
        .hasMessage("MatMul: outs needs at least 4 elements from offset 0, but has 2");
    assertThatThrownBy(() -> matMul.applyAll(x, 0, 1, new PackedMatrix[0], new float[0][]))
        .hasMessage("MatMul: weights must be at least 1, but is 0");
  }

  @Test
  void the_bias_is_added_to_every_row() {
    float[] out = {9, 1, 2, 3, 4, 9};
    matMul.addBias(new float[] {7, 10, 20}, 1, 2, 2, out, 1);
    assertThat(out).containsExactly(9, 11, 22, 13, 24, 9);
  }

  @Test
  void a_bias_too_short_or_within_the_result_is_refused() {
    float[] out = new float[4];
    assertThatThrownBy(() -> matMul.addBias(new float[2], 1, 2, 2, out, 0))
        .hasMessage("MatMul: bias needs at least 2 elements from offset 1, but has 1");
    assertThatThrownBy(() -> matMul.addBias(out, 0, 1, 2, out, 1))
        .hasMessage("MatMul: bias (from offset 0) and out (from offset 1) must not overlap");
  }

  private final PackedMatrix w = matMul.pack(Matrix.of("w", 3, 2, new float[] {1, 2, 3, 4, 5, 6}));

  @Test
  void eachOutputIsTheDotProductOfARowOfXAndARowOfW() {
    float[] out = new float[6];
    matMul.apply(new float[] {1, 10, 2, 20}, 0, 2, w, out, 0);
    assertThat(out).containsExactly(21, 43, 65, 42, 86, 130);
  }

  @Test
  void refusesAnOutputThatIsTooShort() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> matMul.apply(new float[4], 0, 2, w, new float[6], 1))
        .withMessage("MatMul: out needs at least 6 elements from offset 1, but has 5");
  }

  @Test
  void refusesAnOutputOverTheInput() {
    float[] both = new float[12];
    assertThatIllegalArgumentException()
        .isThrownBy(() -> matMul.apply(both, 0, 2, w, both, 3))
        .withMessage("MatMul: x (from offset 0) and out (from offset 3) must not overlap");
  }

  @Test
  void refusesNoRowsAtAll() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> matMul.apply(new float[4], 0, 0, w, new float[6], 0))
        .withMessage("MatMul: rows must be at least 1, but is 0");
  }
}
