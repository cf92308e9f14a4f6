package dev.llamark.format.gguf;

import dev.llamark.format.MappedFile;
import dev.llamark.format.Tensor;
import dev.llamark.run.InputException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/**
 * A GGUF file of version 2 or 3, mapped into memory: its metadata and its tensors, all checked to
 * lie within the file; nothing is copied.
 *
 * @see <a href="https://github.com/ggml-org/ggml/blob/master/docs/gguf.md">The specification</a>
 */
public final class GgufFile implements AutoCloseable {

  /** The file's first four bytes, {@code GGUF}, as a little-endian number. */
  public static final int MAGIC = 0x46554747;

  /** Where tensors start when the file does not say otherwise: multiples of this many bytes. */
  public static final int DEFAULT_ALIGNMENT = 32;

  private static final int MAX_KEYS = 1 << 16;

  private final MappedFile file;
  private final int version;
  private final int alignment;
  private final GgufMetadata metadata;
  private final SequencedMap<String, Tensor> tensors;

  private GgufFile(MappedFile file) {
    this.file = file;
    GgufCursor cursor = new GgufCursor(file.path().toString(), file.bytes(), 0);
    this.version = version(cursor);
    long tensorCount = cursor.int64("number of tensors");
    long keyCount = cursor.int64("number of metadata keys");
    this.metadata = metadata(file, cursor, keyCount);
    this.alignment = alignment(metadata);
    this.tensors =
        Collections.unmodifiableSequencedMap(
            new GgufDirectory(file, cursor, alignment).read(tensorCount));
  }

  /**
   * Opens a file.
   *
   * @throws InputException where it is no sound GGUF file: one sentence with key and value
   */
  public static GgufFile open(Path path) {
    return of(MappedFile.open(path));
  }

  /** Reads a mapped file, which is closed with this one, or at once where it is refused. */
  public static GgufFile of(MappedFile file) {
    try {
      return new GgufFile(file);
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private static int version(GgufCursor cursor) {
    int magic = cursor.int32("magic number");
    if (magic != MAGIC) {
      throw cursor.refuse("magic number", "GGUF", "0x%08x".formatted(Integer.reverseBytes(magic)));
    }
    int version = cursor.int32("version");
    if (version != 2 && version != 3) {
      boolean swapped = Integer.reverseBytes(version) == 3;
      throw cursor.refuse(
          "version",
          "2 or 3",
          swapped ? "3 in a big-endian file" : Integer.toUnsignedString(version));
    }
    return version;
  }

  private static GgufMetadata metadata(MappedFile file, GgufCursor cursor, long count) {
    if (count < 0 || count > MAX_KEYS) {
      throw cursor.refuse(
          "number of metadata keys", "at most " + MAX_KEYS, Long.toUnsignedString(count));
    }
    SequencedMap<String, GgufValue> values = new LinkedHashMap<>();
    for (long i = 0; i < count; i++) {
      String key = cursor.name("metadata key " + i);
      String what = "metadata '" + key + "'";
      if (values.putIfAbsent(key, cursor.value(what)) != null) {
        throw cursor.refuse(what, "there once", "there twice");
      }
    }
    return new GgufMetadata(file.path().toString(), values);
  }

  private static int alignment(GgufMetadata metadata) {
    String key = "general.alignment";
    if (metadata.find(key).isEmpty()) {
      return DEFAULT_ALIGNMENT;
    }
    int alignment = metadata.whole(key, 1, 1 << 30);
    if (Integer.bitCount(alignment) != 1) {
      throw metadata.refuse(key, "a power of two", metadata.values().get(key));
    }
    return alignment;
  }

  /** The file's path. */
  public Path path() {
    return file.path();
  }

  /** The mapping. */
  public MappedFile mapping() {
    return file;
  }

  /** Version of the format, 2 or 3. */
  public int version() {
    return version;
  }

  /** Tensors start at multiples of this many bytes. */
  public int alignment() {
    return alignment;
  }

  /** The metadata. */
  public GgufMetadata metadata() {
    return metadata;
  }

  /** The tensors by name, in the file's order. */
  public SequencedMap<String, Tensor> tensors() {
    return tensors;
  }

  @Override
  public void close() {
    file.close();
  }
}
