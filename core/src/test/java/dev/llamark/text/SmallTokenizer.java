package dev.llamark.text;

import dev.llamark.format.gguf.GgufWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A SentencePiece vocabulary of some 280 pieces, and the files in which it may come. */
final class SmallTokenizer {

  static final int FIRST_PIECE = 3 + 256;

  /** From the highest score to the lowest; the score of the n-th is −n. */
  static final List<String> PIECES =
      List.of(
          "▁t", "he", "▁a", "in", "▁the", "re", "ab", "bc", "abc", "▁▁", "▁▁▁▁", "é", "你好", "▁",
          "a", "b", "c", "e", "h", "i", "n", "r", "t", "你", "好");

  private static final List<String> ALL = allPieces();
  private static final List<TokenType> TYPES = allTypes();
  private static final float[] SCORES = allScores();

  private SmallTokenizer() {}

  static List<String> pieces() {
    return ALL;
  }

  static List<TokenType> types() {
    return TYPES;
  }

  static float[] scores() {
    return SCORES.clone();
  }

  private static List<String> allPieces() {
    List<String> pieces = new ArrayList<>(List.of("<unk>", "<s>", "</s>"));
    for (int value = 0; value < 256; value++) {
      pieces.add("<0x%02X>".formatted(value));
    }
    pieces.addAll(PIECES);
    return pieces;
  }

  private static List<TokenType> allTypes() {
    List<TokenType> types = new ArrayList<>();
    for (int id = 0; id < FIRST_PIECE + PIECES.size(); id++) {
      types.add(
          switch (id) {
            case 0 -> TokenType.UNKNOWN;
            case 1, 2 -> TokenType.CONTROL;
            default -> id < FIRST_PIECE ? TokenType.BYTE : TokenType.NORMAL;
          });
    }
    return types;
  }

  private static float[] allScores() {
    float[] scores = new float[FIRST_PIECE + PIECES.size()];
    for (int i = 0; i < PIECES.size(); i++) {
      scores[FIRST_PIECE + i] = -i;
    }
    return scores;
  }

  static GgufWriter ggufWriter() {
    return new GgufWriter()
        .text("general.architecture", "llama")
        .text("tokenizer.ggml.model", "llama")
        .texts("tokenizer.ggml.tokens", pieces())
        .floats("tokenizer.ggml.scores", scores())
        .ints("tokenizer.ggml.token_type", types().stream().mapToInt(TokenType::code).toArray());
  }

  static Path write(GgufWriter writer, Path folder) {
    Path file = folder.resolve("small.gguf");
    writer.write(file);
    return file;
  }

  static Path write(byte[] bytes, Path file) {
    try {
      return Files.write(file, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** As llama2.c writes it. */
  static byte[] llama2c() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(little(12)); // bytes of the longest piece, four marks
    for (int id = 0; id < pieces().size(); id++) {
      String piece = pieces().get(id).replace('▁', ' ');
      String text = id == 1 || id == 2 ? "\n" + piece + "\n" : piece;
      byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
      out.writeBytes(little(Float.floatToIntBits(scores()[id])));
      out.writeBytes(little(utf8.length));
      out.writeBytes(utf8);
    }
    return out.toByteArray();
  }

  /** As SentencePiece writes it: trainer says BPE, normalizer keeps all spaces. */
  static byte[] sentencePiece() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int id = 0; id < pieces().size(); id++) {
      ByteArrayOutputStream piece = new ByteArrayOutputStream();
      piece.writeBytes(bytesField(1, pieces().get(id).getBytes(StandardCharsets.UTF_8)));
      piece.write(2 << 3 | 5);
      piece.writeBytes(little(Float.floatToIntBits(scores()[id])));
      piece.writeBytes(varintField(3, types().get(id).code()));
      out.writeBytes(bytesField(1, piece.toByteArray()));
    }
    out.writeBytes(bytesField(2, varintField(3, 2)));
    out.writeBytes(bytesField(3, varintField(4, 0)));
    return out.toByteArray();
  }

  static byte[] varintField(int field, long value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    varint(out, (long) field << 3);
    varint(out, value);
    return out.toByteArray();
  }

  static byte[] bytesField(int field, byte[] value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    varint(out, (long) field << 3 | 2);
    varint(out, value.length);
    out.writeBytes(value);
    return out.toByteArray();
  }

  private static void varint(ByteArrayOutputStream out, long value) {
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      out.write((int) (rest & 0x7F | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
  }

  private static byte[] little(int value) {
    return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
  }
}
