package dev.llamark.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamark.format.gguf.GgufWriter;
import dev.llamark.run.InputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The same small vocabularies from every kind of file. */
class TokenizerFilesTest {

  private static final String BYTE_LEVEL =
      "{\"type\": \"ByteLevel\", \"add_prefix_space\": false, \"use_regex\": true}";

  @TempDir private Path folder;

  private Path file(String name, String text) {
    return SmallTokenizer.write(text.getBytes(StandardCharsets.UTF_8), folder.resolve(name));
  }

  private void refused(Path file, String... parts) {
    assertThatThrownBy(() -> Tokenizers.read(file))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(file.toString())
        .hasMessageContainingAll(parts)
        .hasMessageNotContaining("\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "the abc", "  in   here ", "你好 éß🦙\n", "<s>abc</s> <0x0A>"})
  void gguf_sentencepiece_and_llama2c_give_equal_ids(String text) {
    Tokenizer gguf = Tokenizers.read(SmallTokenizer.write(SmallTokenizer.ggufWriter(), folder));
    Tokenizer model =
        Tokenizers.read(
            SmallTokenizer.write(SmallTokenizer.sentencePiece(), folder.resolve("a.model")));
    Tokenizer bin =
        Tokenizers.read(SmallTokenizer.write(SmallTokenizer.llama2c(), folder.resolve("a.bin")));

    assertThat(model.encode(text)).isEqualTo(gguf.encode(text));
    assertThat(bin.encode(text)).isEqualTo(gguf.encode(text));
    assertThat(model.encodePrompt(text)).isEqualTo(gguf.encodePrompt(text));
    assertThat(bin.encodePrompt(text)).isEqualTo(gguf.encodePrompt(text));
    assertThat(gguf.decode(gguf.encode(text))).isEqualTo(text);
    assertThat(List.of(gguf.bos().getAsInt(), gguf.eos().getAsInt())).containsExactly(1, 2);
  }

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void gguf_and_json_give_equal_ids_with_merges_in_both_spellings(boolean pairs) {
    Tokenizer gguf =
        Tokenizers.read(SmallTokenizer.write(SmallByteTokenizer.ggufWriter("gpt-2"), folder));
    Tokenizer json =
        Tokenizers.read(file("tokenizer.json", SmallByteTokenizer.json("null", BYTE_LEVEL, pairs)));
    String text = "Hello the  12 é\n\n" + SmallByteTokenizer.MARK;

    assertThat(json.encode("Hello the"))
        .containsExactly(SmallByteTokenizer.id("Hello"), SmallByteTokenizer.id("Ġthe"));
    assertThat(gguf.encode(text)).isEqualTo(json.encode(text));
    assertThat(gguf.encodePrompt(text)).isEqualTo(json.encodePrompt(text));
    assertThat(json.encodePrompt(text)).endsWith(SmallByteTokenizer.id(SmallByteTokenizer.MARK));
    assertThat(json.ends(SmallByteTokenizer.id(SmallByteTokenizer.MARK))).isTrue();
  }

  @Test
  void json_of_llama2_marks_spaces_and_adds_the_beginning() {
    Tokenizer tokenizer = Tokenizers.read(file("tokenizer.json", llama2Json("null", true)));

    assertThat(tokenizer.encodePrompt("a b ß")).containsExactly(1, 6, 4, 8, 4, 9, 10);
    assertThat(tokenizer.decode(1, 6, 4, 8, 4, 9, 10)).isEqualTo("a b ß");
  }

  @Test
  void json_with_metaspace_puts_no_space_before_a_space() {
    String metaspace =
        "{\"type\": \"Metaspace\", \"replacement\": \"▁\", \"prepend_scheme\": \"first\","
            + " \"split\": false}";
    Tokenizer tokenizer = Tokenizers.read(file("tokenizer.json", llama2Json(metaspace, false)));

    assertThat(tokenizer.encode(" a")).containsExactly(6);
    assertThat(tokenizer.encodePrompt("a<s>a")).containsExactly(1, 6, 1, 5);
  }

  private static String llama2Json(String preTokenizer, boolean normalizes) {
    String normalizer =
        """
        {"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "▁"},
          {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}]}
        """;
    return """
        {"added_tokens": [{"id": 0, "content": "<unk>", "special": true},
          {"id": 1, "content": "<s>", "special": true}],
         "normalizer": %s, "pre_tokenizer": %s,
         "post_processor": {"type": "TemplateProcessing",
           "single": [{"SpecialToken": {"id": "<s>"}}, {"Sequence": {"id": "A"}}],
           "special_tokens": {"<s>": {"id": "<s>", "ids": [1]}}},
         "model": {"unk_token": "<unk>", "byte_fallback": true, "fuse_unk": true,
           "vocab": {"<unk>": 0, "<s>": 1, "</s>": 2, "x": 3, "▁": 4, "a": 5, "▁a": 6, "bb": 7,
             "b": 8, "<0xC3>": 9, "<0x9F>": 10},
           "merges": ["▁ a", "b b"]}}
        """
        .formatted(normalizes ? normalizer : "null", preTokenizer);
  }

  @Test
  void json_composes_characters_where_it_says_nfc() {
    String nfc = SmallByteTokenizer.json("{\"type\": \"NFC\"}", BYTE_LEVEL, true);
    Tokenizer tokenizer = Tokenizers.read(file("tokenizer.json", nfc));

    assertThat(tokenizer.encode("e\u0301")).containsExactly(SmallByteTokenizer.id("Ã©"));
  }

  @Test
  void files_beside_the_json_name_the_end() throws IOException {
    file("tokenizer.json", SmallByteTokenizer.json("null", BYTE_LEVEL, false));
    file("tokenizer_config.json", "{\"eos_token\": {\"content\": \"Hello\"}, \"bos_token\": null}");
    file("generation_config.json", "{\"eos_token_id\": [3, 4]}");

    Tokenizer tokenizer = Tokenizers.read(folder);

    assertThat(tokenizer.eos()).hasValue(SmallByteTokenizer.id("Hello"));
    assertThat(tokenizer.bos()).isEmpty();
    assertThat(tokenizer.special().ends()).contains(3, 4, SmallByteTokenizer.id("Hello"));
  }

  @Test
  void gguf_ids_of_all_ones_mean_that_there_is_no_such_token() {
    GgufWriter writer = SmallTokenizer.ggufWriter().uint32("tokenizer.ggml.eos_token_id", 5);
    Tokenizer tokenizer =
        Tokenizers.read(
            SmallTokenizer.write(writer.uint32("tokenizer.ggml.eot_token_id", -1), folder));

    assertThat(tokenizer.eos()).hasValue(5);
    assertThat(tokenizer.special().ends()).containsExactlyInAnyOrder(2, 5);
  }

  @Test
  void gguf_llama3_takes_whole_words_and_adds_the_beginning() {
    GgufWriter writer =
        SmallByteTokenizer.ggufWriter("llama-bpe")
            .uint32("tokenizer.ggml.bos_token_id", SmallByteTokenizer.id(SmallByteTokenizer.MARK));
    Tokenizer tokenizer = Tokenizers.read(SmallTokenizer.write(writer, folder));

    assertThat(tokenizer.encodePrompt("Hello"))
        .containsExactly(
            SmallByteTokenizer.id(SmallByteTokenizer.MARK), SmallByteTokenizer.id("Hello"));
  }

  @Test
  void the_tokenizer_beside_a_llama2c_model_is_found_unless_there_are_several() {
    Path model = folder.resolve("model.bin");
    assertThatThrownBy(() -> Tokenizers.beside(model)).hasMessageContaining("no tok*.bin");

    SmallTokenizer.write(SmallTokenizer.llama2c(), folder.resolve("tok280.bin"));
    assertThat(Tokenizers.beside(model).vocabulary().size())
        .isEqualTo(SmallTokenizer.pieces().size());

    SmallTokenizer.write(new byte[0], folder.resolve("tok3.bin"));
    assertThatThrownBy(() -> Tokenizers.beside(model))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("tok280.bin, tok3.bin");

    SmallTokenizer.write(SmallTokenizer.llama2c(), folder.resolve("tokenizer.bin"));
    assertThat(Tokenizers.beside(model).bos()).hasValue(1);
  }

  @Test
  void a_model_named_like_a_tokenizer_is_not_taken_for_its_own_one() {
    SmallTokenizer.write(new byte[0], folder.resolve("tokens.bin"));
    SmallTokenizer.write(SmallTokenizer.llama2c(), folder.resolve("tok280.bin"));
    Path model = Path.of("").toAbsolutePath().relativize(folder.resolve("tokens.bin"));
    assertThat(Tokenizers.beside(model).vocabulary().size())
        .isEqualTo(SmallTokenizer.pieces().size());
  }

  @Test
  void gguf_of_another_kind_is_refused_by_name() {
    refused(
        SmallTokenizer.write(SmallByteTokenizer.ggufWriter("klingon"), folder),
        "tokenizer.ggml.pre",
        "llama-bpe",
        "'klingon'");
    GgufWriter bert =
        new GgufWriter()
            .text("general.architecture", "llama")
            .text("tokenizer.ggml.model", "bert")
            .texts("tokenizer.ggml.tokens", List.of("a"));
    refused(SmallTokenizer.write(bert, folder), "tokenizer.ggml.model", "'bert'");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"type\": \"BPE\" | \"type\": \"Unigram\" | model.type",
        "\"Ġ t\" | \"Ġt\" | merge 0 must be two pieces",
        "\"Ġ t\" | \"Ġ qqq\" | needs the token 'qqq'",
        "\"Ġ t\" | 17 | model.merges",
        "\"ByteLevel\" | \"Whitespace\" | pre_tokenizer",
        "\"use_regex\": true | \"use_regex\": false | pre_tokenizer",
        "\"normalizer\": null | \"normalizer\": {\"type\": \"Lowercase\"} | normalizer",
        "\"special\": true | \"special\": 1 | special",
        "\"a\": 97 | \"a\": 5000000 | 1048575",
        "\"a\": 97 | \"a\": [97] | 1048575",
        "\"a\": 97 | \"b\": 97 | 'b twice'",
        "\"Ġ t\" | [\"Ġ\", \"t\", \"h\"] | model.merges",
        "\"merges\": | \"merges\": {}, \"unused\": | 'model.merges' must be an array",
        "\"vocab\" | \"words\" | 'model.vocab' must be an object with at least one token",
        "\"version\": | \"model\": 1, \"version\": | Duplicate"
      })
  void json_that_cannot_be_done_exactly_is_refused(String from, String to, String reason) {
    String good = SmallByteTokenizer.json("null", BYTE_LEVEL, false);
    assertThat(good).contains(from);

    refused(file("tokenizer.json", good.replace(from, to)), reason);
  }

  @Test
  void deep_json_is_refused() {
    refused(file("tokenizer.json", "{\"a\": " + "[".repeat(100_000)), "must be JSON");
    refused(file("tokenizer.json", "[1]"), "a JSON object");
  }

  @Test
  void a_sentencepiece_model_that_normalises_or_is_no_bpe_is_refused() {
    byte[] normalises =
        SmallTokenizer.bytesField(3, SmallTokenizer.bytesField(2, new byte[] {8, 1}));
    byte[] unigram = SmallTokenizer.bytesField(2, SmallTokenizer.varintField(3, 1));

    refused(with(SmallTokenizer.sentencePiece(), normalises), "normalizer_spec", "identity");
    refused(with(SmallTokenizer.sentencePiece(), unigram), "model_type", "2 (BPE), but is 1");
  }

  @Test
  void a_malformed_sentencepiece_model_is_refused() {
    byte[] good = SmallTokenizer.sentencePiece();

    refused(with(Arrays.copyOf(good, good.length - 3), new byte[0]), "field");
    refused(with(good, new byte[] {0x0A, (byte) 0xFF, (byte) 0xFF, 0x7F}), "field 1", "bytes");
    refused(with(good, new byte[] {0x0B}), "field 1");
    refused(with(good, new byte[] {0}), "field number");
    refused(with(good, filled(11)), "10 bytes");
    refused(with(new byte[0], new byte[0]), "at least one piece");
  }

  private static byte[] filled(int length) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) 0xFF);
    return bytes;
  }

  private Path with(byte[] bytes, byte[] more) {
    byte[] all = Arrays.copyOf(bytes, bytes.length + more.length);
    System.arraycopy(more, 0, all, bytes.length, more.length);
    return SmallTokenizer.write(all, folder.resolve("a.model"));
  }

  @Test
  void a_malformed_llama2c_file_is_refused() {
    byte[] good = SmallTokenizer.llama2c();
    byte[] long1 = good.clone();
    Arrays.fill(long1, 8, 12, (byte) 0x7F);
    byte[] nan = good.clone();
    Arrays.fill(nan, 4, 8, (byte) 0xFF);

    refused(bin(new byte[3]), "at least 4 bytes");
    refused(bin(Arrays.copyOf(good, good.length - 1)), "length of token");
    refused(bin(long1), "the length of token 0 must be from 0 to 12");
    refused(bin(nan), "the score of token 0 must be finite");
    refused(bin(Arrays.copyOf(good, 4)), "at least 3");
  }

  private Path bin(byte[] bytes) {
    return SmallTokenizer.write(bytes, folder.resolve("a.bin"));
  }

  @Test
  void a_missing_file_an_empty_folder_and_a_strange_name_are_refused() throws IOException {
    refused(folder.resolve("none.json"), "does not");
    refused(Files.createDirectory(folder.resolve("empty")), "tokenizer.json or tokenizer.model");
    refused(file("vocab.txt", ""), ".json, .model, .bin or .gguf");
  }
}
