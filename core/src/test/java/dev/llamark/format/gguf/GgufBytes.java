package dev.llamark.format.gguf;

import dev.llamark.format.MappedFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/** Puts a GGUF file together byte by byte, as the specification has it, sound or not. */
final class GgufBytes {

  static final Path NAME = Path.of("model.gguf");

  private final ByteBuffer bytes = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);

  /** Magic number, version and counts. */
  static GgufBytes header(int version, long tensors, long keys) {
    GgufBytes file = new GgufBytes();
    file.bytes.put("GGUF".getBytes(StandardCharsets.US_ASCII)).putInt(version);
    file.bytes.putLong(tensors).putLong(keys);
    return file;
  }

  GgufBytes text(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    bytes.putLong(utf8.length).put(utf8);
    return this;
  }

  GgufBytes int8(int value) {
    bytes.put((byte) value);
    return this;
  }

  GgufBytes int16(int value) {
    bytes.putShort((short) value);
    return this;
  }

  GgufBytes int32(int value) {
    bytes.putInt(value);
    return this;
  }

  GgufBytes int64(long value) {
    bytes.putLong(value);
    return this;
  }

  GgufBytes float32(float value) {
    bytes.putFloat(value);
    return this;
  }

  GgufBytes float64(double value) {
    bytes.putDouble(value);
    return this;
  }

  /** An entry of the directory: dimensions with the fastest first. */
  GgufBytes tensor(String name, int type, long offset, long... dimensions) {
    text(name).int32(dimensions.length);
    Arrays.stream(dimensions).forEach(this::int64);
    return int32(type).int64(offset);
  }

  GgufBytes align(int alignment) {
    while (bytes.position() % alignment != 0) {
      int8(0);
    }
    return this;
  }

  byte[] toArray() {
    return Arrays.copyOf(bytes.array(), bytes.position());
  }

  GgufFile open() {
    return GgufFile.of(MappedFile.of(NAME, toArray()));
  }
}
