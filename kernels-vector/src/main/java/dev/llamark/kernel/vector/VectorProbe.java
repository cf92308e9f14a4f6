package dev.llamark.kernel.vector;

import dev.llamark.kernel.Unusable;
import dev.llamark.run.MachineProbe;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/** The probe over the Vector API. No type of it appears here: see {@link ProbeLoops}. */
public final class VectorProbe implements MachineProbe {

  @Override
  public Optional<Unusable> unusable() {
    return VectorWidth.unusable();
  }

  @Override
  public int vectorBits() {
    return VectorWidth.bits();
  }

  @Override
  public long flopsPerRound() {
    return ProbeLoops.flopsPerRound();
  }

  @Override
  public float multiplyAdd(int rounds) {
    return ProbeLoops.multiplyAdd(rounds);
  }

  @Override
  public float read(MemorySegment a, long from, long to, int passes) {
    return ProbeLoops.read(a, from, to, passes);
  }

  @Override
  public void write(MemorySegment a, long from, long to, int passes) {
    ProbeLoops.write(a, from, to, passes);
  }

  @Override
  public void copy(MemorySegment a, MemorySegment b, long from, long to, int passes) {
    ProbeLoops.copy(a, b, from, to, passes);
  }

  @Override
  public void add(
      MemorySegment a, MemorySegment b, MemorySegment c, long from, long to, int passes) {
    ProbeLoops.add(a, b, c, from, to, passes);
  }
}
