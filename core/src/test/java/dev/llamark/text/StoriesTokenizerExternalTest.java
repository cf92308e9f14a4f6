package dev.llamark.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One published tokenizer in three files: of llama2.c, of SentencePiece, of GGUF. */
@Tag("external")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StoriesTokenizerExternalTest {

  private static final Path FOLDER =
      Path.of(System.getProperty("llamark.data", "."), "models", "stories260k");

  private Tokenizer llama2c;
  private Tokenizer sentencePiece;
  private Tokenizer gguf;

  @BeforeAll
  void read() {
    llama2c = Tokenizers.beside(FOLDER.resolve("stories260K.bin"));
    sentencePiece = Tokenizers.read(FOLDER.resolve("tok512.model"));
    gguf = Tokenizers.read(FOLDER.resolve("stories260K.gguf"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Once upon a time, there was a little girl named Lily.",
        "Lily's mom said, \"Let's go!\"\n\n\tYes — she did…",
        "3.14 and 2048; é ñ, 你好, Привет, 🦙🦙.",
        "<s>marks only in a prompt, and this never: <0x0A></s>",
        "a▁b"
      })
  void all_three_give_equal_ids(String text) {
    assertThat(llama2c.encode(text)).isEqualTo(gguf.encode(text));
    assertThat(sentencePiece.encode(text)).isEqualTo(gguf.encode(text));
    assertThat(llama2c.encodePrompt(text)).isEqualTo(gguf.encodePrompt(text));
    assertThat(sentencePiece.encodePrompt(text)).isEqualTo(gguf.encodePrompt(text));
  }

  @Test
  void only_the_sentencepiece_file_asks_for_runs_of_spaces_to_be_one() {
    String spaced = "  one   two ";

    assertThat(llama2c.encode(spaced)).isEqualTo(gguf.encode(spaced));
    assertThat(llama2c.decode(llama2c.encode(spaced))).isEqualTo(spaced);
    assertThat(sentencePiece.encode(spaced)).isEqualTo(gguf.encode("one two"));
  }

  @Test
  void a_golden_story_survives_the_way_there_and_back() throws IOException {
    String story =
        new ObjectMapper()
            .readTree(FOLDER.resolve("golden.json").toFile())
            .get(1)
            .get("expected_text")
            .textValue();

    assertThat(gguf.decode(gguf.encodePrompt(story))).isEqualTo(story);
    assertThat(sentencePiece.encode(story)).isEqualTo(gguf.encode(story));
    assertThat(llama2c.encode(story)).isEqualTo(gguf.encode(story));
  }
}
