package dev.llamark.text;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.llamark.run.InputException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Vocabulary and merges of a {@code tokenizer.json}, as they stream by: nearly all of the file, so
 * that no tree of them is built.
 */
final class JsonBpe implements JsonDocument.LargeFields {

  /** Far beyond any vocabulary; bounds what a small file can make us allocate. */
  static final int MOST_TOKENS = 1 << 20;

  private final String file;
  private final List<String> pieces = new ArrayList<>();
  private final IntList ids = new IntList();
  private final List<MergeSpelling> merges = new ArrayList<>();
  private boolean listsMerges;

  JsonBpe(String file) {
    this.file = file;
  }

  /** Pieces in the order of the file. */
  List<String> pieces() {
    return pieces;
  }

  /** Ids of the pieces. */
  int[] ids() {
    return ids.toArray();
  }

  /** Whether there was an array of merges, perhaps an empty one. */
  boolean listsMerges() {
    return listsMerges;
  }

  /** Merges by rank. */
  List<MergeSpelling> merges() {
    return merges;
  }

  @Override
  public boolean read(String path, JsonParser parser) throws IOException {
    if (path.equals("model.vocab") && parser.currentToken() == JsonToken.START_OBJECT) {
      readVocabulary(parser);
      return true;
    }
    if (path.equals("model.merges") && parser.currentToken() == JsonToken.START_ARRAY) {
      listsMerges = true;
      readMerges(parser);
      return true;
    }
    return false;
  }

  private void readVocabulary(JsonParser parser) throws IOException {
    for (String piece = parser.nextFieldName(); piece != null; piece = parser.nextFieldName()) {
      JsonToken token = parser.nextToken();
      boolean whole =
          token == JsonToken.VALUE_NUMBER_INT
              && parser.getNumberType() == JsonParser.NumberType.INT;
      int id = whole ? parser.getIntValue() : -1;
      if (id < 0 || id >= MOST_TOKENS) {
        throw refuse("id", "a whole number from 0 to " + (MOST_TOKENS - 1), parser.getText());
      }
      pieces.add(piece);
      ids.add(id);
    }
    int repeated = new PieceTable(pieces.toArray(String[]::new)).repeated();
    if (repeated >= 0) {
      throw refuse("model.vocab", "an object of different pieces", pieces.get(repeated) + " twice");
    }
  }

  private void readMerges(JsonParser parser) throws IOException {
    for (JsonToken token = parser.nextToken();
        token != JsonToken.END_ARRAY;
        token = parser.nextToken()) {
      merges.add(
          token == JsonToken.VALUE_STRING ? MergeSpelling.spaced(parser.getText()) : pair(parser));
    }
  }

  private MergeSpelling pair(JsonParser parser) throws IOException {
    String left = parser.currentToken() == JsonToken.START_ARRAY ? parser.nextTextValue() : null;
    String right = left == null ? null : parser.nextTextValue();
    if (right == null || parser.nextToken() != JsonToken.END_ARRAY) {
      throw refuse("model.merges", "an array of pairs of pieces", parser.getText());
    }
    return MergeSpelling.pair(left, right);
  }

  private InputException refuse(String field, String expected, String found) {
    return JsonDocument.refusal(file, field, expected, String.valueOf(found));
  }
}
