package dev.llamark.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two published vocabularies and what llama.cpp makes of texts with them. */
@Tag("external")
class VocabulariesExternalTest {

  private static final Path FOLDER = Path.of(System.getProperty("llamark.data", "."), "tokenizer");
  private static final String SEPARATOR = "\n__ggml_vocab_test__\n";

  @ParameterizedTest
  @ValueSource(strings = {"ggml-vocab-llama-spm.gguf", "ggml-vocab-gpt-2.gguf"})
  void each_text_has_the_ids_that_llama_cpp_gives(String name) throws IOException {
    Tokenizer tokenizer = Tokenizers.read(FOLDER.resolve(name));
    List<String> texts = texts(name);
    List<int[]> ids =
        Arrays.stream(Files.readString(FOLDER.resolve(name + ".out")).split("\n", -1))
            .map(VocabulariesExternalTest::ids)
            .toList();

    assertThat(texts).hasSize(47);
    assertThat(ids).hasSize(47);
    for (int i = 0; i < texts.size(); i++) {
      assertThat(tokenizer.encode(texts.get(i)))
          .as("text %d: %s", i, texts.get(i))
          .isEqualTo(ids.get(i));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ggml-vocab-llama-spm.gguf", "ggml-vocab-gpt-2.gguf"})
  void decoding_gives_each_text_back(String name) throws IOException {
    Tokenizer tokenizer = Tokenizers.read(FOLDER.resolve(name));

    for (String text : texts(name)) {
      assertThat(tokenizer.decode(tokenizer.encode(text))).isEqualTo(text);
    }
  }

  private static List<String> texts(String name) throws IOException {
    return Arrays.asList(Files.readString(FOLDER.resolve(name + ".inp")).split(SEPARATOR, -1));
  }

  private static int[] ids(String line) {
    String trimmed = line.strip();
    return trimmed.isEmpty()
        ? new int[0]
        : Arrays.stream(trimmed.split(" +")).mapToInt(Integer::parseInt).toArray();
  }
}
