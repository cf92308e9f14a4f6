package dev.llamark.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamark.run.InputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Whatever a tokenizer's file holds: a tokenizer that works, or one sentence. */
class TokenizerFilesPropertyTest {

  private static final String TEXT = "Hello the abc 你好 é\n 12";

  @Property(tries = 1500)
  void random_bytes(@ForAll byte[] bytes) {
    check(() -> SentencePieceModel.read("a.model", bytes));
    check(() -> Llama2cTokenizer.read("a.bin", bytes));
    check(() -> TokenizerJson.read("a.json", bytes, EndTokens.UNSAID));
  }

  /** As in an old order of four bytes, which the parser knows, and refuses. */
  @Example
  void bytes_that_are_no_characters() {
    check(() -> TokenizerJson.read("a.json", new byte[] {0, 0, '{', 0}, EndTokens.UNSAID));
    check(() -> TokenizerJson.read("a.json", new byte[] {0, '{', 0, 0}, EndTokens.UNSAID));
  }

  @Property(tries = 1500)
  void damaged_sentencepiece_models(@ForAll long seed) {
    byte[] bytes = damaged(SmallTokenizer.sentencePiece(), seed);
    check(() -> SentencePieceModel.read("a.model", bytes));
  }

  @Property(tries = 1500)
  void damaged_llama2c_files(@ForAll long seed) {
    byte[] bytes = damaged(SmallTokenizer.llama2c(), seed);
    check(() -> Llama2cTokenizer.read("a.bin", bytes));
  }

  @Property(tries = 1000)
  void damaged_json(@ForAll long seed) {
    String split = "{\"type\": \"ByteLevel\", \"add_prefix_space\": false}";
    String json = SmallByteTokenizer.json("null", split, (seed & 1) == 0);
    byte[] bytes = damaged(json.getBytes(StandardCharsets.UTF_8), seed);
    check(() -> TokenizerJson.read("a.json", bytes, EndTokens.UNSAID));
  }

  @Property(tries = 400)
  void damaged_gguf_files(@ForAll long seed) throws IOException {
    Path folder = Files.createTempDirectory("llamark-tokenizer");
    Path file =
        SmallTokenizer.write(
            (seed & 1) == 0
                ? SmallTokenizer.ggufWriter()
                : SmallByteTokenizer.ggufWriter("llama-bpe"),
            folder);
    try {
      Files.write(file, damaged(Files.readAllBytes(file), seed));
      check(() -> Tokenizers.read(file));
    } finally {
      Files.delete(file);
      Files.delete(folder);
    }
  }

  private interface Reader {
    Tokenizer read();
  }

  private static void check(Reader reader) {
    try {
      Tokenizer tokenizer = reader.read();
      tokenizer.decode(tokenizer.encodePrompt(TEXT));
      assertThat(tokenizer.vocabulary().size()).isPositive();
    } catch (InputException e) {
      assertThat(e.getMessage()).isNotBlank().hasLineCount(1).hasSizeLessThan(1000);
    } catch (UncheckedIOException e) {
      throw new AssertionError(e);
    }
  }

  /** Cuts, shifts, flips bits, or overwrites. */
  private static byte[] damaged(byte[] bytes, long seed) {
    Random random = new Random(seed);
    byte[] copy = bytes.clone();
    switch (random.nextInt(4)) {
      case 0 -> copy = Arrays.copyOf(copy, random.nextInt(copy.length));
      case 1 -> {
        int from = random.nextInt(copy.length);
        copy = Arrays.copyOfRange(copy, from, copy.length);
      }
      case 2 -> {
        for (int i = random.nextInt(8); i >= 0; i--) {
          copy[random.nextInt(copy.length)] ^= (byte) (1 << random.nextInt(8));
        }
      }
      default -> {
        for (int i = random.nextInt(8); i >= 0; i--) {
          copy[random.nextInt(copy.length)] = (byte) random.nextInt();
        }
      }
    }
    return copy;
  }
}
