package dev.llamark.kernel.vector;

import dev.llamark.kernel.Arithmetic;
import dev.llamark.kernel.KernelProvider;
import dev.llamark.kernel.Kernels;
import dev.llamark.kernel.Unusable;
import dev.llamark.run.ThreadTeam;
import java.util.Optional;

/**
 * The variant {@code vector-int8}: {@code vector} with a MatMul whose activations are int8. No type
 * of the Vector API appears here, so that the class loads where its module is absent.
 */
public final class Int8Provider implements KernelProvider {

  @Override
  public String id() {
    return "vector-int8";
  }

  @Override
  public Arithmetic arithmetic() {
    return Arithmetic.INT8_ACTIVATIONS;
  }

  /**
   * It pays for one row by weights of four bits, hardly for others, and loses precision with all.
   */
  @Override
  public boolean onRequest() {
    return true;
  }

  @Override
  public int vectorBits() {
    return VectorWidth.unusable().isPresent() ? 0 : VectorWidth.bits();
  }

  @Override
  public Optional<Unusable> unusable() {
    return VectorWidth.unusable().or(Streams::unusable);
  }

  @Override
  public Kernels create(ThreadTeam team) {
    return Kernels.of(id()).basedOn("vector").with(new Int8MatMul(team));
  }
}
