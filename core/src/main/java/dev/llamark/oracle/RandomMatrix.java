package dev.llamark.oracle;

import dev.llamark.tensor.DType;
import dev.llamark.tensor.Matrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import java.util.stream.DoubleStream;

/**
 * Random weights of any type, made as bytes, so that every code of a quantised block occurs. The
 * memory is read-only: a kernel that writes to its weights throws.
 *
 * <p>Layouts are those of {@code ggml-common.h}.
 */
final class RandomMatrix {

  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** Largest scale of a sub-block: six bits, and eight with a sign. */
  private static final int LARGEST_SCALE = 63;

  private static final int LARGEST_SIGNED_SCALE = 127;

  private static final int SUB_BLOCKS = 8;

  /** A matrix is filled from 2^12 normal numbers. */
  private static final int NORMAL_BITS = 12;

  private final DType dtype;
  private final int rows;
  private final int columns;
  private final SplittableRandom random;

  RandomMatrix(DType dtype, int rows, int columns, SplittableRandom random) {
    this.dtype = dtype;
    this.rows = rows;
    this.columns = columns;
    this.random = random;
  }

  /** Floats filled as asked, whole. */
  Matrix filled(Fill fill) {
    return of(fill.values(Math.multiplyExact(rows, columns), random));
  }

  /** Weights of everyday size: standard normal floats, blocks with scales of either sign. */
  Matrix ordinary() {
    if (!dtype.quantised()) {
      double[] normal =
          DoubleStream.generate(random::nextGaussian).limit(1 << NORMAL_BITS).toArray();
      Bits bits = new Bits(random, NORMAL_BITS);
      return floats(() -> normal[bits.next()]);
    }
    return blocks(largestScale(dtype), () -> sign() * (0.002 + 0.02 * random.nextDouble()));
  }

  /**
   * Whole numbers.
   *
   * @param largest bound of the weights' size; blocks use smaller scales where it demands so
   */
  Matrix integers(int largest) {
    if (!dtype.quantised()) {
      Bits bits = new Bits(random, 4);
      return floats(() -> bits.next() - 8);
    }
    return blocks(scale(dtype, largest), this::sign);
  }

  /**
   * Bound of the size of {@link #integers}, {@code |d·q| + |m|}, if no smaller one is asked for.
   */
  static int largestInteger(DType dtype, int asked) {
    return switch (dtype) {
      case F32, F16, BF16, Q4_0 -> 8;
      case Q8_0 -> 128;
      case Q4_1 -> 15 + 1;
      case Q5_0 -> 16;
      case Q5_1 -> 31 + 1;
      case Q4_K -> 16 * scale(dtype, asked);
      case Q5_K, Q6_K -> 32 * scale(dtype, asked);
    };
  }

  /** With d = ±1, the largest scale of sub-blocks for which no weight exceeds {@code largest}. */
  private static int scale(DType dtype, int largest) {
    return Math.clamp(largest / (dtype == DType.Q4_K ? 16 : 32), 1, largestScale(dtype));
  }

  private static int largestScale(DType dtype) {
    return dtype == DType.Q6_K ? LARGEST_SIGNED_SCALE : LARGEST_SCALE;
  }

  private double sign() {
    return random.nextBoolean() ? 1 : -1;
  }

  private Matrix matrix(MemorySegment data) {
    return new Matrix("weights", dtype, rows, columns, data.asReadOnly());
  }

  private MemorySegment allocate() {
    return Arena.ofAuto().allocate(dtype.bytes((long) rows * columns), 64);
  }

  private Matrix floats(DoubleSupplier element) {
    MemorySegment data = allocate();
    float[] row = new float[columns];
    for (int r = 0; r < rows; r++) {
      for (int k = 0; k < columns; k++) {
        row[k] = (float) element.getAsDouble();
      }
      store(row, data, (long) r * columns);
    }
    return matrix(data);
  }

  /** A matrix of these floats, rounded to the type, which has no blocks. */
  Matrix of(float[] values) {
    MemorySegment data = allocate();
    store(values, data, 0);
    return matrix(data);
  }

  private void store(float[] values, MemorySegment data, long from) {
    if (dtype == DType.F32) {
      MemorySegment.copy(values, 0, data, FLOAT, 4 * from, values.length);
      return;
    }
    for (int i = 0; i < values.length; i++) {
      short bits =
          dtype == DType.F16
              ? Float.floatToFloat16(values[i])
              : (short) (Float.floatToRawIntBits(values[i]) >>> 16);
      data.set(SHORT, 2 * (from + i), bits);
    }
  }

  private Matrix blocks(int largestScale, DoubleSupplier blockScale) {
    byte[] bytes = new byte[Math.toIntExact(dtype.bytes((long) rows * columns))];
    random.nextBytes(bytes);
    MemorySegment all = MemorySegment.ofArray(bytes);
    for (int at = 0; at < bytes.length; at += dtype.blockBytes()) {
      scales(all.asSlice(at, dtype.blockBytes()), largestScale, blockScale);
    }
    MemorySegment data = allocate();
    data.copyFrom(all);
    return matrix(data);
  }

  private void scales(MemorySegment block, int largestScale, DoubleSupplier blockScale) {
    switch (dtype) {
      case F32, F16, BF16 -> throw new IllegalStateException(dtype.id() + " has no blocks");
      case Q8_0, Q4_0, Q5_0 -> half(block, 0, blockScale.getAsDouble());
      case Q4_1, Q5_1 -> {
        half(block, 0, blockScale.getAsDouble());
        half(block, 2, blockScale.getAsDouble());
      }
      case Q4_K, Q5_K -> {
        half(block, 0, blockScale.getAsDouble());
        half(block, 2, blockScale.getAsDouble());
        sixBitScales(block.asSlice(4, 12), largestScale);
      }
      case Q6_K -> {
        for (int i = 0; i < 16; i++) {
          int scale = random.nextInt(-largestScale, largestScale + 1);
          block.set(ValueLayout.JAVA_BYTE, 192 + i, (byte) scale);
        }
        half(block, 208, blockScale.getAsDouble());
      }
    }
  }

  private static void half(MemorySegment block, long at, double value) {
    block.set(SHORT, at, Float.floatToFloat16((float) value));
  }

  /** Eight scales and eight minima of six bits each, in twelve bytes. */
  private void sixBitScales(MemorySegment bytes, int largest) {
    int[] scales = random.ints(SUB_BLOCKS, 0, largest + 1).toArray();
    int[] minima = random.ints(SUB_BLOCKS, 0, largest + 1).toArray();
    for (int j = 0; j < SUB_BLOCKS / 2; j++) {
      int scale = scales[j + 4];
      int minimum = minima[j + 4];
      bytes.set(ValueLayout.JAVA_BYTE, j, (byte) (scales[j] | scale >> 4 << 6));
      bytes.set(ValueLayout.JAVA_BYTE, j + 4, (byte) (minima[j] | minimum >> 4 << 6));
      bytes.set(ValueLayout.JAVA_BYTE, j + 8, (byte) (scale & 15 | (minimum & 15) << 4));
    }
  }

  /** Random numbers of a few bits, several from each long: large matrices take a while else. */
  private static final class Bits {
    private final SplittableRandom random;
    private final int width;
    private long bits;
    private int left;

    Bits(SplittableRandom random, int width) {
      this.random = random;
      this.width = width;
    }

    int next() {
      if (left < width) {
        bits = random.nextLong();
        left = Long.SIZE;
      }
      int next = (int) (bits & (1 << width) - 1);
      bits >>>= width;
      left -= width;
      return next;
    }
  }
}
