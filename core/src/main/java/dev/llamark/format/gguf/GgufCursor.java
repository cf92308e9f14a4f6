package dev.llamark.format.gguf;

import dev.llamark.run.InputException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Reads a GGUF file's header from front to back; what lies beyond the end is refused by name. */
final class GgufCursor {

  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final int MAX_NAME = 512;
  private static final int MAX_NESTING = 8;

  private final String file;
  private final MemorySegment bytes;
  private long position;

  GgufCursor(String file, MemorySegment bytes, long position) {
    this.file = file;
    this.bytes = bytes;
    this.position = position;
  }

  /** A second cursor that starts at {@code position}. */
  GgufCursor at(long position) {
    return new GgufCursor(file, bytes, position);
  }

  long position() {
    return position;
  }

  long remaining() {
    return bytes.byteSize() - position;
  }

  /** {@code FILE: WHAT must be EXPECTED, but is FOUND}. */
  InputException refuse(String what, String expected, Object found) {
    return new InputException(
        "%s: %s must be %s, but is %s".formatted(file, what, expected, found));
  }

  private long advance(long count, String what) {
    if (count > remaining()) {
      throw new InputException(
          "%s: %s needs %d bytes at offset %d, but the file ends at %d"
              .formatted(file, what, count, position, bytes.byteSize()));
    }
    long start = position;
    position += count;
    return start;
  }

  byte int8(String what) {
    return bytes.get(ValueLayout.JAVA_BYTE, advance(1, what));
  }

  short int16(String what) {
    return bytes.get(SHORT, advance(2, what));
  }

  int int32(String what) {
    return bytes.get(INT, advance(4, what));
  }

  long int64(String what) {
    return bytes.get(LONG, advance(8, what));
  }

  /** A count of things that take at least {@code bytesEach}, so that the file could hold them. */
  long count(String what, int bytesEach) {
    long count = int64(what);
    long most = remaining() / bytesEach;
    if (count < 0 || count > most) {
      throw refuse(
          what, "at most " + most + " in what is left of the file", Long.toUnsignedString(count));
    }
    return count;
  }

  String text(String what) {
    int length = Math.toIntExact(Math.min(count(what + ": length", 1), Integer.MAX_VALUE));
    byte[] utf8 = bytes.asSlice(advance(length, what), length).toArray(ValueLayout.JAVA_BYTE);
    return new String(utf8, StandardCharsets.UTF_8);
  }

  /** A key or a tensor's name: something that can be shown in a sentence. */
  String name(String what) {
    long length = at(position).count(what + ": length", 1);
    if (length > MAX_NAME) {
      throw refuse(what + ": length", "at most " + MAX_NAME, length);
    }
    String name = text(what);
    if (name.chars().anyMatch(Character::isISOControl)) {
      throw refuse(what, "printable", "'" + name.replaceAll("\\p{Cntrl}", "?") + "'");
    }
    return name;
  }

  GgufType type(String what) {
    int id = int32(what + ": type");
    if (id < 0 || id >= GgufType.values().length) {
      throw refuse(what + ": type", "a number from 0 to 12", Integer.toUnsignedString(id));
    }
    return GgufType.values()[id];
  }

  GgufValue value(String what) {
    GgufType type = type(what);
    return type == GgufType.ARRAY ? array(what, 0) : value(type, what);
  }

  GgufValue value(GgufType type, String what) {
    return switch (type) {
      case UINT8 -> new GgufValue.Whole(type, Byte.toUnsignedLong(int8(what)));
      case INT8 -> new GgufValue.Whole(type, int8(what));
      case UINT16 -> new GgufValue.Whole(type, Short.toUnsignedLong(int16(what)));
      case INT16 -> new GgufValue.Whole(type, int16(what));
      case UINT32 -> new GgufValue.Whole(type, Integer.toUnsignedLong(int32(what)));
      case INT32 -> new GgufValue.Whole(type, int32(what));
      case UINT64, INT64 -> new GgufValue.Whole(type, int64(what));
      case FLOAT32 -> new GgufValue.Real(type, Float.intBitsToFloat(int32(what)));
      case FLOAT64 -> new GgufValue.Real(type, Double.longBitsToDouble(int64(what)));
      case BOOL -> flag(what);
      case STRING -> new GgufValue.Text(text(what));
      case ARRAY -> array(what, 0);
    };
  }

  private GgufValue flag(String what) {
    byte value = int8(what);
    if (value != 0 && value != 1) {
      throw refuse(what, "0 or 1 as a boolean", value);
    }
    return new GgufValue.Flag(value == 1);
  }

  /** Steps over an array, checking that it lies within the file; its elements are read later. */
  private GgufArray array(String what, int nesting) {
    if (nesting == MAX_NESTING) {
      throw refuse(what, "an array nested at most " + MAX_NESTING + " deep", "deeper");
    }
    GgufType elementType = type(what + ": elements");
    long length = count(what + ": array length", elementType.bytes());
    long start = position;
    switch (elementType) {
      case STRING -> skipStrings(length, what);
      case ARRAY -> skipArrays(length, what, nesting + 1);
      default -> advance(length * elementType.bytes(), what);
    }
    return new GgufArray(what, elementType, length, at(start));
  }

  private void skipStrings(long length, String what) {
    String element = what + ": length of an element";
    for (long i = 0; i < length; i++) {
      advance(count(element, 1), what);
    }
  }

  private void skipArrays(long length, String what, int nesting) {
    for (long i = 0; i < length; i++) {
      array(what, nesting);
    }
  }
}
