package dev.llamark.oracle;

import dev.llamark.kernel.KernelProvider;
import dev.llamark.kernel.Kernels;
import dev.llamark.kernel.Role;
import dev.llamark.run.ThreadTeam;

/**
 * The variant {@code oracle}: every operation in double, its results rounded to float. For
 * substitution, and for tests that need kernels that are surely right.
 */
public final class OracleProvider implements KernelProvider {

  @Override
  public String id() {
    return "oracle";
  }

  @Override
  public Role role() {
    return Role.ORACLE;
  }

  @Override
  public Kernels create(ThreadTeam team) {
    return Kernels.of(id())
        .with(new OracleRmsNorm())
        .with(new OracleRope())
        .with(new OracleMatMul(team))
        .with(new OracleAttention(team))
        .with(new OracleSwiGlu());
  }
}
