package dev.llamark.text;

import dev.llamark.run.InputException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * One message of the protobuf wire format, read field by field: {@link #next}, then exactly one of
 * the values or {@link #skip}. Groups, which nobody writes any more, are refused.
 */
final class ProtobufMessage {

  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED32 = 5;

  private final String file;
  private final ByteBuffer in;
  private final int origin;
  private int field;
  private int wireType;

  ProtobufMessage(String file, byte[] bytes) {
    this(file, ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN), 0);
  }

  private ProtobufMessage(String file, ByteBuffer in, int origin) {
    this.file = file;
    this.in = in;
    this.origin = origin;
  }

  /** Goes to the next field; false at the end of the message. */
  boolean next() {
    if (!in.hasRemaining()) {
      return false;
    }
    long tag = readVarint();
    field = (int) (tag >>> 3);
    wireType = (int) tag & 7;
    if (tag >>> 3 < 1 || tag >>> 3 >= 1 << 29) {
      throw refuse("a field number from 1 to 536870911", Long.toUnsignedString(tag >>> 3));
    }
    return true;
  }

  /** Number of the current field. */
  int field() {
    return field;
  }

  /** The current field as a whole number. */
  long varint() {
    require(VARINT, "a whole number");
    return readVarint();
  }

  /** The current field as a truth value. */
  boolean flag() {
    return varint() != 0;
  }

  /** The current field as a 32-bit real number. */
  float real() {
    require(FIXED32, "a 32-bit real number");
    require(in.remaining() >= Float.BYTES, "4 bytes", in.remaining() + " bytes");
    return in.getFloat();
  }

  /** The current field as a message. */
  ProtobufMessage message() {
    require(BYTES, "a message");
    int length = readLength();
    int position = in.position();
    ByteBuffer inner = in.slice(position, length).order(ByteOrder.LITTLE_ENDIAN);
    in.position(position + length);
    return new ProtobufMessage(file, inner, origin + position);
  }

  /** The current field as a text. */
  String text() {
    require(BYTES, "a text");
    int length = readLength();
    int position = in.position();
    in.position(position + length);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(in.slice(position, length)).toString();
    } catch (CharacterCodingException e) {
      throw refuse("UTF-8", "malformed");
    }
  }

  /** Passes over the current field. */
  void skip() {
    int length =
        switch (wireType) {
          case VARINT -> {
            readVarint();
            yield 0;
          }
          case FIXED64 -> Long.BYTES;
          case BYTES -> readLength();
          case FIXED32 -> Integer.BYTES;
          default -> throw refuse("wire type 0, 1, 2 or 5", Integer.toString(wireType));
        };
    require(length <= in.remaining(), length + " bytes", in.remaining() + " bytes");
    in.position(in.position() + length);
  }

  /** A sentence on the current field. */
  InputException refuse(String expected, String found) {
    return new InputException(
        "%s: field %d at byte %d must be %s, but is %s"
            .formatted(file, field, origin + in.position(), expected, found));
  }

  private int readLength() {
    long length = readVarint();
    if (length < 0 || length > in.remaining()) {
      throw refuse(
          "at most " + in.remaining() + " bytes long", Long.toUnsignedString(length) + " bytes");
    }
    return (int) length;
  }

  private long readVarint() {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      require(in.hasRemaining(), "complete", "cut off");
      byte b = in.get();
      value |= (long) (b & 0x7F) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw refuse("a number of at most 10 bytes", "longer");
  }

  private void require(int expected, String name) {
    require(wireType == expected, name, "of wire type " + wireType);
  }

  private void require(boolean holds, String expected, String found) {
    if (!holds) {
      throw refuse(expected, found);
    }
  }
}
