package dev.llamark.format;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Breaks a file at random: cut, shifted, bits flipped, numbers replaced by treacherous ones. */
final class Mutation {

  /** Most of what a reader believes stands at the front of a file. */
  private static final int FRONT = 700;

  private static final long[] TREACHEROUS = {
    0,
    1,
    -1,
    3,
    1L << 31,
    (1L << 31) - 1,
    1L << 32,
    1L << 60,
    1L << 62,
    Long.MAX_VALUE,
    Long.MIN_VALUE,
    0xFFFFFFFFL,
    0x0101010101010101L
  };

  private Mutation() {}

  static byte[] of(byte[] sound, SplittableRandom random) {
    byte[] bytes = sound.clone();
    int times = random.nextInt(3) == 0 ? 1 + random.nextInt(4) : 1;
    for (int i = 0; i < times && bytes.length > 16; i++) {
      bytes = once(bytes, random);
    }
    return bytes;
  }

  private static byte[] once(byte[] bytes, SplittableRandom random) {
    int at = random.nextInt(random.nextBoolean() ? Math.min(FRONT, bytes.length) : bytes.length);
    return switch (random.nextInt(6)) {
      case 0 -> Arrays.copyOf(bytes, at);
      case 1 -> shiftedLeft(bytes, at, 1 + random.nextInt(16));
      case 2 -> shiftedRight(bytes, at, 1 + random.nextInt(16));
      case 3 -> withNumber(bytes, at & ~3, TREACHEROUS[random.nextInt(TREACHEROUS.length)]);
      case 4 -> withByte(bytes, at, (byte) random.nextInt(256));
      default -> withByte(bytes, at, (byte) (bytes[at] ^ 1 << random.nextInt(8)));
    };
  }

  private static byte[] shiftedLeft(byte[] bytes, int at, int by) {
    int from = Math.min(bytes.length, at + by);
    byte[] shorter = new byte[bytes.length - (from - at)];
    System.arraycopy(bytes, 0, shorter, 0, at);
    System.arraycopy(bytes, from, shorter, at, bytes.length - from);
    return shorter;
  }

  private static byte[] shiftedRight(byte[] bytes, int at, int by) {
    byte[] longer = new byte[bytes.length + by];
    System.arraycopy(bytes, 0, longer, 0, at);
    System.arraycopy(bytes, at, longer, at + by, bytes.length - at);
    return longer;
  }

  private static byte[] withNumber(byte[] bytes, int at, long number) {
    if (at + 8 <= bytes.length) {
      ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(at, number);
    }
    return bytes;
  }

  private static byte[] withByte(byte[] bytes, int at, byte value) {
    bytes[at] = value;
    return bytes;
  }
}
