package dev.llamark.kernel.vector;

import java.lang.foreign.MemorySegment;

/** Where a strip's floats of a block of inputs lie, (tile × input × output). */
final class StripFloats {

  private MemorySegment data = MemorySegment.NULL;
  private long from;
  private long tileBytes;

  /**
   * Places them.
   *
   * @param from where the first tile's begin, in bytes
   * @param tileBytes bytes from one tile's floats to the next one's
   */
  void set(MemorySegment data, long from, long tileBytes) {
    this.data = data;
    this.from = from;
    this.tileBytes = tileBytes;
  }

  MemorySegment data() {
    return data;
  }

  /** Where a tile's floats begin, in bytes. */
  long offset(int tile) {
    return from + tile * tileBytes;
  }
}
