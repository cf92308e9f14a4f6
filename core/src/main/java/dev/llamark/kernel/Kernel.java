package dev.llamark.kernel;

/**
 * An implementation of one operation. Each contract has two methods: {@code apply} checks the
 * operands and is what callers use; {@code compute} may assume them valid and is what variants
 * write. A kernel belongs to one thread team and serves one caller at a time.
 */
public sealed interface Kernel permits RmsNorm, Rope, MatMul, Attention, SwiGlu {

  /** The operation that this implements. */
  Operation operation();
}
