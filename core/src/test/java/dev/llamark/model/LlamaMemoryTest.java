package dev.llamark.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.llamark.run.InputException;
import dev.llamark.tensor.DType;
import dev.llamark.tensor.Matrix;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the forward pass itself holds and allocates, on kernels that do nothing. */
class LlamaMemoryTest {

  private static final int STEPS = 1000;

  @Test
  void every_matrix_is_packed_once_and_freed_once() {
    TinyModel model = TinyModel.plain();
    EmptyKernels empty = new EmptyKernels("none");
    try (Llama llama = Llama.of(model.config(), model.weights(), empty.kernels())) {
      assertThat(empty.packed).hasSize(3 * 7 + 1).doesNotHaveDuplicates().contains("output");
      assertThat(llama.packedBytes()).isEqualTo(22 * 7);
      assertThat(empty.freed).isEmpty();
    }
    assertThat(empty.freed).containsExactlyElementsOf(empty.packed);
  }

  @Test
  void a_tied_output_matrix_is_packed_once() {
    TinyModel model = TinyModel.grouped();
    EmptyKernels empty = new EmptyKernels("none");
    Llama.of(model.config(), model.weights(), empty.kernels()).close();
    assertThat(empty.packed).containsOnlyOnce("embedding").doesNotContain("output");
  }

  @Test
  void what_was_packed_is_freed_when_the_rest_cannot_be() {
    TinyModel model = TinyModel.plain();
    EmptyKernels empty = new EmptyKernels("1.gate");
    assertThatThrownBy(() -> Llama.of(model.config(), model.weights(), empty.kernels()))
        .hasMessage("cannot pack 1.gate");
    assertThat(empty.freed).hasSize(7 + 4).containsExactlyElementsOf(empty.packed);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_matrix_is_mapped_while_it_is_packed_or_as_long_as_it_is_read(boolean readsWeights) {
    TinyModel model = TinyModel.plain();
    EmptyKernels empty = new EmptyKernels("none", readsWeights);
    List<Arena> mapped = new ArrayList<>();
    List<Integer> openAtOnce = new ArrayList<>();
    WeightMapping mapping =
        (matrix, arena) -> {
          mapped.add(arena);
          openAtOnce.add((int) mapped.stream().filter(a -> a.scope().isAlive()).count());
          return matrix;
        };
    Llama llama = Llama.of(model.config(), model.weights(), mapping, empty.kernels());
    assertThat(mapped).hasSize(22).allMatch(arena -> arena.scope().isAlive() == readsWeights);
    assertThat(openAtOnce.getLast()).isEqualTo(readsWeights ? 22 : 1);
    llama.close();
    assertThat(mapped).noneMatch(arena -> arena.scope().isAlive());
  }

  @Test
  void weights_of_a_type_that_the_variant_does_not_take_are_refused() {
    TinyModel model = TinyModel.plain();
    LlamaWeights weights = model.weights();
    Matrix half =
        new Matrix("head.weight", DType.F16, 41, 20, Arena.ofAuto().allocate(2 * 41 * 20, 64));
    LlamaWeights mixed =
        new LlamaWeights(weights.embedding(), weights.layers(), weights.finalNorm(), half);
    assertThatThrownBy(() -> Llama.of(model.config(), mixed, new EmptyKernels("none").kernels()))
        .isInstanceOf(InputException.class)
        .hasMessage("MatMul of variant 'empty' takes no f16 weights, which head.weight holds");
  }

  @Test
  void decoding_allocates_at_most_a_few_bytes_per_token() {
    TinyModel model = TinyModel.qwen2();
    EmptyKernels empty = new EmptyKernels("none");
    try (Llama llama = Llama.of(model.config(), model.weights(), empty.kernels())) {
      KvCache cache = llama.newCache(3 * STEPS, DType.F16);
      float[] logits = new float[model.config().vocab()];
      int[] token = {3};
      decode(llama, cache, token, logits);
      long before = allocated();
      long reading = allocated() - before;
      before = allocated();
      decode(llama, cache, token, logits);
      assertThat(allocated() - before - reading).isLessThanOrEqualTo(64L * STEPS);
    }
  }

  private static void decode(Llama llama, KvCache cache, int[] token, float[] logits) {
    for (int i = 0; i < STEPS; i++) {
      llama.forward(token, cache, Logits.LAST, TapListener.NONE, logits);
    }
  }

  private static long allocated() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    return threads.getCurrentThreadAllocatedBytes();
  }
}
