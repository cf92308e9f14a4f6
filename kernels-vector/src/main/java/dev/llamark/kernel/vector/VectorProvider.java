package dev.llamark.kernel.vector;

import dev.llamark.kernel.KernelProvider;
import dev.llamark.kernel.Kernels;
import dev.llamark.kernel.Unusable;
import dev.llamark.run.ThreadTeam;
import java.util.Optional;

/**
 * The variant {@code vector}: the Vector API, with float arithmetic throughout. No type of the
 * Vector API appears here, so that the class loads where its module is absent.
 */
public final class VectorProvider implements KernelProvider {

  @Override
  public String id() {
    return "vector";
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
    return Kernels.of(id())
        .with(new VectorRmsNorm(team))
        .with(new VectorRope(team))
        .with(new VectorMatMul(team))
        .with(new VectorAttention(team))
        .with(new VectorSwiGlu(team));
  }
}
