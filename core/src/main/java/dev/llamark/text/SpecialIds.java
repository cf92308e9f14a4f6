package dev.llamark.text;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The tokens that frame a text.
 *
 * @param bos beginning of a text, if the model has such a token
 * @param eos end of a text, if the model has such a token
 * @param prefix tokens that a prompt begins with
 * @param suffix tokens that a prompt ends with
 * @param ends tokens after which generation ends
 */
public record SpecialIds(
    OptionalInt bos,
    OptionalInt eos,
    List<Integer> prefix,
    List<Integer> suffix,
    Set<Integer> ends) {

  /** Pieces that end a text or a turn in the models of the Llama families. */
  private static final List<String> END_PIECES =
      List.of(
          "</s>",
          "<|endoftext|>",
          "<|end_of_text|>",
          "<|eot_id|>",
          "<|eom_id|>",
          "<|im_end|>",
          "<|end|>");

  public SpecialIds {
    prefix = List.copyOf(prefix);
    suffix = List.copyOf(suffix);
    ends = Set.copyOf(ends);
  }

  /** The tokens of a vocabulary that are no plain text and end a text or a turn by their name. */
  static Set<Integer> endsByName(Vocabulary vocabulary) {
    Set<Integer> ends = new LinkedHashSet<>();
    for (String piece : END_PIECES) {
      vocabulary
          .find(piece)
          .ifPresent(
              id -> {
                TokenType type = vocabulary.type(id);
                if (type == TokenType.CONTROL || type == TokenType.USER_DEFINED) {
                  ends.add(id);
                }
              });
    }
    return ends;
  }
}
