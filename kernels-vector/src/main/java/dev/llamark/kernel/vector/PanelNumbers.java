package dev.llamark.kernel.vector;

import static jdk.incubator.vector.VectorOperators.LSHR;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * A panel's numbers made floats, {@code scale · (number − centre) + shift}. Each output has a lane
 * of its own; nothing crosses lanes. {@link PanelMemory} explains the fences.
 */
final class PanelNumbers {

  private static final VectorSpecies<Float> S = Lanes.FLOATS;
  private static final VectorSpecies<Integer> I = Lanes.INTS;
  private static final int N = S.length();
  private static final int WIDTH = VectorWeights.WIDTH;
  private static final long BYTES = I.vectorByteSize();
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();

  private PanelNumbers() {}

  /**
   * The numbers of a section.
   *
   * @param numbers where its ints begin
   * @param apart bytes from one vector of an int to the next
   * @param step bytes from one int to the next
   * @param rests where the parts' rests begin, three vectors of them side by side
   * @param scales (part × output)
   * @param out a strip's floats
   * @param toa where those of the first vector of outputs and the first input go, in bytes
   * @param tob where those of the second vector go
   * @param toc where those of the third vector go
   */
  static void expand(
      MemorySegment data,
      long numbers,
      long apart,
      long step,
      long rests,
      PanelLayout layout,
      int parts,
      PartScales scales,
      MemorySegment out,
      long toa,
      long tob,
      long toc) {
    int bits = layout.bits();
    int perInt = layout.numbersPerInt();
    int ints = layout.intsPerPart();
    int perRests = layout.rests();
    IntVector mask = IntVector.broadcast(I, (1 << bits) - 1);
    IntVector base = IntVector.broadcast(I, Digits.base(0));
    FloatVector zero = base.reinterpretAsFloats().add(layout.centre());
    float[] factors = scales.scales();
    float[] shifts = scales.shifts();
    long index = 0;
    for (int part = 0; part < parts; part++) {
      int scale = part * WIDTH;
      FloatVector factora = FloatVector.fromArray(S, factors, scale);
      FloatVector factorb = FloatVector.fromArray(S, factors, scale + N);
      FloatVector factorc = FloatVector.fromArray(S, factors, scale + 2 * N);
      FloatVector shifta = FloatVector.fromArray(S, shifts, scale);
      FloatVector shiftb = FloatVector.fromArray(S, shifts, scale + N);
      FloatVector shiftc = FloatVector.fromArray(S, shifts, scale + 2 * N);
      long at = numbers + layout.intAt(part) * step;
      for (int i = 0; i < ints; i++, at += step) {
        IntVector wa = IntVector.fromMemorySegment(I, data, at, ORDER);
        VarHandle.loadLoadFence();
        IntVector wb = IntVector.fromMemorySegment(I, data, at + apart, ORDER);
        VarHandle.loadLoadFence();
        IntVector wc = IntVector.fromMemorySegment(I, data, at + 2 * apart, ORDER);
        VarHandle.loadLoadFence();
        for (int j = 0; j < perInt; j++, index += TileShape.ROW) {
          FloatVector qa = wa.and(mask).or(base).reinterpretAsFloats().sub(zero);
          FloatVector qb = wb.and(mask).or(base).reinterpretAsFloats().sub(zero);
          FloatVector qc = wc.and(mask).or(base).reinterpretAsFloats().sub(zero);
          qa.fma(factora, shifta).intoMemorySegment(out, toa + index, ORDER);
          qb.fma(factorb, shiftb).intoMemorySegment(out, tob + index, ORDER);
          qc.fma(factorc, shiftc).intoMemorySegment(out, toc + index, ORDER);
          wa = wa.lanewise(LSHR, bits);
          wb = wb.lanewise(LSHR, bits);
          wc = wc.lanewise(LSHR, bits);
        }
      }
      if (perRests > 0) {
        long restsAt = rests + layout.restInt(part) * 3 * BYTES;
        int bit = part * perRests % Integer.BYTES * Byte.SIZE;
        for (int j = 0; j < perRests; j++, index += TileShape.ROW, bit += Byte.SIZE) {
          IntVector ra = IntVector.fromMemorySegment(I, data, restsAt, ORDER).lanewise(LSHR, bit);
          IntVector rb =
              IntVector.fromMemorySegment(I, data, restsAt + BYTES, ORDER).lanewise(LSHR, bit);
          IntVector rc =
              IntVector.fromMemorySegment(I, data, restsAt + 2 * BYTES, ORDER).lanewise(LSHR, bit);
          FloatVector qa = ra.and(mask).or(base).reinterpretAsFloats().sub(zero);
          FloatVector qb = rb.and(mask).or(base).reinterpretAsFloats().sub(zero);
          FloatVector qc = rc.and(mask).or(base).reinterpretAsFloats().sub(zero);
          qa.fma(factora, shifta).intoMemorySegment(out, toa + index, ORDER);
          qb.fma(factorb, shiftb).intoMemorySegment(out, tob + index, ORDER);
          qc.fma(factorc, shiftc).intoMemorySegment(out, toc + index, ORDER);
        }
      }
    }
  }
}
