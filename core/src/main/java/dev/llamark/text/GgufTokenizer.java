package dev.llamark.text;

import dev.llamark.format.gguf.GgufArray;
import dev.llamark.format.gguf.GgufFile;
import dev.llamark.format.gguf.GgufMetadata;
import dev.llamark.run.InputException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Reads a tokenizer from the metadata of a GGUF file ({@code tokenizer.ggml.*}). */
final class GgufTokenizer {

  private static final String MODEL = "tokenizer.ggml.model";
  private static final String PRE = "tokenizer.ggml.pre";
  private static final String TOKENS = "tokenizer.ggml.tokens";
  private static final String TYPES = "tokenizer.ggml.token_type";
  private static final String SCORES = "tokenizer.ggml.scores";
  private static final String MERGES = "tokenizer.ggml.merges";
  private static final String ADD_SPACE = "tokenizer.ggml.add_space_prefix";

  private final String file;
  private final GgufMetadata metadata;
  private final Vocabulary vocabulary;

  private GgufTokenizer(String file, GgufMetadata metadata) {
    this.file = file;
    this.metadata = metadata;
    List<String> pieces =
        texts(TOKENS).orElseThrow(() -> refuse(TOKENS, "an array of texts", "missing"));
    if (pieces.isEmpty()) {
      throw refuse(TOKENS, "at least one token", "empty");
    }
    vocabulary = new Vocabulary(pieces, types(pieces));
  }

  static Tokenizer read(GgufFile gguf) {
    String file = gguf.path().toString();
    String model = gguf.metadata().findText(MODEL).orElse("missing");
    GgufTokenizer reader = new GgufTokenizer(file, gguf.metadata());
    return switch (model) {
      case "llama" -> reader.sentencePiece();
      case "gpt2" -> reader.byteLevel();
      default -> throw reader.refuse(MODEL, "llama or gpt2", Quote.of(model));
    };
  }

  private Tokenizer sentencePiece() {
    float[] scores =
        metadata
            .findArray(SCORES)
            .map(GgufArray::floats)
            .orElseThrow(() -> refuse(SCORES, "an array of numbers", "missing"));
    requireSize(SCORES, scores.length);
    for (int id = 0; id < scores.length; id++) {
      if (!Float.isFinite(scores[id])) {
        throw refuse(SCORES, "finite", "%s for token %d".formatted(scores[id], id));
      }
    }
    boolean space = metadata.flag(ADD_SPACE, true);
    Spacing spacing = Spacing.of(space ? Spacing.Prefix.ALWAYS : Spacing.Prefix.NEVER);
    return tokenizer(
        specialIds(OptionalInt.of(1), OptionalInt.of(2), true),
        new SentencePieceBpe(vocabulary, scores, spacing));
  }

  private Tokenizer byteLevel() {
    String expected = "one of " + WordSplit.knownNames();
    String pre = metadata.findText(PRE).orElseThrow(() -> refuse(PRE, expected, "missing"));
    WordSplit split = WordSplit.named(pre).orElseThrow(() -> refuse(PRE, expected, Quote.of(pre)));
    List<String> merges =
        texts(MERGES).orElseThrow(() -> refuse(MERGES, "an array of texts", "missing"));
    MergeReader reader = new MergeReader(file, vocabulary, merges.size());
    merges.forEach(merge -> reader.add(MergeSpelling.spaced(merge)));
    ByteLevelBpe.Rules rules = new ByteLevelBpe.Rules(split, split.wholeWords(), false);
    return tokenizer(
        specialIds(OptionalInt.empty(), OptionalInt.empty(), split == WordSplit.LLAMA3),
        new ByteLevelBpe(vocabulary, reader.table(), rules));
  }

  private Tokenizer tokenizer(SpecialIds ids, TextEncoding encoding) {
    boolean spaced = encoding instanceof SentencePieceBpe;
    List<SpecialTokens.Special> specials = new ArrayList<>();
    for (int id = 0; id < vocabulary.size(); id++) {
      String piece = vocabulary.piece(id);
      TokenType type = vocabulary.type(id);
      boolean control = type == TokenType.CONTROL || type == TokenType.UNKNOWN;
      if (!piece.isEmpty() && (control || type == TokenType.USER_DEFINED)) {
        String text = spaced ? piece.replace(Spacing.MARK, ' ') : piece;
        specials.add(new SpecialTokens.Special(text, id, control, false, false));
      }
    }
    return new Tokenizer(vocabulary, ids, specials, encoding);
  }

  private SpecialIds specialIds(OptionalInt bosIfMissing, OptionalInt eosIfMissing, boolean add) {
    OptionalInt bos = id("bos", bosIfMissing);
    OptionalInt eos = id("eos", eosIfMissing);
    Set<Integer> ends = new HashSet<>(SpecialIds.endsByName(vocabulary));
    eos.ifPresent(ends::add);
    id("eot", OptionalInt.empty()).ifPresent(ends::add);
    id("eom", OptionalInt.empty()).ifPresent(ends::add);
    boolean addBos = metadata.flag("tokenizer.ggml.add_bos_token", add);
    boolean addEos = metadata.flag("tokenizer.ggml.add_eos_token", false);
    return new SpecialIds(bos, eos, listed(bos, addBos), listed(eos, addEos), ends);
  }

  private static List<Integer> listed(OptionalInt id, boolean wanted) {
    return wanted && id.isPresent() ? List.of(id.getAsInt()) : List.of();
  }

  private OptionalInt id(String name, OptionalInt ifMissing) {
    String key = "tokenizer.ggml." + name + "_token_id";
    OptionalInt id = metadata.tokenId(key);
    if (id.isPresent() && id.getAsInt() >= vocabulary.size()) {
      throw refuse(key, "below " + vocabulary.size(), Integer.toString(id.getAsInt()));
    }
    boolean fits = ifMissing.isPresent() && ifMissing.getAsInt() < vocabulary.size();
    return id.isPresent() || !fits ? id : ifMissing;
  }

  private List<TokenType> types(List<String> pieces) {
    Optional<long[]> found = metadata.findArray(TYPES).map(GgufArray::wholes);
    if (found.isEmpty()) { // old files: only the spelling tells
      return pieces.stream()
          .map(piece -> Vocabulary.spellsByte(piece) ? TokenType.BYTE : TokenType.NORMAL)
          .toList();
    }
    long[] codes = found.get();
    if (codes.length != pieces.size()) {
      throw refuse(TYPES, pieces.size() + " elements", codes.length + " elements");
    }
    List<TokenType> types = new ArrayList<>(codes.length);
    for (int id = 0; id < codes.length; id++) {
      if (!TokenType.isCode(codes[id])) {
        throw refuse(TYPES, "from 1 to 6", codes[id] + " for token " + id);
      }
      TokenType type = TokenType.ofCode((int) codes[id]);
      if (type == TokenType.BYTE && !Vocabulary.spellsByte(pieces.get(id))) {
        throw refuse(TOKENS, "a byte like <0x0A> for token " + id, Quote.of(pieces.get(id)));
      }
      types.add(type);
    }
    return types;
  }

  private void requireSize(String key, int size) {
    if (size != vocabulary.size()) {
      throw refuse(key, vocabulary.size() + " elements", size + " elements");
    }
  }

  private Optional<List<String>> texts(String key) {
    return metadata.findArray(key).map(GgufArray::texts);
  }

  private InputException refuse(String key, String expected, String found) {
    return new InputException(
        "%s: metadata '%s' must be %s, but is %s".formatted(file, key, expected, found));
  }
}
