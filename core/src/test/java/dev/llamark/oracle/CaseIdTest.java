package dev.llamark.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamark.kernel.Operation;
import dev.llamark.run.InputException;
import dev.llamark.tensor.DType;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CaseIdTest {

  @Property(seed = "42")
  void whatIsPrintedIsReadAgain(@ForAll("ids") CaseId id) {
    assertThat(CaseId.parse(id.toString())).isEqualTo(id);
    assertThat(CaseId.parse(id.toString())).hasToString(id.toString());
  }

  @Provide
  Arbitrary<CaseId> ids() {
    Arbitrary<List<Integer>> shapes =
        Arbitraries.integers().between(0, 200_000).list().ofMinSize(1).ofMaxSize(5);
    Arbitrary<String> words = Arbitraries.strings().alpha().numeric().ofMinLength(1).ofMaxLength(8);
    Arbitrary<String> values =
        Arbitraries.strings().alpha().numeric().withChars("-.=").ofMaxLength(8);
    Arbitrary<Map<String, String>> options = Arbitraries.maps(words, values).ofMaxSize(4);
    return Combinators.combine(
            Arbitraries.of(Operation.values()), Arbitraries.of(DType.values()), shapes, options)
        .as(CaseId::new);
  }

  @Test
  void anIdIsReadAsItIsWritten() {
    CaseId id = CaseId.parse("matmul:q4_k:17x4096x512:exact:seed=7");
    assertThat(id.operation()).isEqualTo(Operation.MATMUL);
    assertThat(id.dtype()).isEqualTo(DType.Q4_K);
    assertThat(id.shape()).containsExactly(17, 4096, 512);
    assertThat(id.options()).containsOnly(Map.entry("exact", ""), Map.entry("seed", "7"));
  }

  @Test
  void everyStandardCaseCanBeTypedAndPrepared() {
    for (Operation operation : Operation.values()) {
      for (DType dtype : DType.values()) {
        List<CaseId> cases = Conformance.cases(operation, dtype, 4);
        assertThat(cases).doesNotHaveDuplicates();
        assertThat(cases).allSatisfy(id -> assertThat(CaseId.parse(id.toString())).isEqualTo(id));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "matmul",
        "matmul:f32",
        "matmul:f32:1x2x",
        "matmul:f32:1x2x3.5",
        "matmul:f33:1x2x3",
        "conv:f32:1x2x3",
        "matmul:f32:1x2x3:",
        "matmul:f32:1x2x3:seed=1:seed=2"
      })
  void whatIsNoIdIsRefusedInOneSentence(String text) {
    assertThatThrownBy(() -> CaseId.parse(text))
        .isInstanceOf(InputException.class)
        .message()
        .doesNotContain("\n")
        .isNotBlank();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "matmul:f32:1x2",
        "matmul:f32:0x2x3",
        "matmul:q8_0:1x2x33",
        "matmul:q8_0:1x2x32:weights=nan",
        "matmul:q8_0:1x2x32:law=linear-w",
        "matmul:f32:1x2x3:law=cubic",
        "matmul:f32:1x2x3:fill=odd",
        "matmul:f32:1x2x3:bias",
        "matmul:f32:1x2x3:colour=red",
        "matmul:f32:1x2x2000000:exact",
        "attention:f32:1x4x3x8x0",
        "attention:f32:1x4x2x8x-1",
        "attention:f32:1x4x2x2x0:exact",
        "attention:f32:1x4x2x8x100:exact",
        "attention:f32:2x4x2x8x0:law=single",
        "attention:f32:2x4x2x8x0:law=permute",
        "attention:f32:1x4x2x8x0:kv=q8",
        "rmsnorm:f32:1x8:epsilon=small"
      })
  void whatMakesNoSenseForAnOperationIsRefusedInOneSentence(String text) {
    CaseId id = CaseId.parse(text);
    assertThatThrownBy(() -> OperationCases.of(id.operation()).prepare(id))
        .isInstanceOf(InputException.class)
        .message()
        .doesNotContain("\n")
        .isNotBlank();
  }

  @Test
  void otherShapesAndSeedsHaveOtherOperands() {
    Stream<String> ids =
        Stream.of("matmul:f32:1x2x3", "matmul:f32:1x3x2", "matmul:f32:1x2x3:seed=7");
    long[] seeds = ids.map(CaseId::parse).mapToLong(CaseId::seed).toArray();
    assertThat(Arrays.stream(seeds).distinct().count()).isEqualTo(seeds.length);
  }
}
