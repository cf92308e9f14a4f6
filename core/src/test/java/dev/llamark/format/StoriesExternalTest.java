package dev.llamark.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamark.model.LlamaConfig;
import dev.llamark.model.LlamaWeights;
import dev.llamark.rope.Pairing;
import dev.llamark.rope.RopeScaling;
import dev.llamark.tensor.DType;
import dev.llamark.tensor.Matrix;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A really trained model of 260,000 weights that others wrote, as GGUF and as llama2.c file. */
@Tag("external")
class StoriesExternalTest {

  private static final Path FOLDER =
      Path.of(System.getProperty("llamark.data", "")).resolve("models/stories260k");

  private static String gguf() {
    return FOLDER.resolve("stories260K.gguf").toString();
  }

  @Test
  void ggufHasTheShapeOfItsModelCard() {
    try (ModelSource source = ModelSources.open(gguf())) {
      assertThat(source.config())
          .isEqualTo(
              new LlamaConfig(
                  "llama",
                  64,
                  172,
                  5,
                  8,
                  4,
                  8,
                  512,
                  2048,
                  8,
                  10000,
                  1e-5f,
                  new RopeScaling.None(),
                  Pairing.INTERLEAVED));
      assertThat(source.dtype()).isEqualTo(DType.F32);
      assertThat(source.name()).isEqualTo("stories260K.gguf");
    }
  }

  /** What differs: the context, 2048 in one and 512 in the other. */
  @Test
  void llama2cFileHasTheSameShapeButForTheContext() {
    try (ModelSource gguf = ModelSources.open(gguf());
        ModelSource bin = ModelSources.open(FOLDER.resolve("stories260K.bin").toString())) {
      assertThat(bin.config().context()).isEqualTo(512);
      assertThat(bin.config())
          .usingRecursiveComparison()
          .ignoringFields("context")
          .isEqualTo(gguf.config());
      assertThat(bin.parameters()).isEqualTo(bin.weights().tied() ? 260032 : 260032 + 512 * 64);
    }
  }

  @Test
  void bothFilesHoldTheSameBits() {
    try (ModelSource gguf = ModelSources.open(gguf());
        ModelSource bin = ModelSources.open(FOLDER.resolve("stories260K.bin").toString())) {
      List<float[]> expected = inOrder(gguf.weights());
      List<float[]> found = inOrder(bin.weights());
      for (int i = 0; i < expected.size(); i++) {
        assertThat(bits(found.get(i))).as("weights " + i).containsExactly(bits(expected.get(i)));
      }
    }
  }

  /** The file's floats in order, after the header of seven numbers. */
  @Test
  void ggufHoldsTheSameBitsAsTheLlama2cFile() throws Exception {
    ByteBuffer bin =
        ByteBuffer.wrap(Files.readAllBytes(FOLDER.resolve("stories260K.bin")))
            .order(ByteOrder.LITTLE_ENDIAN)
            .position(28);
    try (ModelSource source = ModelSources.open(gguf())) {
      LlamaWeights weights = source.weights();
      List<float[]> inOrder = inOrder(weights);
      for (float[] expected : inOrder.subList(0, inOrder.size() - 1)) {
        for (float value : expected) {
          assertThat(Float.floatToRawIntBits(bin.getFloat()))
              .isEqualTo(Float.floatToRawIntBits(value));
        }
      }
      assertThat(source.parameters())
          .isEqualTo((bin.position() - 28) / 4 + (weights.tied() ? 0 : 512 * 64));
    }
  }

  private static List<float[]> inOrder(LlamaWeights weights) {
    List<float[]> order = new ArrayList<>();
    List<LlamaWeights.Layer> layers = weights.layers();
    order.add(floats(weights.embedding()));
    layers.forEach(layer -> order.add(layer.attentionNorm()));
    layers.forEach(layer -> order.add(floats(layer.query())));
    layers.forEach(layer -> order.add(floats(layer.key())));
    layers.forEach(layer -> order.add(floats(layer.value())));
    layers.forEach(layer -> order.add(floats(layer.attentionOutput())));
    layers.forEach(layer -> order.add(layer.ffnNorm()));
    layers.forEach(layer -> order.add(floats(layer.gate())));
    layers.forEach(layer -> order.add(floats(layer.down())));
    layers.forEach(layer -> order.add(floats(layer.up())));
    order.add(weights.finalNorm());
    order.add(floats(weights.output()));
    return order;
  }

  private static int[] bits(float[] floats) {
    return IntStream.range(0, floats.length).map(i -> Float.floatToRawIntBits(floats[i])).toArray();
  }

  private static float[] floats(Matrix matrix) {
    return matrix
        .data()
        .toArray(ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN));
  }
}
