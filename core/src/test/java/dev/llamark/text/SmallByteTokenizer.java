package dev.llamark.text;

import dev.llamark.format.gguf.GgufWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A byte-level vocabulary: 256 bytes, some merges, one mark; and the files in which it may come.
 */
final class SmallByteTokenizer {

  static final String MARK = "<|endoftext|>";

  /** Ġ spells a space, Ċ a line feed, Ã and © the two bytes of é. */
  static final List<String> MERGES =
      List.of(
          "Ġ t", "h e", "Ġt he", "l l", "Ġ Ġ", "1 2", "Ã ©", "' s", "ĠĠ ĠĠ", "e ll", "H ell",
          "Hell o", "Ċ Ċ", "o Ġ");

  private SmallByteTokenizer() {}

  /** Characters that spell the bytes 0 to 255, written out from the definition. */
  static List<String> bytes() {
    List<String> spelled = new ArrayList<>();
    int other = 0;
    for (int value = 0; value < 256; value++) {
      boolean itself =
          value >= 0x21 && value <= 0x7E || value >= 0xA1 && value <= 0xAC || value >= 0xAE;
      spelled.add(Character.toString(itself ? value : 0x100 + other++));
    }
    return spelled;
  }

  private static final List<String> ALL = allPieces();

  static List<String> pieces() {
    return ALL;
  }

  private static List<String> allPieces() {
    List<String> pieces = new ArrayList<>(bytes());
    MERGES.forEach(merge -> pieces.add(merge.replace(" ", "")));
    pieces.add(MARK);
    return pieces;
  }

  static int id(String piece) {
    return pieces().indexOf(piece);
  }

  static GgufWriter ggufWriter(String pre) {
    int[] types = new int[pieces().size()];
    Arrays.fill(types, TokenType.NORMAL.code());
    types[types.length - 1] = TokenType.CONTROL.code();
    return new GgufWriter()
        .text("general.architecture", "llama")
        .text("tokenizer.ggml.model", "gpt2")
        .text("tokenizer.ggml.pre", pre)
        .texts("tokenizer.ggml.tokens", pieces())
        .ints("tokenizer.ggml.token_type", types)
        .texts("tokenizer.ggml.merges", MERGES);
  }

  /** {@code tokenizer.json} with a pre-tokenizer and merges in either spelling. */
  static String json(String normalizer, String preTokenizer, boolean pairs) {
    List<String> pieces = pieces();
    String vocab =
        IntStream.range(0, pieces.size() - 1)
            .mapToObj(id -> quoted(pieces.get(id)) + ": " + id)
            .collect(Collectors.joining(", "));
    String merges =
        MERGES.stream()
            .map(merge -> pairs ? pair(merge) : quoted(merge))
            .collect(Collectors.joining(", "));
    return """
        {"version": "1.0",
         "added_tokens": [{"id": %d, "content": "%s", "special": true}],
         "normalizer": %s,
         "pre_tokenizer": %s,
         "post_processor": null,
         "model": {"type": "BPE", "vocab": {%s}, "merges": [%s]}}
        """
        .formatted(pieces.size() - 1, MARK, normalizer, preTokenizer, vocab, merges);
  }

  private static String pair(String merge) {
    String[] parts = merge.split(" ");
    return "[" + quoted(parts[0]) + ", " + quoted(parts[1]) + "]";
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
