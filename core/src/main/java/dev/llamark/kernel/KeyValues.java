package dev.llamark.kernel;

import dev.llamark.tensor.DType;

/**
 * The keys and values of one layer, (kvHeads × capacity × headDim) each: a head's positions lie
 * side by side, so that attention reads one contiguous stream per head.
 */
public final class KeyValues {

  private final DType dtype;
  private final int kvHeads;
  private final int capacity;
  private final int headDim;
  private final float[] keys;
  private final float[] values;
  private final short[] halfKeys;
  private final short[] halfValues;

  /**
   * @param dtype {@code F32}, or {@code F16} for half the memory
   * @param capacity number of positions
   */
  public KeyValues(DType dtype, int kvHeads, int capacity, int headDim) {
    if (dtype != DType.F32 && dtype != DType.F16) {
      throw new IllegalArgumentException("KV cache: type must be f32 or f16, but is " + dtype.id());
    }
    long elements = (long) kvHeads * capacity * headDim;
    if (kvHeads < 1 || capacity < 1 || headDim < 1 || elements > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "KV cache: %d KV heads x %d positions x %d elements must be positive and below 2^31"
              .formatted(kvHeads, capacity, headDim));
    }
    this.dtype = dtype;
    this.kvHeads = kvHeads;
    this.capacity = capacity;
    this.headDim = headDim;
    boolean half = dtype == DType.F16;
    keys = new float[half ? 0 : (int) elements];
    values = new float[half ? 0 : (int) elements];
    halfKeys = new short[half ? (int) elements : 0];
    halfValues = new short[half ? (int) elements : 0];
  }

  /** {@code F32} or {@code F16}. */
  public DType dtype() {
    return dtype;
  }

  public int kvHeads() {
    return kvHeads;
  }

  /** Number of positions that fit. */
  public int capacity() {
    return capacity;
  }

  public int headDim() {
    return headDim;
  }

  /** Index of the first element of a head's vector at a position, in each of the arrays. */
  public int index(int kvHead, int position) {
    return (kvHead * capacity + position) * headDim;
  }

  /** Keys of an F32 cache; empty for F16. */
  public float[] keys() {
    return keys;
  }

  /** Values of an F32 cache; empty for F16. */
  public float[] values() {
    return values;
  }

  /** Keys of an F16 cache, IEEE 754 binary16; empty for F32. */
  public short[] halfKeys() {
    return halfKeys;
  }

  /** Values of an F16 cache, IEEE 754 binary16; empty for F32. */
  public short[] halfValues() {
    return halfValues;
  }

  /**
   * Stores the keys and values of tokens at {@code position …}.
   *
   * @param k (tokens × kvHeads × headDim)
   * @param v (tokens × kvHeads × headDim)
   */
  public void store(float[] k, int kOffset, float[] v, int vOffset, int position, int tokens) {
    if (position < 0 || tokens < 0 || position + tokens > capacity) {
      throw new IllegalArgumentException(
          "KV cache: positions %d to %d must lie within its capacity of %d"
              .formatted(position, position + tokens - 1, capacity));
    }
    for (int t = 0; t < tokens; t++) {
      for (int head = 0; head < kvHeads; head++) {
        int from = (t * kvHeads + head) * headDim;
        int to = index(head, position + t);
        if (dtype == DType.F32) {
          System.arraycopy(k, kOffset + from, keys, to, headDim);
          System.arraycopy(v, vOffset + from, values, to, headDim);
        } else {
          toHalf(k, kOffset + from, halfKeys, to);
          toHalf(v, vOffset + from, halfValues, to);
        }
      }
    }
  }

  private void toHalf(float[] from, int fromOffset, short[] to, int toOffset) {
    for (int i = 0; i < headDim; i++) {
      to[toOffset + i] = Float.floatToFloat16(from[fromOffset + i]);
    }
  }
}
