package dev.llamark.kernel.vector;

import dev.llamark.tensor.DType;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Reads the numbers of a block of a file, in the order of ggml ({@code ggml-common.h}), as the ints
 * and rests of {@link PanelLayout}. For one thread.
 */
final class BlockReader {

  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** The lower halves of eight bytes. */
  private static final long LOW = 0x0F0F0F0F_0F0F0F0FL;

  /** Adds 128 to four signed bytes: in two's complement their upper bits turn over. */
  private static final int CENTRE_OF_BYTES = 0x80808080;

  private final DType dtype;
  private final PanelLayout layout;
  private final int[] words;
  private final byte[] rests;

  /** The numbers of a block, where they must be put together first. */
  private final byte[] numbers;

  BlockReader(DType dtype, PanelLayout layout) {
    this.dtype = dtype;
    this.layout = layout;
    words = new int[layout.parts() * layout.intsPerPart()];
    rests = new byte[layout.parts() * layout.rests()];
    numbers = new byte[layout.blockInputs()];
  }

  /** Where the half float d stands in a block. */
  int headAt() {
    return dtype == DType.Q6_K ? 208 : 0;
  }

  /** The rests of the block that was read last. */
  byte[] rests() {
    return rests;
  }

  /** The ints of the block at {@code at}; valid until the next is read. */
  int[] read(byte[] row, int at) {
    switch (dtype) {
      case Q8_0 -> {
        for (int i = 0; i < words.length; i++) {
          words[i] = (int) INTS.get(row, at + 2 + i * Integer.BYTES) ^ CENTRE_OF_BYTES;
        }
      }
      case Q4_0 -> nibbles(row, at + 2, 16, 0);
      case Q4_1 -> nibbles(row, at + 4, 16, 0);
      case Q4_K -> {
        for (int pair = 0; pair < 4; pair++) {
          nibbles(row, at + 16 + pair * 32, 32, pair * 8);
        }
      }
      case Q5_0 -> {
        fiveBits(row, at + 6, (int) INTS.get(row, at + 2));
        pack();
      }
      case Q5_1 -> {
        fiveBits(row, at + 8, (int) INTS.get(row, at + 4));
        pack();
      }
      case Q5_K -> {
        fiveBitsOfParts(row, at);
        pack();
      }
      case Q6_K -> {
        sixBits(row, at);
        pack();
      }
      case F32, F16, BF16 -> throw new IllegalArgumentException(dtype.id() + " has no blocks");
    }
    return words;
  }

  /** The lower halves of {@code count} bytes, eight to an int, and then their upper halves. */
  private void nibbles(byte[] row, int at, int count, int to) {
    int ints = count / Long.BYTES;
    for (int i = 0; i < ints; i++) {
      long bytes = (long) LONGS.get(row, at + i * Long.BYTES);
      words[to + i] = (int) Long.compress(bytes, LOW);
      words[to + ints + i] = (int) Long.compress(bytes, ~LOW);
    }
  }

  private void fiveBits(byte[] row, int at, int upper) {
    for (int i = 0; i < 16; i++) {
      int low = row[at + i] & 0xF | (upper >>> i & 1) << 4;
      int high = row[at + i] >>> 4 & 0xF | (upper >>> i + 16 & 1) << 4;
      numbers[i] = (byte) low;
      numbers[i + 16] = (byte) high;
    }
  }

  private void fiveBitsOfParts(byte[] row, int at) {
    for (int pair = 0; pair < 4; pair++) {
      for (int i = 0; i < 32; i++) {
        int both = row[at + 48 + pair * 32 + i] & 0xFF;
        int upper = row[at + 16 + i] >>> 2 * pair;
        numbers[pair * 64 + i] = (byte) (both & 0xF | (upper & 1) << 4);
        numbers[pair * 64 + 32 + i] = (byte) (both >>> 4 | (upper & 2) << 3);
      }
    }
  }

  private void sixBits(byte[] row, int at) {
    for (int half = 0; half < 2; half++) {
      int low = at + half * 64;
      for (int i = 0; i < 32; i++) {
        int upper = row[at + 128 + half * 32 + i];
        int first = row[low + i] & 0xFF;
        int second = row[low + 32 + i] & 0xFF;
        int to = half * 128 + i;
        numbers[to] = (byte) (first & 0xF | (upper & 3) << 4);
        numbers[to + 32] = (byte) (second & 0xF | (upper >>> 2 & 3) << 4);
        numbers[to + 64] = (byte) (first >>> 4 | (upper >>> 4 & 3) << 4);
        numbers[to + 96] = (byte) (second >>> 4 | (upper >>> 6 & 3) << 4);
      }
    }
  }

  /** The numbers of each part, as many to an int as fit, and then its rests. */
  private void pack() {
    int bits = layout.bits();
    int mask = (1 << bits) - 1;
    int word = 0;
    int rest = 0;
    int i = 0;
    for (int part = 0; part < layout.parts(); part++) {
      for (int end = word + layout.intsPerPart(); word < end; word++) {
        int packed = 0;
        for (int j = 0; j < layout.numbersPerInt(); j++) {
          packed |= (numbers[i++] & mask) << j * bits;
        }
        words[word] = packed;
      }
      for (int end = rest + layout.rests(); rest < end; rest++) {
        rests[rest] = numbers[i++];
      }
    }
  }
}
