package dev.llamark.kernel.vector;

import static jdk.incubator.vector.VectorOperators.LSHR;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * A panel's numbers made floats, {@code scale · (number − centre) + shift}. Each output has a lane
 * of its own; nothing crosses lanes.
 */
final class PanelNumbers {

  private static final VectorSpecies<Float> S = Lanes.FLOATS;
  private static final VectorSpecies<Integer> I = Lanes.INTS;
  private static final int WIDTH = VectorWeights.WIDTH;
  private static final long ROW = (long) WIDTH * Integer.BYTES;
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();

  private PanelNumbers() {}

  /**
   * The numbers of a section for a vector of outputs.
   *
   * @param numbers where its ints begin, moved to the vector's first output
   * @param scales (part × output)
   * @param v first output, for the scales
   * @param out a strip's floats
   * @param to where the first input's go, in bytes
   */
  static void expand(
      MemorySegment data,
      long numbers,
      PanelLayout layout,
      int parts,
      PartScales scales,
      int v,
      MemorySegment out,
      long to) {
    int bits = layout.bits();
    int perInt = layout.numbersPerInt();
    int ints = layout.intsPerPart();
    int perRests = layout.rests();
    IntVector mask = IntVector.broadcast(I, (1 << bits) - 1);
    IntVector base = IntVector.broadcast(I, Digits.base(0));
    FloatVector zero = base.reinterpretAsFloats().add(layout.centre());
    long index = to;
    for (int part = 0; part < parts; part++) {
      FloatVector factor = FloatVector.fromArray(S, scales.scales(), part * WIDTH + v);
      FloatVector shift = FloatVector.fromArray(S, scales.shifts(), part * WIDTH + v);
      long at = numbers + layout.intAt(part) * ROW;
      for (int i = 0; i < ints; i++, at += ROW) {
        IntVector word = IntVector.fromMemorySegment(I, data, at, ORDER);
        for (int j = 0; j < perInt; j++, index += TileShape.ROW) {
          FloatVector q = word.and(mask).or(base).reinterpretAsFloats().sub(zero);
          q.fma(factor, shift).intoMemorySegment(out, index, ORDER);
          word = word.lanewise(LSHR, bits);
        }
      }
      if (perRests > 0) {
        long rests = numbers + layout.restsAt(part) * ROW;
        IntVector word = IntVector.fromMemorySegment(I, data, rests, ORDER);
        word = word.lanewise(LSHR, part * perRests % Integer.BYTES * Byte.SIZE);
        for (int j = 0; j < perRests; j++, index += TileShape.ROW) {
          FloatVector q = word.and(mask).or(base).reinterpretAsFloats().sub(zero);
          q.fma(factor, shift).intoMemorySegment(out, index, ORDER);
          word = word.lanewise(LSHR, Byte.SIZE);
        }
      }
    }
  }
}
