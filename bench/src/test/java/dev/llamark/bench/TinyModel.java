package dev.llamark.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.function.IntToDoubleFunction;

/** A llama2.c file of one block: hidden 16, two heads, 32 tokens. */
final class TinyModel {

  static final int VOCAB = 32;
  private static final int HIDDEN = 16;
  private static final int FFN = 24;
  private static final int CONTEXT = 16;

  private TinyModel() {}

  /**
   * Writes a model of random weights.
   *
   * @param output the element of this index of the output matrix, (vocab × hidden)
   */
  static Path write(Path file, IntToDoubleFunction output) throws IOException {
    Random random = new Random(9);
    ByteBuffer out = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
    for (int number : new int[] {HIDDEN, FFN, 1, 2, 2, -VOCAB, CONTEXT}) {
      out.putInt(number);
    }
    int[] sizes = {
      VOCAB * HIDDEN,
      HIDDEN,
      HIDDEN * HIDDEN,
      HIDDEN * HIDDEN,
      HIDDEN * HIDDEN,
      HIDDEN * HIDDEN,
      HIDDEN,
      FFN * HIDDEN,
      FFN * HIDDEN,
      FFN * HIDDEN,
      HIDDEN,
      CONTEXT * HIDDEN / 2
    };
    for (int size : sizes) {
      for (int i = 0; i < size; i++) {
        out.putFloat((float) (0.5 * random.nextGaussian()));
      }
    }
    for (int i = 0; i < VOCAB * HIDDEN; i++) {
      out.putFloat((float) output.applyAsDouble(i));
    }
    byte[] bytes = new byte[out.position()];
    out.flip().get(bytes);
    return Files.write(file, bytes);
  }

  /** Two rows each of the output matrix are the same, so that every likeliest token has a twin. */
  static Path twins(Path file) throws IOException {
    Random random = new Random(10);
    double[] rows = random.doubles((VOCAB / 2) * HIDDEN, -0.5, 0.5).toArray();
    return write(file, i -> rows[i / (2 * HIDDEN) * HIDDEN + i % HIDDEN]);
  }

  /** All logits are 0. */
  static Path silent(Path file) throws IOException {
    return write(file, _ -> 0);
  }

  /** As any other. */
  static Path random(Path file) throws IOException {
    Random random = new Random(11);
    return write(file, _ -> random.nextGaussian());
  }
}
