package dev.llamark.tensor;

import dev.llamark.run.InputException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The types in which weights are stored. Quantised types hold their elements in blocks; sizes and
 * ids are those of ggml ({@code ggml.h}, {@code ggml-common.h}).
 */
public enum DType {
  F32(0, 1, 4),
  F16(1, 1, 2),
  BF16(30, 1, 2),
  Q8_0(8, 32, 34),
  Q4_0(2, 32, 18),
  Q4_1(3, 32, 20),
  Q5_0(6, 32, 22),
  Q5_1(7, 32, 24),
  Q4_K(12, 256, 144),
  Q5_K(13, 256, 176),
  Q6_K(14, 256, 210);

  private final int ggmlId;
  private final int blockElements;
  private final int blockBytes;

  DType(int ggmlId, int blockElements, int blockBytes) {
    this.ggmlId = ggmlId;
    this.blockElements = blockElements;
    this.blockBytes = blockBytes;
  }

  /** The type's number in a GGUF file. */
  public int ggmlId() {
    return ggmlId;
  }

  /** Elements of one block; 1 for the types without blocks. */
  public int blockElements() {
    return blockElements;
  }

  /** Bytes of one block. */
  public int blockBytes() {
    return blockBytes;
  }

  /** Whether elements share scales in blocks. */
  public boolean quantised() {
    return blockElements > 1;
  }

  /** Bytes of {@code elements} elements, which must fill whole blocks. */
  public long bytes(long elements) {
    if (elements % blockElements != 0) {
      throw new IllegalArgumentException(
          id() + ": elements must be a multiple of " + blockElements + ", but are " + elements);
    }
    return elements / blockElements * blockBytes;
  }

  /** As written on the command line and in records: {@code f32}, {@code q4_k}. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The type of this name, in any case. */
  public static DType of(String id) {
    for (DType type : values()) {
      if (type.name().equalsIgnoreCase(id)) {
        return type;
      }
    }
    throw new InputException("no weight type '" + id + "'; known: " + ids());
  }

  private static String ids() {
    return Arrays.stream(values()).map(DType::id).collect(Collectors.joining(" "));
  }
}
