package dev.llamark.format.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamark.format.FileRange;
import dev.llamark.format.ModelSource;
import dev.llamark.format.ModelSources;
import dev.llamark.format.TinyModel;
import dev.llamark.model.LlamaWeights;
import dev.llamark.rope.Pairing;
import dev.llamark.rope.RopeScaling;
import dev.llamark.run.InputException;
import dev.llamark.tensor.Matrix;
import java.lang.foreign.Arena;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GgufSourceTest {

  @TempDir Path folder;
  private final TinyModel model = new TinyModel();

  private ModelSource open(GgufWriter writer) {
    Path path = folder.resolve("tiny.gguf");
    model.addTo(writer).write(path);
    return ModelSources.open(path.toString());
  }

  private void refused(GgufWriter writer, String part) {
    assertThatThrownBy(() -> open(writer))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(folder.resolve("tiny.gguf").toString())
        .hasMessageContaining(part);
  }

  @ParameterizedTest
  @CsvSource({"llama, INTERLEAVED", "mistral, INTERLEAVED", "smollm, INTERLEAVED", "phi3, HALVES"})
  void readsShapeAndWeights(String architecture, Pairing pairing) {
    try (ModelSource source = open(TinyModel.ggufShape(architecture))) {
      model.assertSame(source.weights());
      assertThat(source.weights().tied()).isFalse();
      assertThat(source.config().architecture()).isEqualTo(architecture);
      assertThat(source.config().pairing()).isEqualTo(pairing);
      assertThat(source.config().headDim()).isEqualTo(TinyModel.HEAD_DIM);
      assertThat(source.config().rotaryDim()).isEqualTo(TinyModel.HEAD_DIM);
      assertThat(source.config().theta()).isEqualTo(10000);
      assertThat(source.config().epsilon()).isEqualTo(1e-5f);
      assertThat(source.config().scaling()).isEqualTo(new RopeScaling.None());
      int layer = 2 * 8 + 8 * 8 + 2 * 4 * 8 + 8 * 8 + 3 * 12 * 8;
      assertThat(source.parameters()).isEqualTo(2 * 10 * 8 + 2 * layer + 8);
    }
  }

  @Test
  void tiesTheOutputThatIsNotThere() {
    model.remove("output.weight");
    try (ModelSource source = open(TinyModel.ggufShape("llama"))) {
      assertThat(source.weights().tied()).isTrue();
      model.assertSame(source.weights());
    }
  }

  @Test
  void locatesMatricesInTheFile() {
    try (ModelSource source = open(TinyModel.ggufShape("llama"))) {
      FileRange range = source.locate(source.weights().output().data()).orElseThrow();
      assertThat(range.file()).isEqualTo(folder.resolve("tiny.gguf"));
      assertThat(range.length()).isEqualTo(4 * 10 * 8);
      assertThat(range.offset() + range.length()).isEqualTo(range.file().toFile().length());
    }
  }

  @Test
  void mapsAMatrixForAWhileBesideTheWholeFile() {
    try (ModelSource source = open(TinyModel.ggufShape("llama"))) {
      Matrix output = source.weights().output();
      Matrix mapped;
      try (Arena arena = Arena.ofShared()) {
        mapped = source.map(output, arena);
        assertThat(mapped.data().mismatch(output.data())).isEqualTo(-1);
        assertThat(mapped.data().address()).isNotEqualTo(output.data().address());
      }
      assertThat(mapped.data().scope().isAlive()).isFalse();
      assertThat(output.data().scope().isAlive()).isTrue();
    }
  }

  @Test
  void aMatrixThatIsInTheFileNoMoreIsRefused() throws Exception {
    try (ModelSource source = open(TinyModel.ggufShape("llama"));
        Arena arena = Arena.ofShared()) {
      Path path = folder.resolve("tiny.gguf");
      long size = Files.size(path);
      try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE)) {
        file.truncate(size - 1);
      }
      assertThatThrownBy(() -> source.map(source.weights().output(), arena))
          .isInstanceOf(InputException.class)
          .hasMessage(
              "%s: must have %d bytes, as when it was opened, but has %d"
                  .formatted(path, size, size - 1));
    }
  }

  @Test
  void qwen2HasBiases() {
    for (int i = 0; i < TinyModel.LAYERS; i++) {
      model.add("blk." + i + ".attn_q.bias", 1, 8).add("blk." + i + ".attn_k.bias", 1, 4);
      model.add("blk." + i + ".attn_v.bias", 1, 4);
    }
    try (ModelSource source = open(TinyModel.ggufShape("qwen2"))) {
      LlamaWeights.Layer layer = source.weights().layers().get(1);
      assertThat(layer.queryBias()).containsExactly(model.get("blk.1.attn_q.bias").values());
      assertThat(layer.keyBias()).containsExactly(model.get("blk.1.attn_k.bias").values());
      assertThat(layer.valueBias()).containsExactly(model.get("blk.1.attn_v.bias").values());
      assertThat(source.config().pairing()).isEqualTo(Pairing.HALVES);
    }
    model.remove("blk.1.attn_k.bias");
    refused(TinyModel.ggufShape("qwen2"), "tensor 'blk.1.attn_k.bias' is missing");
  }

  @Test
  void qwen3HasHeadNormsAndAHeadDimOfItsOwn() {
    for (int i = 0; i < TinyModel.LAYERS; i++) {
      String layer = "blk." + i + ".";
      model.add(layer + "attn_q_norm.weight", 1, 6).add(layer + "attn_k_norm.weight", 1, 6);
      model.add(layer + "attn_q.weight", 4 * 6, 8).add(layer + "attn_k.weight", 2 * 6, 8);
      model.add(layer + "attn_v.weight", 2 * 6, 8).add(layer + "attn_output.weight", 8, 4 * 6);
    }
    GgufWriter shape =
        TinyModel.ggufShape("qwen3")
            .uint32("qwen3.attention.key_length", 6)
            .uint32("qwen3.attention.value_length", 6);
    try (ModelSource source = open(shape)) {
      model.assertSame(source.weights());
      assertThat(source.weights().layers().get(0).keyNorm())
          .containsExactly(model.get("blk.0.attn_k_norm.weight").values());
      assertThat(source.config().queryWidth()).isEqualTo(24);
    }
  }

  @Test
  void phi3SlicesItsFusedMatrices() {
    for (int i = 0; i < TinyModel.LAYERS; i++) {
      String layer = "blk." + i + ".";
      for (String part : List.of("attn_q", "attn_k", "attn_v", "ffn_gate")) {
        model.remove(layer + part + ".weight");
      }
      model.add(layer + "attn_qkv.weight", 8 + 2 * 4, 8).add(layer + "ffn_up.weight", 24, 8);
    }
    try (ModelSource source = open(TinyModel.ggufShape("phi3"))) {
      LlamaWeights.Layer layer = source.weights().layers().get(1);
      float[] fused = model.get("blk.1.attn_qkv.weight").values();
      assertThat(TinyModel.floats(layer.query()))
          .containsExactly(java.util.Arrays.copyOfRange(fused, 0, 64));
      assertThat(TinyModel.floats(layer.key()))
          .containsExactly(java.util.Arrays.copyOfRange(fused, 64, 96));
      assertThat(TinyModel.floats(layer.value()))
          .containsExactly(java.util.Arrays.copyOfRange(fused, 96, 128));
      float[] gateUp = model.get("blk.1.ffn_up.weight").values();
      assertThat(TinyModel.floats(layer.gate()))
          .containsExactly(java.util.Arrays.copyOfRange(gateUp, 0, 96));
      assertThat(TinyModel.floats(layer.up()))
          .containsExactly(java.util.Arrays.copyOfRange(gateUp, 96, 192));
    }
  }

  @Test
  void readsLlama3FactorsFromTheirTensor() {
    GgufWriter shape = TinyModel.ggufShape("llama").float32("llama.rope.freq_base", 5e5f);
    shape.vector("rope_freqs.weight", new float[] {8});
    try (ModelSource source = open(shape)) {
      assertThat(source.config().theta()).isEqualTo(5e5);
      assertThat(source.config().scaling()).isEqualTo(new RopeScaling.PerPair(List.of(8.0)));
      assertThat(source.config().scaling().inverseFrequencies(5e5, 2)).containsExactly(1 / 8.0);
    }
  }

  @Test
  void readsLinearScalingInBothSpellings() {
    try (ModelSource source =
        open(
            TinyModel.ggufShape("llama")
                .text("llama.rope.scaling.type", "linear")
                .float32("llama.rope.scaling.factor", 4))) {
      assertThat(source.config().scaling()).isEqualTo(new RopeScaling.Linear(4));
    }
    try (ModelSource source =
        open(TinyModel.ggufShape("llama").float32("llama.rope.scale_linear", 2))) {
      assertThat(source.config().scaling()).isEqualTo(new RopeScaling.Linear(2));
    }
  }

  @Test
  void readsYarn() {
    GgufWriter shape =
        TinyModel.ggufShape("llama")
            .text("llama.rope.scaling.type", "yarn")
            .float32("llama.rope.scaling.factor", 16)
            .uint32("llama.rope.scaling.original_context_length", 4096)
            .float32("llama.rope.scaling.yarn_beta_fast", 24);
    try (ModelSource source = open(shape)) {
      assertThat(source.config().scaling())
          .isEqualTo(new RopeScaling.Yarn(16, 4096, 24, 1, true, 0.1 * Math.log(16) + 1));
    }
  }

  @Test
  void readsLongRopeFromItsTensors() {
    GgufWriter shape =
        TinyModel.ggufShape("phi3")
            .uint32("phi3.rope.scaling.original_context_length", 4)
            .float32("phi3.rope.scaling.attn_factor", 1.5f);
    shape.vector("rope_factors_short.weight", new float[] {2});
    shape.vector("rope_factors_long.weight", new float[] {4});
    try (ModelSource source = open(shape)) {
      assertThat(source.config().scaling())
          .isEqualTo(new RopeScaling.LongRope(List.of(2.0), List.of(4.0), 4, 1.5));
    }
    GgufWriter half = TinyModel.ggufShape("phi3").text("phi3.rope.scaling.type", "longrope");
    refused(half, "tensor 'rope_factors_short.weight' is missing");
  }

  @Test
  void refusesScalingsThatContradictEachOther() {
    GgufWriter shape = TinyModel.ggufShape("llama").text("llama.rope.scaling.type", "yarn");
    refused(
        shape.vector("rope_freqs.weight", new float[] {2}),
        "metadata 'llama.rope.scaling.type' must be none beside tensor 'rope_freqs.weight', but is"
            + " 'yarn'");
  }

  @Test
  void aSlidingWindowLimitsTheContext() {
    try (ModelSource source =
        open(TinyModel.ggufShape("llama").uint32("llama.attention.sliding_window", 7))) {
      assertThat(source.config().context()).isEqualTo(7);
    }
  }

  @Test
  void sizesGivenPerLayerMustBeTheSameInAll() {
    GgufWriter writer =
        new GgufWriter()
            .text("general.architecture", "llama")
            .ints("llama.feed_forward_length", 12, 12)
            .ints("llama.attention.head_count_kv", 2, 1)
            .uint32("llama.attention.head_count", 4)
            .uint32("llama.embedding_length", 8);
    refused(
        writer, "'llama.attention.head_count_kv' must be the same in all layers, but is [2, 1]");
  }

  @Test
  void refusesWhatItDoesNotKnowByName() {
    refused(
        TinyModel.ggufShape("gpt2"),
        "metadata 'general.architecture' must be one of llama mistral qwen2 qwen3 phi3 smollm, but"
            + " is 'gpt2'");
    refused(
        TinyModel.ggufShape("llama").uint32("llama.expert_count", 8),
        "metadata 'llama.expert_count' is 8: a mixture of experts is not supported");
    refused(
        TinyModel.ggufShape("llama").uint32("split.count", 2),
        "metadata 'split.count' is 2: a part");
    model.add("blk.0.attn_sinks.weight", 1, 4);
    refused(
        TinyModel.ggufShape("llama"),
        "tensor 'blk.0.attn_sinks.weight' has no place in a model of this architecture and shape");
  }

  @Test
  void refusesTensorsOfAnotherShape() {
    model.add("blk.1.ffn_down.weight", 12, 8);
    refused(
        TinyModel.ggufShape("llama"),
        "tensor 'blk.1.ffn_down.weight' must be 8 x 12, as the model's shape has it, but is 12 x"
            + " 8");
    model.remove("blk.1.ffn_down.weight");
    refused(TinyModel.ggufShape("llama"), "tensor 'blk.1.ffn_down.weight' is missing");
  }

  @Test
  void refusesMetadataThatContradictsItself() {
    refused(
        TinyModel.ggufShape("llama").uint32("llama.vocab_size", 11),
        "metadata 'llama.vocab_size' must be of the embedding's 10 tokens, but is 11");
    refused(
        TinyModel.ggufShape("llama").texts("tokenizer.ggml.tokens", List.of("a", "b")),
        "metadata 'tokenizer.ggml.tokens' must be of the embedding's 10 tokens, but is [a, b]");
    refused(
        TinyModel.ggufShape("llama").uint32("llama.rope.dimension_count", 4),
        "rotaryDim must be even, from 2 to headDim = 2, but is 4");
    refused(
        TinyModel.ggufShape("llama").text("llama.rope.freq_base", "high"),
        "metadata 'llama.rope.freq_base' must be a number, but is high");
    refused(
        TinyModel.ggufShape("llama").vector("rope_freqs.weight", new float[] {0}),
        "tensor 'rope_freqs.weight' must be positive and finite, but is 0.0");
    refused(
        new GgufWriter().text("general.architecture", "llama"),
        "metadata 'llama.embedding_length' is missing");
  }
}
