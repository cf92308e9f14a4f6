package dev.llamark.format.gguf;

import dev.llamark.format.MappedFile;
import dev.llamark.format.Tensor;
import dev.llamark.run.InputException;
import dev.llamark.tensor.DType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * Reads the list of tensors, which follows the metadata: name, dimensions with the fastest first,
 * type, and offset from the start of the data.
 */
final class GgufDirectory {

  private static final int MAX_TENSORS = 1 << 17;
  private static final int MAX_DIMENSIONS = 4;

  private final MappedFile file;
  private final GgufCursor cursor;
  private final int alignment;

  GgufDirectory(MappedFile file, GgufCursor cursor, int alignment) {
    this.file = file;
    this.cursor = cursor;
    this.alignment = alignment;
  }

  private record Entry(String name, DType dtype, List<Long> shape, long bytes, long offset) {
    long end() {
      return offset + bytes;
    }
  }

  SequencedMap<String, Tensor> read(long count) {
    if (count < 0 || count > MAX_TENSORS) {
      throw cursor.refuse(
          "number of tensors", "at most " + MAX_TENSORS, Long.toUnsignedString(count));
    }
    List<Entry> entries = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      entries.add(entry(i));
    }
    long mask = alignment - 1;
    long dataStart = (cursor.position() + mask) & ~mask;
    long dataBytes = file.size() - dataStart;
    entries.forEach(entry -> requireInside(entry, dataBytes));
    requireApart(entries);
    SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
    for (Entry entry : entries) {
      Tensor tensor =
          new Tensor(
              entry.name,
              entry.dtype,
              entry.shape,
              file.bytes().asSlice(dataStart + entry.offset, entry.bytes));
      if (tensors.putIfAbsent(entry.name, tensor) != null) {
        throw cursor.refuse("tensor '" + entry.name + "'", "there once", "there twice");
      }
    }
    return tensors;
  }

  private Entry entry(long index) {
    String name = cursor.name("name of tensor " + index);
    String what = "tensor '" + name + "'";
    List<Long> shape = shape(what);
    DType dtype = GgmlTypes.dtype(file.path(), name, cursor.int32(what + ": type"));
    long offset = cursor.int64(what + ": offset");
    if ((offset & (alignment - 1)) != 0) {
      throw cursor.refuse(
          what + ": offset", "a multiple of " + alignment, Long.toUnsignedString(offset));
    }
    return new Entry(name, dtype, shape, bytes(what, dtype, shape), offset);
  }

  private List<Long> shape(String what) {
    int dimensions = cursor.int32(what + ": number of dimensions");
    if (dimensions < 1 || dimensions > MAX_DIMENSIONS) {
      throw cursor.refuse(
          what + ": number of dimensions",
          "from 1 to " + MAX_DIMENSIONS,
          Integer.toUnsignedString(dimensions));
    }
    List<Long> shape = new ArrayList<>();
    for (int i = 0; i < dimensions; i++) {
      long length = cursor.int64(what + ": dimension " + i);
      if (length < 1) {
        throw cursor.refuse(what + ": dimension " + i, "positive", Long.toUnsignedString(length));
      }
      shape.addFirst(length);
    }
    return shape;
  }

  private long bytes(String what, DType dtype, List<Long> shape) {
    long columns = shape.getLast();
    if (columns % dtype.blockElements() != 0) {
      throw cursor.refuse(
          what + ": row of " + dtype.id(), "a multiple of " + dtype.blockElements(), columns);
    }
    try {
      long blocks = columns / dtype.blockElements();
      for (long length : shape.subList(0, shape.size() - 1)) {
        blocks = Math.multiplyExact(blocks, length);
      }
      return Math.multiplyExact(blocks, dtype.blockBytes());
    } catch (ArithmeticException e) {
      throw cursor.refuse(what + ": size", "within the file", "more than 2^63 bytes " + shape);
    }
  }

  private void requireInside(Entry entry, long dataBytes) {
    boolean inside =
        entry.offset >= 0 && entry.offset <= dataBytes && entry.bytes <= dataBytes - entry.offset;
    if (!inside) {
      throw new InputException(
          "%s: tensor '%s' of %d bytes at offset %s must lie within the file's %d bytes of data"
              .formatted(
                  file.path(),
                  entry.name,
                  entry.bytes,
                  Long.toUnsignedString(entry.offset),
                  Math.max(0, dataBytes)));
    }
  }

  private void requireApart(List<Entry> entries) {
    List<Entry> sorted = new ArrayList<>(entries);
    sorted.sort(Comparator.comparingLong(Entry::offset));
    for (int i = 1; i < sorted.size(); i++) {
      Entry before = sorted.get(i - 1);
      Entry entry = sorted.get(i);
      if (entry.offset < before.end()) {
        throw new InputException(
            "%s: tensor '%s' at offset %d overlaps '%s', which ends at %d"
                .formatted(file.path(), entry.name, entry.offset, before.name, before.end()));
      }
    }
  }
}
