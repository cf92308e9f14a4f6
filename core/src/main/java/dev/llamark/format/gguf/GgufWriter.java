package dev.llamark.format.gguf;

import dev.llamark.run.InputException;
import dev.llamark.tensor.DType;
import dev.llamark.tensor.Matrix;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes a GGUF file of version 3: metadata and tensors in the order in which they are added.
 * Tensors are written from where they lie, without a copy.
 */
public final class GgufWriter {

  private static final int CHUNK = 1 << 20;

  private final Buffer metadata = new Buffer();
  private final List<Entry> tensors = new ArrayList<>();
  private long keys;

  private record Entry(String name, DType dtype, long[] shape, MemorySegment data) {}

  /** Grows as little-endian numbers and texts are added. */
  private static final class Buffer extends ByteArrayOutputStream {
    Buffer int32(int value) {
      return bytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value));
    }

    Buffer int64(long value) {
      return bytes(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value));
    }

    Buffer text(String text) {
      byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
      return int64(utf8.length).bytes(ByteBuffer.wrap(utf8));
    }

    private Buffer bytes(ByteBuffer buffer) {
      writeBytes(buffer.array());
      return this;
    }
  }

  private Buffer key(String key, GgufType type) {
    keys++;
    return metadata.text(key).int32(type.id());
  }

  private Buffer array(String key, GgufType elementType, int length) {
    return key(key, GgufType.ARRAY).int32(elementType.id()).int64(length);
  }

  /** Adds a text. */
  public GgufWriter text(String key, String value) {
    key(key, GgufType.STRING).text(value);
    return this;
  }

  /** Adds a whole number of 32 bits without sign. */
  public GgufWriter uint32(String key, int value) {
    key(key, GgufType.UINT32).int32(value);
    return this;
  }

  /** Adds a whole number of 64 bits without sign. */
  public GgufWriter uint64(String key, long value) {
    key(key, GgufType.UINT64).int64(value);
    return this;
  }

  /** Adds a number with a fraction. */
  public GgufWriter float32(String key, float value) {
    key(key, GgufType.FLOAT32).int32(Float.floatToRawIntBits(value));
    return this;
  }

  /** Adds true or false. */
  public GgufWriter flag(String key, boolean value) {
    key(key, GgufType.BOOL).write(value ? 1 : 0);
    return this;
  }

  /** Adds an array of texts. */
  public GgufWriter texts(String key, List<String> values) {
    Buffer buffer = array(key, GgufType.STRING, values.size());
    values.forEach(buffer::text);
    return this;
  }

  /** Adds an array of numbers with a fraction. */
  public GgufWriter floats(String key, float... values) {
    Buffer buffer = array(key, GgufType.FLOAT32, values.length);
    for (float value : values) {
      buffer.int32(Float.floatToRawIntBits(value));
    }
    return this;
  }

  /** Adds an array of whole numbers. */
  public GgufWriter ints(String key, int... values) {
    Buffer buffer = array(key, GgufType.INT32, values.length);
    for (int value : values) {
      buffer.int32(value);
    }
    return this;
  }

  /** Adds a value of any other type: the bytes that follow its type in the file. */
  public GgufWriter raw(String key, GgufType type, byte[] value) {
    key(key, type).writeBytes(value);
    return this;
  }

  /** Adds a matrix under a name of its own in the file. */
  public GgufWriter matrix(String name, Matrix matrix) {
    return tensor(
        name, matrix.dtype(), new long[] {matrix.rows(), matrix.columns()}, matrix.data());
  }

  /** Adds a vector of floats. */
  public GgufWriter vector(String name, float[] values) {
    return tensor(
        name,
        DType.F32,
        new long[] {values.length},
        Matrix.of(name, 1, values.length, values).data());
  }

  /**
   * Adds a tensor.
   *
   * @param name in the file
   * @param dtype of the elements
   * @param shape dimensions, the slowest first
   * @param data the elements as the file shall have them
   */
  public GgufWriter tensor(String name, DType dtype, long[] shape, MemorySegment data) {
    tensors.add(new Entry(name, dtype, shape.clone(), data));
    return this;
  }

  /**
   * Writes the file.
   *
   * @throws InputException where it cannot be written
   */
  public void write(Path path) {
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(path), CHUNK)) {
      Buffer header = header();
      out.write(header.toByteArray());
      long position = pad(out, header.size());
      for (Entry tensor : tensors) {
        copy(tensor.data, out);
        position = pad(out, position + tensor.data.byteSize());
      }
    } catch (IOException e) {
      throw new InputException(path + ": cannot be written: " + e.getMessage(), e);
    }
  }

  private Buffer header() {
    Buffer header = new Buffer();
    header.int32(GgufFile.MAGIC).int32(3).int64(tensors.size()).int64(keys);
    header.writeBytes(metadata.toByteArray());
    long offset = 0;
    for (Entry tensor : tensors) {
      header.text(tensor.name).int32(tensor.shape.length);
      for (int i = tensor.shape.length - 1; i >= 0; i--) {
        header.int64(tensor.shape[i]);
      }
      header.int32(tensor.dtype.ggmlId()).int64(offset);
      offset += padded(tensor.data.byteSize());
    }
    return header;
  }

  private static void copy(MemorySegment data, OutputStream out) throws IOException {
    for (long from = 0; from < data.byteSize(); from += CHUNK) {
      long size = Math.min(CHUNK, data.byteSize() - from);
      out.write(data.asSlice(from, size).toArray(ValueLayout.JAVA_BYTE));
    }
  }

  private static long pad(OutputStream out, long position) throws IOException {
    long end = padded(position);
    out.write(new byte[(int) (end - position)]);
    return end;
  }

  private static long padded(long position) {
    return Math.ceilDiv(position, GgufFile.DEFAULT_ALIGNMENT) * GgufFile.DEFAULT_ALIGNMENT;
  }
}
