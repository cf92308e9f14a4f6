package dev.llamark.format.llama2c;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamark.format.MappedFile;
import dev.llamark.format.ModelSource;
import dev.llamark.format.ModelSources;
import dev.llamark.format.TinyModel;
import dev.llamark.model.LlamaConfig;
import dev.llamark.rope.Pairing;
import dev.llamark.rope.RopeScaling;
import dev.llamark.run.InputException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Llama2cSourceTest {

  private static final Path NAME = Path.of("tiny.bin");
  private final TinyModel model = new TinyModel();

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void readsShapeAndWeights(boolean tied, @TempDir Path folder) throws Exception {
    Path path = folder.resolve("tiny.bin");
    Files.write(path, model.llama2c(tied));
    try (ModelSource source = ModelSources.open(path.toString())) {
      model.assertSame(source.weights());
      assertThat(source.weights().tied()).isEqualTo(tied);
      assertThat(source.config())
          .isEqualTo(
              new LlamaConfig(
                  "llama",
                  8,
                  12,
                  2,
                  4,
                  2,
                  2,
                  10,
                  16,
                  2,
                  10000,
                  1e-5f,
                  new RopeScaling.None(),
                  Pairing.INTERLEAVED));
      int layer = 2 * 8 + 8 * 8 + 2 * 4 * 8 + 8 * 8 + 3 * 12 * 8;
      assertThat(source.parameters()).isEqualTo((tied ? 1 : 2) * 10 * 8 + 2 * layer + 8);
      assertThat(source.locate(source.weights().embedding().data()).orElseThrow().offset())
          .isEqualTo(28);
    }
  }

  @Test
  void refusesOtherSizesVersionsAndShapes() {
    byte[] sound = model.llama2c(true);
    refused(
        Arrays.copyOf(sound, sound.length - 4),
        "a llama2.c model of its header's shape has %d bytes, but the file has %d"
            .formatted(sound.length, sound.length - 4));
    refused(new byte[5], "a llama2.c header needs 28 bytes, but the file has 5");
    refused(changed(sound, 0, 0x616b3432), "version of the llama2.c format must be 0, but is 12");
    refused(changed(sound, 1, -1), "hidden_dim must be positive in a llama2.c file, but is -1");
    refused(changed(sound, 3, 3), "n_heads must be a divisor of dim = 8, but is 3");
    refused(changed(sound, 5, Integer.MIN_VALUE), "vocab must be positive");
    refused(changed(sound, 2, Integer.MAX_VALUE), "a llama2.c model of its header's shape has");
  }

  private static byte[] changed(byte[] sound, int index, int value) {
    byte[] changed = sound.clone();
    ByteBuffer.wrap(changed).order(ByteOrder.LITTLE_ENDIAN).putInt(4 * index, value);
    return changed;
  }

  private static void refused(byte[] bytes, String part) {
    assertThatThrownBy(() -> Llama2cSource.of(MappedFile.of(NAME, bytes)))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("tiny.bin: ")
        .hasMessageContaining(part);
  }
}
