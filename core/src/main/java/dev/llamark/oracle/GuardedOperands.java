package dev.llamark.oracle;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The operands of one run: each lies at an offset among canaries; outputs are poisoned with NaN
 * before, inputs must be unchanged after.
 */
final class GuardedOperands {

  /** Elements before and after an operand. */
  private static final int GUARD = 24;

  /** A NaN that no arithmetic produces. */
  private static final int CANARY = 0x7fc0_dead;

  private static final float POISON = Float.intBitsToFloat(0x7fc0_beef);

  private final List<Guarded> all = new ArrayList<>();
  private final List<Supplier<Optional<String>>> watched = new ArrayList<>();
  private final int shift;

  /**
   * @param shift added to the offsets, so that operands are not aligned alike
   */
  GuardedOperands(int shift) {
    this.shift = shift;
  }

  /** An operand: {@code array[offset … offset + count)}. */
  record Guarded(String name, float[] array, int offset, int count, int[] unchanged) {

    /** The operand's present values. */
    float[] values() {
      return Arrays.copyOfRange(array, offset, offset + count);
    }
  }

  /** An operand that the kernel must not change. */
  Guarded input(String name, float[] values) {
    return add(name, values, bits(values));
  }

  /** An operand that the kernel must overwrite entirely. */
  Guarded output(String name, int count) {
    float[] poison = new float[count];
    Arrays.fill(poison, POISON);
    return add(name, poison, null);
  }

  /** An operand that the kernel reads and overwrites. */
  Guarded inOut(String name, float[] values) {
    return add(name, values, null);
  }

  /** An output from index 0 of an array of its own. */
  Guarded outputFromZero(String name, int count) {
    float[] poison = new float[count];
    Arrays.fill(poison, POISON);
    return add(name, poison, 0, null);
  }

  /** Arrays that the kernel finds elsewhere and must not change. */
  void unchanged(String name, float[] floats, short[] halves) {
    float[] floatsBefore = floats.clone();
    short[] halvesBefore = halves.clone();
    watched.add(
        () -> {
          int at =
              Math.max(
                  Arrays.mismatch(floatsBefore, floats), Arrays.mismatch(halvesBefore, halves));
          return at < 0
              ? Optional.empty()
              : Optional.of("changed %s, at element %d".formatted(name, at));
        });
  }

  private Guarded add(String name, float[] values, int[] unchanged) {
    return add(name, values, GUARD + (shift + 3 * all.size()) % 7, unchanged);
  }

  private Guarded add(String name, float[] values, int offset, int[] unchanged) {
    float[] array = new float[offset + values.length + GUARD];
    Arrays.fill(array, Float.intBitsToFloat(CANARY));
    System.arraycopy(values, 0, array, offset, values.length);
    Guarded guarded = new Guarded(name, array, offset, values.length, unchanged);
    all.add(guarded);
    return guarded;
  }

  /** What a kernel did that it must not do. */
  Optional<String> damage() {
    return Stream.concat(
            all.stream().map(GuardedOperands::damage), watched.stream().map(Supplier::get))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private static Optional<String> damage(Guarded operand) {
    for (int i = 0; i < operand.array.length; i++) {
      int at = i - operand.offset;
      boolean inside = at >= 0 && at < operand.count;
      int bits = Float.floatToRawIntBits(operand.array[i]);
      if (!inside && bits != CANARY) {
        return Optional.of("wrote outside %s, at its element %d".formatted(operand.name, at));
      }
      if (inside && operand.unchanged != null && bits != operand.unchanged[at]) {
        return Optional.of("changed its input %s, at its element %d".formatted(operand.name, at));
      }
    }
    return Optional.empty();
  }

  private static int[] bits(float[] values) {
    int[] bits = new int[values.length];
    for (int i = 0; i < values.length; i++) {
      bits[i] = Float.floatToRawIntBits(values[i]);
    }
    return bits;
  }
}
