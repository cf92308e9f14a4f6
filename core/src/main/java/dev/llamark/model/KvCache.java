package dev.llamark.model;

import dev.llamark.kernel.KeyValues;
import dev.llamark.rope.RopeTable;
import dev.llamark.run.InputException;
import dev.llamark.tensor.DType;
import java.util.ArrayList;
import java.util.List;

/**
 * What a model remembers of one sequence: the rotated keys and the values of every layer. Made by
 * {@link Llama#newCache}; for one caller at a time.
 */
public final class KvCache {

  private final LlamaConfig config;
  private final int capacity;
  private final DType dtype;
  private final List<KeyValues> layers = new ArrayList<>();
  private final RopeTable ropeTable;
  private final int firstPosition;
  private int length;

  /**
   * @param capacity number of positions
   * @param dtype {@code F32} or {@code F16}
   * @param firstPosition by which the first token is rotated
   * @param ropeTable the angles of at least {@code firstPosition + capacity} positions
   */
  KvCache(LlamaConfig config, int capacity, DType dtype, int firstPosition, RopeTable ropeTable) {
    this.config = config;
    this.capacity = capacity;
    this.dtype = dtype;
    this.firstPosition = firstPosition;
    this.ropeTable = ropeTable;
    for (int layer = 0; layer < config.layers(); layer++) {
      layers.add(new KeyValues(dtype, config.kvHeads(), capacity, config.headDim()));
    }
  }

  /** The type that a user names, in any case. */
  public static DType type(String id) {
    return List.of(DType.F32, DType.F16).stream()
        .filter(type -> type.id().equalsIgnoreCase(id))
        .findFirst()
        .orElseThrow(
            () ->
                new InputException("KV cache: type must be f32 or f16, but is '%s'".formatted(id)));
  }

  /** Refuses what no cache can be: a number of positions or a type that cannot be stored. */
  static void require(LlamaConfig config, int capacity, DType dtype) {
    if (dtype != DType.F32 && dtype != DType.F16) {
      throw new InputException("KV cache: type must be f32 or f16, but is " + dtype.id());
    }
    long most = (Integer.MAX_VALUE - 8L) / config.kvWidth();
    if (capacity < 1 || capacity > most) {
      throw new InputException(
          "KV cache: positions must be from 1 to %d, but are %d".formatted(most, capacity));
    }
  }

  /** The shape of the model that this belongs to. */
  public LlamaConfig config() {
    return config;
  }

  /** Number of positions that fit. */
  public int capacity() {
    return capacity;
  }

  /** {@code F32} or {@code F16}. */
  public DType dtype() {
    return dtype;
  }

  /** Position by which the first token is rotated; 0 unless the cache was asked to begin later. */
  public int firstPosition() {
    return firstPosition;
  }

  /** Number of positions filled. */
  public int length() {
    return length;
  }

  /** Keys and values of one block, (kvHeads × capacity × headDim) each. */
  public KeyValues layer(int layer) {
    return layers.get(layer);
  }

  /** Memory of all keys and values, in bytes. */
  public long bytes() {
    return 2L * config.layers() * capacity * config.kvWidth() * dtype.blockBytes();
  }

  /** Forgets all positions from {@code length} on. */
  public void truncate(int length) {
    if (length < 0 || length > this.length) {
      throw new IllegalArgumentException(
          "KV cache: truncate takes 0 to %d, its length, but got %d"
              .formatted(this.length, length));
    }
    this.length = length;
  }

  /** Forgets everything. */
  public void reset() {
    truncate(0);
  }

  /**
   * Counts {@code tokens} more positions as filled: their keys and values have been stored in every
   * {@link #layer}.
   */
  public void advance(int tokens) {
    if (tokens < 0 || tokens > capacity - length) {
      throw new IllegalArgumentException(
          "KV cache: advance takes 0 to %d positions, its free ones, but got %d"
              .formatted(capacity - length, tokens));
    }
    length += tokens;
  }

  RopeTable ropeTable() {
    return ropeTable;
  }
}
