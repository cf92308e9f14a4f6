package dev.llamark.kernel.vector;

import dev.llamark.kernel.Unusable;
import dev.llamark.run.MachineProbe;
import java.util.Optional;

/** The probe over the Vector API. No type of it appears here: see {@link ProbeLoops}. */
public final class VectorProbe implements MachineProbe {

  @Override
  public Optional<Unusable> unusable() {
    return VectorWidth.usable();
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
  public float read(float[] a, int from, int to) {
    return ProbeLoops.read(a, from, to);
  }

  @Override
  public void write(float[] a, int from, int to, float value) {
    ProbeLoops.write(a, from, to, value);
  }

  @Override
  public void copy(float[] a, float[] b, int from, int to) {
    ProbeLoops.copy(a, b, from, to);
  }
}
