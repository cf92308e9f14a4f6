package dev.llamark.bench.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamark.bench.machine.Caches;
import dev.llamark.model.Presets;
import dev.llamark.oracle.CaseId;
import dev.llamark.run.InputException;
import dev.llamark.tensor.DType;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OpCaseTest {

  private static final Caches CACHES = new Caches(Map.of(1, 1L << 15, 2, 1L << 20, 3, 1L << 25));

  private static OpCase of(String id) {
    return new OpCase(CaseId.parse(id));
  }

  /** Figures worked out by hand. */
  @ParameterizedTest
  @CsvSource({
    "matmul:f32:1x3x2,          12,  44", // 6 weights, 2 in, 3 out
    "matmul:q8_0:2x3x32,       384, 382", // 3 blocks of 34 bytes, 64 in, 6 out
    "rmsnorm:f32:2x5,           40, 100",
    "swiglu:f32:2x5,            50, 120",
    "rope:f32:2x3x4,            72, 224", // 24 in, 24 out, 2 rows of 4 cosines and sines
    "attention:f32:2x3x4x2x8, 700, 896" // 5 visible pairs x 4 heads x (4 x 8 + 3)
  })
  void arithmeticAndDataAreThoseOfTheFormula(String id, double flops, double bytes) {
    assertThat(of(id).flops()).isEqualTo(flops);
    assertThat(of(id).bytes()).isEqualTo(bytes);
  }

  @ParameterizedTest
  @CsvSource({
    "matmul:f32:1x5632x2048, read",
    "matmul:f32:512x5632x2048, fma",
    "matmul:f32:1x5632x2048:cache=cold, read",
    "rmsnorm:f32:512x2048, copy",
    "swiglu:f32:512x2048, add",
    "attention:f32:1x512x32x4x64, fma", // 8 queries share each key
    "attention:f32:1x512x4x4x64, read"
  })
  void roofIsTheLimitThatBindsFirst(String id, String limit) {
    assertThat(OpRoof.of(of(id), CACHES, 1).limit()).isEqualTo(limit);
  }

  @Test
  void coldRoofLiesBeyondTheLastCache() {
    OpRoof cold = OpRoof.of(of("matmul:f32:1x64x64:cache=cold"), CACHES, 1);
    assertThat(cold.bytes()).isEqualTo(4L << 25);
    assertThat(CACHES.level(cold.bytes(), 1)).isEqualTo("memory");
  }

  @Test
  void hotRoofLiesInTheLevelThatHoldsEachThreadsShare() {
    OpCase opCase = of("matmul:f32:1x500x500"); // a million bytes
    assertThat(OpRoof.of(opCase, CACHES, 1).bytes()).isEqualTo(1L << 19);
    assertThat(OpRoof.of(opCase, CACHES, 2).bytes()).isEqualTo(1L << 20);
    OpCase larger = of("matmul:f32:1x1000x1000"); // in the last cache, which threads share
    assertThat(OpRoof.of(larger, CACHES, 1).bytes()).isEqualTo(4L * (1_000_000 + 2_000));
  }

  @ParameterizedTest
  @CsvSource({
    "matmul:f32:1x64, M x N",
    "matmul:f32:1x64x64:cache=warm, cache=warm",
    "matmul:q4_0:1x64x33, multiple of 32",
    "rmsnorm:f32:0x64, positive"
  })
  void caseThatMakesNoSenseIsRefused(String id, String why) {
    String expected = why.equals("M x N") ? "m x n x k" : why;
    assertThatThrownBy(() -> of(id))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(expected);
  }

  @Test
  void modelGivesDecodingAndPrompt() {
    List<String> ids =
        OpCases.of(Presets.of("tinyllama-1.1b"), List.of(DType.F32)).stream()
            .map(c -> c.id().toString())
            .toList();
    assertThat(ids)
        .contains(
            "matmul:f32:1x5632x2048:cache=cold",
            "matmul:f32:512x2048x5632",
            "matmul:f32:1x32000x2048:cache=cold",
            "rmsnorm:f32:1x2048",
            "attention:f32:1x512x32x4x64")
        .doesNotContain("matmul:f32:512x32000x2048")
        .doesNotHaveDuplicates();
  }
}
