package dev.llamark.run;

import dev.llamark.kernel.Unusable;
import java.util.Optional;

/**
 * Loops that reach the limits of one core, for the roofs that kernels are measured against. Found
 * by {@link java.util.ServiceLoader}; the class itself must load everywhere.
 */
public interface MachineProbe {

  /** Why it cannot run here; empty if it can. */
  Optional<Unusable> unusable();

  /** Width of its vectors in bits. */
  int vectorBits();

  /** Floating-point operations of one round of {@link #multiplyAdd}. */
  long flopsPerRound();

  /** Rounds of independent multiply-adds in registers; returns what they came to. */
  float multiplyAdd(int rounds);

  /** Reads {@code a[from … to)} once; returns what the elements came to. */
  float read(float[] a, int from, int to);

  /** Writes {@code a[from … to)} once. */
  void write(float[] a, int from, int to, float value);

  /** Reads {@code a[from … to)} and writes it to the same place of {@code b}. */
  void copy(float[] a, float[] b, int from, int to);
}
