package dev.llamark.kernel.vector;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/** The vectors of all kernels: constants to the compiler, decided once. */
final class Lanes {

  /** The vectors of floats that every kernel uses. */
  static final VectorSpecies<Float> FLOATS =
      VectorSpecies.of(float.class, VectorShape.forBitSize(VectorWidth.bits()));

  /** As many ints. */
  static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, FLOATS.vectorShape());

  /** As many shorts. */
  static final VectorSpecies<Short> SHORTS =
      VectorSpecies.of(short.class, VectorShape.forBitSize(VectorWidth.bits() / 2));

  /** Twice as many shorts: vectors of the same size. */
  static final VectorSpecies<Short> WIDE_SHORTS =
      VectorSpecies.of(short.class, FLOATS.vectorShape());

  /** Floats in a vector. */
  static final int COUNT = FLOATS.length();

  /** Rotations, by which all lanes come together in a few steps. */
  static final VectorShuffle<Float> BY_8 = rotation(8);

  static final VectorShuffle<Float> BY_4 = rotation(4);

  static final VectorShuffle<Float> BY_2 = rotation(2);

  static final VectorShuffle<Float> BY_1 = rotation(1);

  private Lanes() {}

  /** Width of the vectors that the CPU prefers. */
  static int preferredBits() {
    return FloatVector.SPECIES_PREFERRED.vectorBitSize();
  }

  /**
   * The sum of all lanes, as a tree of fixed shape. {@code reduceLanes} may add in another order
   * when it is interpreted than when it is compiled.
   */
  static float sum(FloatVector v) {
    FloatVector s = v;
    if (COUNT > 8) {
      s = s.add(s.rearrange(BY_8));
    }
    if (COUNT > 4) {
      s = s.add(s.rearrange(BY_4));
    }
    s = s.add(s.rearrange(BY_2));
    s = s.add(s.rearrange(BY_1));
    return s.lane(0);
  }

  /**
   * The floats of binary16 bits. Infinities and NaN keep the largest exponent.
   *
   * @param bits sign-extended
   */
  static FloatVector fromHalf(IntVector bits) {
    IntVector finite = fromFiniteHalf(bits).reinterpretAsInts();
    VectorMask<Integer> special = bits.and(0x7FFF).compare(VectorOperators.GE, 0x7C00);
    return finite.lanewise(VectorOperators.OR, 0x7F80_0000, special).reinterpretAsFloats();
  }

  /**
   * As {@link #fromHalf}, of what is neither infinite nor NaN. The exponent of binary16 is biased
   * by 15, a float's by 127. What is subnormal is a whole number times 2^−24; as a float's bits it
   * would be subnormal too, and some CPUs take a hundred cycles to multiply it.
   */
  static FloatVector fromFiniteHalf(IntVector bits) {
    IntVector magnitude = bits.and(0x7FFF);
    IntVector normal = magnitude.lanewise(VectorOperators.LSHL, 13).add(112 << 23);
    FloatVector subnormal = ((FloatVector) magnitude.convert(VectorOperators.I2F, 0)).mul(0x1p-24f);
    VectorMask<Integer> small = magnitude.compare(VectorOperators.LT, 1 << 10);
    return normal
        .blend(subnormal.reinterpretAsInts(), small)
        .or(bits.and(Integer.MIN_VALUE))
        .reinterpretAsFloats();
  }

  private static VectorShuffle<Float> rotation(int lanes) {
    return VectorShuffle.fromOp(FLOATS, i -> (i + lanes) % FLOATS.length());
  }

  /**
   * Whether the CPU multiplies and adds in one instruction. Every x86 CPU with vectors of 256 bits
   * and more does; the JVM's answer takes long to get.
   */
  static boolean hardwareFma() {
    if (preferredBits() >= 256) {
      return true;
    }
    var vm = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    try {
      return vm == null || Boolean.parseBoolean(vm.getVMOption("UseFMA").getValue());
    } catch (IllegalArgumentException e) {
      return true; // no such flag: the machine has no choice to make
    }
  }
}
