package dev.llamark.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Reads {@code tokenizer.json} of Hugging Face: BPE with characters and marks for spaces (Llama 2)
 * or with bytes (GPT-2, Llama 3, Qwen2). What it cannot do exactly is refused by name.
 */
final class TokenizerJson {

  private final JsonDocument json;
  private final JsonBpe bpe;
  private final JsonNode model;
  private final List<String> pieces = new ArrayList<>();
  private final List<TokenType> types = new ArrayList<>();
  private final List<SpecialTokens.Special> specials = new ArrayList<>();
  private Vocabulary vocabulary;

  private TokenizerJson(JsonDocument json, JsonBpe bpe) {
    this.json = json;
    this.bpe = bpe;
    model = json.root().path("model");
  }

  /**
   * @param file its name
   * @param bytes what it holds
   * @param ends ids and pieces that other files of the model name as its end, perhaps none
   */
  static Tokenizer read(String file, byte[] bytes, EndTokens ends) {
    JsonBpe bpe = new JsonBpe(file);
    return new TokenizerJson(JsonDocument.read(file, bytes, bpe), bpe).read(ends);
  }

  private Tokenizer read(EndTokens ends) {
    requireBpe();
    JsonTextRules rules = JsonTextRules.read(json);
    readVocabulary();
    readAddedTokens();
    vocabulary = new Vocabulary(pieces, types);
    MergeTable merges = readMerges();
    TextEncoding encoding =
        switch (rules) {
          case JsonTextRules.Bytes(WordSplit split, boolean composed) ->
              new ByteLevelBpe(
                  vocabulary,
                  merges,
                  new ByteLevelBpe.Rules(
                      split, json.flag(model, "ignore_merges", false), composed));
          case JsonTextRules.Characters(Spacing spacing) ->
              new SentencePieceBpe(vocabulary, merges, spacing);
        };
    return new Tokenizer(vocabulary, specialIds(ends), specials, encoding);
  }

  private void requireBpe() {
    if (!model.isObject()) {
      throw json.refuse("model", "an object", model);
    }
    String type = json.text(model, "type").orElse("BPE"); // old files do not say
    if (!type.equals("BPE")) {
      throw json.refuse("model.type", "BPE", type);
    }
    for (String affix : List.of("continuing_subword_prefix", "end_of_word_suffix")) {
      Optional<String> text = json.text(model, affix);
      if (text.isPresent() && !text.get().isEmpty()) {
        throw json.refuse("model." + affix, "null", text.get());
      }
    }
    JsonNode dropout = model.path("dropout");
    if (!dropout.isMissingNode() && !dropout.isNull() && dropout.asDouble() != 0) {
      throw json.refuse("model.dropout", "null", dropout);
    }
  }

  private void readVocabulary() {
    if (bpe.pieces().isEmpty()) {
      throw json.refuse("model.vocab", "an object with at least one token", model.path("vocab"));
    }
    boolean bytes = json.flag(model, "byte_fallback", false);
    String unknown = json.text(model, "unk_token").orElse(null);
    int[] ids = bpe.ids();
    for (int i = 0; i < ids.length; i++) {
      String piece = bpe.pieces().get(i);
      TokenType type = bytes && Vocabulary.spellsByte(piece) ? TokenType.BYTE : TokenType.NORMAL;
      put(ids[i], piece, piece.equals(unknown) ? TokenType.UNKNOWN : type);
    }
  }

  private void readAddedTokens() {
    for (JsonNode added : json.array(json.root(), "added_tokens")) {
      String text =
          json.text(added, "content")
              .orElseThrow(() -> json.refuse("added_tokens.content", "a text", added));
      int id = id(added.path("id"));
      boolean control = json.flag(added, "special", false);
      if (json.flag(added, "single_word", false)) {
        throw json.refuse("added_tokens.single_word", "false", "true for " + text);
      }
      boolean unknown = id < types.size() && types.get(id) == TokenType.UNKNOWN;
      TokenType type = control ? TokenType.CONTROL : TokenType.USER_DEFINED;
      put(id, text, unknown ? TokenType.UNKNOWN : type);
      if (!text.isEmpty()) {
        boolean left = json.flag(added, "lstrip", false);
        boolean right = json.flag(added, "rstrip", false);
        specials.add(new SpecialTokens.Special(text, id, control, left, right));
      }
    }
  }

  private int id(JsonNode id) {
    if (!id.isInt() || id.intValue() < 0 || id.intValue() >= JsonBpe.MOST_TOKENS) {
      throw json.refuse("id", "a whole number from 0 to " + (JsonBpe.MOST_TOKENS - 1), id);
    }
    return id.intValue();
  }

  /** Ids that the file leaves out are tokens without text. */
  private void put(int id, String piece, TokenType type) {
    if (id >= pieces.size()) {
      pieces.addAll(Collections.nCopies(id + 1 - pieces.size(), ""));
      types.addAll(Collections.nCopies(id + 1 - types.size(), TokenType.UNUSED));
    }
    pieces.set(id, piece);
    types.set(id, type);
  }

  private MergeTable readMerges() {
    if (!bpe.listsMerges()) {
      throw json.refuse("model.merges", "an array", model.path("merges"));
    }
    MergeReader reader = new MergeReader(json.file(), vocabulary, bpe.merges().size());
    bpe.merges().forEach(reader::add);
    return reader.table();
  }

  private SpecialIds specialIds(EndTokens ends) {
    List<Integer> prefix = new ArrayList<>();
    List<Integer> suffix = new ArrayList<>();
    readTemplate(json.root().path("post_processor"), prefix, suffix);
    Set<Integer> endIds = new HashSet<>(SpecialIds.endsByName(vocabulary));
    endIds.addAll(ends.ids());
    OptionalInt eos = OptionalInt.empty();
    if (ends.eosPiece().isPresent()) {
      eos = vocabulary.find(ends.eosPiece().get());
      eos.ifPresent(endIds::add);
    }
    OptionalInt bos = ends.bosPiece().map(vocabulary::find).orElse(OptionalInt.empty());
    if (bos.isEmpty() && !prefix.isEmpty()) {
      bos = OptionalInt.of(prefix.getFirst());
    }
    return new SpecialIds(bos, eos, prefix, suffix, endIds);
  }

  private void readTemplate(JsonNode processor, List<Integer> prefix, List<Integer> suffix) {
    switch (json.type(processor)) {
      case "null", "ByteLevel" -> {}
      case "Sequence" -> {
        for (JsonNode inner : json.array(processor, "processors")) {
          readTemplate(inner, prefix, suffix);
        }
      }
      case "TemplateProcessing" -> {
        boolean before = true;
        for (JsonNode part : json.array(processor, "single")) {
          if (part.has("Sequence")) {
            before = false;
          } else {
            (before ? prefix : suffix).addAll(templateIds(processor, part));
          }
        }
      }
      case String other ->
          throw json.refuse("post_processor", "TemplateProcessing or ByteLevel", other);
    }
  }

  private List<Integer> templateIds(JsonNode processor, JsonNode part) {
    String name =
        json.text(part.path("SpecialToken"), "id")
            .orElseThrow(() -> json.refuse("post_processor.single", "special tokens", part));
    List<Integer> ids = new ArrayList<>();
    JsonNode declared = processor.path("special_tokens").path(name);
    for (JsonNode id : json.array(declared, "ids")) {
      int value = id(id);
      if (value >= vocabulary.size()) {
        throw json.refuse("post_processor.special_tokens", "ids of the vocabulary", id);
      }
      ids.add(value);
    }
    return ids;
  }
}
