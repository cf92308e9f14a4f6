package dev.llamark.format.safetensors;

import dev.llamark.format.MappedFile;
import dev.llamark.format.Tensor;
import dev.llamark.run.InputException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * A safetensors file, mapped into memory: the length of its header in 8 bytes, the header in JSON,
 * the data. Tensors must fill the data without gap or overlap.
 *
 * @see <a href="https://github.com/huggingface/safetensors#format">The format</a>
 */
public final class SafetensorsFile implements AutoCloseable {

  private static final int LENGTH_BYTES = 8;

  /** The limit of the format's own reader. */
  private static final long MAX_HEADER = 100_000_000;

  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final MappedFile file;
  private final SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();

  private SafetensorsFile(MappedFile file) {
    this.file = file;
    int length = headerLength();
    byte[] json = file.bytes().asSlice(LENGTH_BYTES, length).toArray(ValueLayout.JAVA_BYTE);
    List<SafetensorsHeader.Entry> entries = SafetensorsHeader.read(file.path(), json);
    long dataStart = LENGTH_BYTES + (long) length;
    requireFilled(entries, file.size() - dataStart);
    for (SafetensorsHeader.Entry entry : entries) {
      tensors.put(
          entry.name(),
          new Tensor(
              entry.name(),
              entry.dtype(),
              entry.shape(),
              file.bytes().asSlice(dataStart + entry.begin(), entry.end() - entry.begin())));
    }
  }

  /** Opens a file. */
  public static SafetensorsFile open(Path path) {
    return of(MappedFile.open(path));
  }

  /** Reads a mapped file, which is closed with this one, or at once where it is refused. */
  public static SafetensorsFile of(MappedFile file) {
    try {
      return new SafetensorsFile(file);
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private int headerLength() {
    if (file.size() < LENGTH_BYTES) {
      throw refuse("a safetensors file needs at least 8 bytes, but has " + file.size());
    }
    long length = file.bytes().get(LONG, 0);
    long most = Math.min(MAX_HEADER, file.size() - LENGTH_BYTES);
    if (length < 0 || length > most) {
      throw refuse(
          "length of the header must be at most %d, but is %s"
              .formatted(most, Long.toUnsignedString(length)));
    }
    return (int) length;
  }

  private void requireFilled(List<SafetensorsHeader.Entry> entries, long dataBytes) {
    long end = 0;
    List<SafetensorsHeader.Entry> sorted =
        entries.stream()
            .sorted(
                Comparator.comparingLong(SafetensorsHeader.Entry::begin)
                    .thenComparingLong(SafetensorsHeader.Entry::end))
            .toList();
    for (SafetensorsHeader.Entry entry : sorted) {
      if (entry.begin() != end) {
        throw refuse(
            "tensor '%s' must start where the one before ends, at %d, but starts at %d"
                .formatted(entry.name(), end, entry.begin()));
      }
      if (entry.end() < entry.begin() || entry.end() > dataBytes) {
        throw refuse(
            "tensor '%s' from %d to %d must lie within the file's %d bytes of data"
                .formatted(entry.name(), entry.begin(), entry.end(), dataBytes));
      }
      requireSize(entry);
      end = entry.end();
    }
    if (end != dataBytes) {
      throw refuse("tensors must fill %d bytes of data, but fill %d".formatted(dataBytes, end));
    }
  }

  private void requireSize(SafetensorsHeader.Entry entry) {
    long found = entry.end() - entry.begin();
    try {
      long elements = entry.shape().stream().reduce(1L, Math::multiplyExact);
      long expected = Math.multiplyExact(elements, entry.dtype().blockBytes());
      if (expected != found) {
        throw refuse(
            "tensor '%s' %s of %s must have %d bytes, but has %d"
                .formatted(entry.name(), entry.shape(), entry.dtype().id(), expected, found));
      }
    } catch (ArithmeticException e) {
      throw refuse(
          "tensor '%s' %s of %s must have %d bytes, but would have more than 2^63"
              .formatted(entry.name(), entry.shape(), entry.dtype().id(), found));
    }
  }

  private InputException refuse(String sentence) {
    return new InputException(file.path() + ": " + sentence);
  }

  /** The mapping. */
  public MappedFile mapping() {
    return file;
  }

  /** The tensors by name, in the file's order. */
  public SequencedMap<String, Tensor> tensors() {
    return Collections.unmodifiableSequencedMap(tensors);
  }

  @Override
  public void close() {
    file.close();
  }
}
