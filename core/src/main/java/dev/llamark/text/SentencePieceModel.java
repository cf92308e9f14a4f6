package dev.llamark.text;

import dev.llamark.run.InputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Reads a SentencePiece model ({@code tokenizer.model}), a protobuf {@code ModelProto}: BPE without
 * normalisation, as the Llama families have it.
 */
final class SentencePieceModel {

  private static final int BPE = 2;

  private final String file;
  private final List<String> pieces = new ArrayList<>();
  private final List<TokenType> types = new ArrayList<>();
  private float[] scores = new float[1024];
  private long modelType = 1; // unigram unless the file says otherwise
  private boolean spaceAfter;
  private long bos = 1;
  private long eos = 2;
  private boolean addPrefix = true;
  private boolean collapse = true;
  private boolean escape = true;
  private boolean normalises;

  private SentencePieceModel(String file) {
    this.file = file;
  }

  static Tokenizer read(String file, byte[] bytes) {
    SentencePieceModel model = new SentencePieceModel(file);
    ProtobufMessage message = new ProtobufMessage(file, bytes);
    while (message.next()) {
      switch (message.field()) {
        case 1 -> model.piece(message.message());
        case 2 -> model.trainer(message.message());
        case 3 -> model.normalizer(message.message());
        default -> message.skip();
      }
    }
    return model.tokenizer();
  }

  private void piece(ProtobufMessage message) {
    String piece = "";
    float score = 0;
    TokenType type = TokenType.NORMAL;
    while (message.next()) {
      switch (message.field()) {
        case 1 -> piece = message.text();
        case 2 -> score = message.real();
        case 3 -> type = type(message);
        default -> message.skip();
      }
    }
    int id = pieces.size();
    require(!piece.isEmpty(), "piece " + id, "not empty", "empty");
    require(Float.isFinite(score), "the score of piece " + id, "finite", Float.toString(score));
    require(
        type != TokenType.BYTE || Vocabulary.spellsByte(piece),
        "piece " + id,
        "a byte like <0x0A>",
        Quote.of(piece));
    if (id == scores.length) {
      scores = Arrays.copyOf(scores, id * 2);
    }
    scores[id] = score;
    pieces.add(piece);
    types.add(type);
  }

  private static TokenType type(ProtobufMessage message) {
    long code = message.varint();
    if (!TokenType.isCode(code)) {
      throw message.refuse("a type from 1 to 6", Long.toString(code));
    }
    return TokenType.ofCode((int) code);
  }

  private void trainer(ProtobufMessage message) {
    while (message.next()) {
      switch (message.field()) {
        case 3 -> modelType = message.varint();
        case 24 -> spaceAfter = message.flag();
        case 41 -> bos = message.varint();
        case 42 -> eos = message.varint();
        default -> message.skip();
      }
    }
  }

  private void normalizer(ProtobufMessage message) {
    while (message.next()) {
      switch (message.field()) {
        case 2 -> normalises = message.message().next();
        case 3 -> addPrefix = message.flag();
        case 4 -> collapse = message.flag();
        case 5 -> escape = message.flag();
        default -> message.skip();
      }
    }
  }

  private Tokenizer tokenizer() {
    require(!pieces.isEmpty(), "the vocabulary", "at least one piece", "empty");
    require(modelType == BPE, "trainer_spec.model_type", "2 (BPE)", Long.toString(modelType));
    require(!spaceAfter, "trainer_spec.treat_whitespace_as_suffix", "false", "true");
    require(!normalises, "normalizer_spec", "identity", "a table of characters");
    require(escape, "normalizer_spec.escape_whitespaces", "true", "false");
    Vocabulary vocabulary = new Vocabulary(pieces, types);
    OptionalInt bosId = id("trainer_spec.bos_id", bos);
    OptionalInt eosId = id("trainer_spec.eos_id", eos);
    Set<Integer> ends = new HashSet<>(SpecialIds.endsByName(vocabulary));
    eosId.ifPresent(ends::add);
    List<Integer> prefix = bosId.isPresent() ? List.of(bosId.getAsInt()) : List.of();
    Spacing.Prefix place = addPrefix ? Spacing.Prefix.TEXTS : Spacing.Prefix.NEVER;
    float[] used = Arrays.copyOf(scores, pieces.size());
    return new Tokenizer(
        vocabulary,
        new SpecialIds(bosId, eosId, prefix, List.of(), ends),
        specials(),
        new SentencePieceBpe(vocabulary, used, new Spacing(place, false, collapse)));
  }

  private List<SpecialTokens.Special> specials() {
    List<SpecialTokens.Special> specials = new ArrayList<>();
    for (int id = 0; id < pieces.size(); id++) {
      TokenType type = types.get(id);
      if (type == TokenType.CONTROL || type == TokenType.USER_DEFINED) {
        String text = pieces.get(id).replace(Spacing.MARK, ' ');
        specials.add(new SpecialTokens.Special(text, id, type == TokenType.CONTROL, false, false));
      }
    }
    return specials;
  }

  /** Ids are 32-bit; −1 means that there is none. */
  private OptionalInt id(String name, long value) {
    int id = (int) value;
    require(id < pieces.size(), name, "below " + pieces.size(), Long.toString(value));
    return id < 0 ? OptionalInt.empty() : OptionalInt.of(id);
  }

  private void require(boolean holds, String what, String expected, String found) {
    if (!holds) {
      throw new InputException(
          "%s: %s must be %s, but is %s".formatted(file, what, expected, found));
    }
  }
}
