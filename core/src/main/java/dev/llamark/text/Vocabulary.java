package dev.llamark.text;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalInt;

/** The tokens of a model: the piece of text and the type of each id. */
public final class Vocabulary {

  private static final int NONE = PieceTable.NONE;

  private final String[] pieces;
  private final TokenType[] types;
  private final PieceTable ids;
  private final int[] byteIds = new int[256];
  private final int longestPiece;
  private final int unknown;

  /**
   * @param pieces piece of each id; of equal pieces the last counts when text is encoded
   * @param types type of each id, as many as pieces
   */
  public Vocabulary(List<String> pieces, List<TokenType> types) {
    if (pieces.size() != types.size()) {
      throw new IllegalArgumentException(
          "Vocabulary: types must be as many as pieces = %d, but are %d"
              .formatted(pieces.size(), types.size()));
    }
    this.pieces = pieces.toArray(String[]::new);
    this.types = types.toArray(TokenType[]::new);
    ids = new PieceTable(this.pieces);
    Arrays.fill(byteIds, NONE);
    int longest = 0;
    for (int id = 0; id < this.pieces.length; id++) {
      String piece = this.pieces[id];
      if (this.types[id] == TokenType.BYTE) {
        byteIds[byteOf(piece)] = id;
      }
      longest = Math.max(longest, piece.length());
    }
    longestPiece = longest;
    unknown = types.indexOf(TokenType.UNKNOWN);
  }

  /** Number of tokens. */
  public int size() {
    return pieces.length;
  }

  /** The piece of a token, as the file spells it. */
  public String piece(int id) {
    return pieces[id];
  }

  /** The type of a token. */
  public TokenType type(int id) {
    return types[id];
  }

  /** The token with exactly this piece, as the file spells it. */
  public OptionalInt find(String piece) {
    int id = ids.find(piece);
    return id == NONE ? OptionalInt.empty() : OptionalInt.of(id);
  }

  /** The token that stands for text outside the vocabulary, if there is one. */
  public OptionalInt unknown() {
    return unknown == NONE ? OptionalInt.empty() : OptionalInt.of(unknown);
  }

  /** Ids of any type by piece. */
  PieceTable ids() {
    return ids;
  }

  /** Length of the longest piece in UTF-16 units. */
  int longestPiece() {
    return longestPiece;
  }

  /** The token of a piece that merging may produce, or −1. */
  int mergeable(String piece) {
    int id = ids.find(piece);
    if (id == NONE) {
      return NONE;
    }
    return switch (types[id]) {
      case NORMAL, USER_DEFINED, UNUSED -> id;
      case UNKNOWN, CONTROL, BYTE -> NONE;
    };
  }

  /** The token of one byte, 0 to 255, or −1. */
  int byteId(int value) {
    return byteIds[value];
  }

  /** Whether a piece spells a byte: {@code <0x0A>}. */
  static boolean spellsByte(String piece) {
    return piece.length() == 6
        && piece.startsWith("<0x")
        && piece.charAt(5) == '>'
        && HexFormat.isHexDigit(piece.charAt(3))
        && HexFormat.isHexDigit(piece.charAt(4));
  }

  /** The byte that a piece of type {@link TokenType#BYTE} spells, 0 to 255. */
  static int byteOf(String piece) {
    if (!spellsByte(piece)) {
      throw new IllegalArgumentException(
          "Vocabulary: a byte token must be spelled like <0x0A>, but is '" + piece + "'");
    }
    return HexFormat.fromHexDigits(piece, 3, 5);
  }
}
