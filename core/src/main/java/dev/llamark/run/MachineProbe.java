package dev.llamark.run;

import dev.llamark.kernel.Unusable;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * Loops that reach the limits of one core, for the roofs that kernels are measured against. Found
 * by {@link java.util.ServiceLoader}; the class itself must load everywhere.
 *
 * <p>Ranges are bytes from {@code from} to {@code to}, both multiples of {@link #STEP}, of native
 * memory that is aligned as well; they are gone over {@code passes} times.
 */
public interface MachineProbe {

  /** What offsets are multiples of, in bytes: whole iterations of every loop at every width. */
  int STEP = 1024;

  /** Why it cannot run here; empty if it can. */
  Optional<Unusable> unusable();

  /** Width of its vectors in bits. */
  int vectorBits();

  /** Floating-point operations of one round of {@link #multiplyAdd}. */
  long flopsPerRound();

  /** Rounds of independent multiply-adds in registers; returns what they came to. */
  float multiplyAdd(int rounds);

  /** Reads {@code a}; returns what the elements came to. */
  float read(MemorySegment a, long from, long to, int passes);

  /** Writes {@code a}. */
  void write(MemorySegment a, long from, long to, int passes);

  /** Reads {@code a} and writes it to the same place of {@code b}. */
  void copy(MemorySegment a, MemorySegment b, long from, long to, int passes);

  /** Reads {@code a} and {@code b} and writes their sum to the same place of {@code c}. */
  void add(MemorySegment a, MemorySegment b, MemorySegment c, long from, long to, int passes);
}
