package dev.llamark.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.llamark.rope.RopeScaling;
import dev.llamark.rope.RopeTable;
import dev.llamark.tensor.DType;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Pair 1 of 3 turns by 100^(−1/3) a position, halved in sequences of more than 16. */
class LlamaSequenceLengthTest {

  private static final double TURN = 1 / Math.cbrt(100);

  private static final LlamaConfig CONFIG =
      new PresetBuilder("tiny")
          .layers(TinyModel.LAYERS, TinyModel.HIDDEN, TinyModel.FFN)
          .heads(4, 4, TinyModel.HEAD_DIM)
          .vocab(TinyModel.VOCAB)
          .context(64)
          .theta(100)
          .scaling(new RopeScaling.LongRope(List.of(1.0, 1.0, 1.0), List.of(1.0, 2.0, 2.0), 16, 1))
          .build()
          .config();

  @Test
  void capacityOfTheCacheChoosesTheFrequencies() {
    EmptyKernels empty = new EmptyKernels("none");
    try (Llama llama = Llama.of(CONFIG, TinyModel.plain().weights(), empty.kernels())) {
      KvCache within = llama.newCache(16, DType.F32);
      KvCache beyond = llama.newCache(17, DType.F32);
      KvCache shorter = llama.newCache(5, DType.F32);
      assertTurn(within.ropeTable(), TURN);
      assertTurn(beyond.ropeTable(), TURN / 2);
      assertTurn(shorter.ropeTable(), TURN);
      assertThat(llama.newCache(4, DType.F32).ropeTable()).isSameAs(shorter.ropeTable());
    }
  }

  private static void assertTurn(RopeTable table, double angle) {
    assertThat(table.sine(1, 1)).isCloseTo(Math.sin(angle), within(1e-12));
  }
}
