package dev.llamark.format.gguf;

/** The types of metadata values, numbered as in the GGUF specification. */
public enum GgufType {
  UINT8(1),
  INT8(1),
  UINT16(2),
  INT16(2),
  UINT32(4),
  INT32(4),
  FLOAT32(4),
  BOOL(1),
  /** A length of 8 bytes, then that many bytes of UTF-8. */
  STRING(8),
  /** The elements' type in 4 bytes, their number in 8, then the elements. */
  ARRAY(12),
  UINT64(8),
  INT64(8),
  FLOAT64(8);

  private final int bytes;

  GgufType(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes of a value; for {@link #STRING} and {@link #ARRAY} the least that one can take. */
  public int bytes() {
    return bytes;
  }

  /** Whether all values have the same size. */
  public boolean fixedSize() {
    return this != STRING && this != ARRAY;
  }

  /** The type's number in a file. */
  public int id() {
    return ordinal();
  }
}
