package dev.llamark.bench.op;

import dev.llamark.kernel.Attention;
import dev.llamark.kernel.KernelProvider;
import dev.llamark.kernel.Kernels;
import dev.llamark.kernel.MatMul;
import dev.llamark.kernel.PackedMatrix;
import dev.llamark.kernel.RmsNorm;
import dev.llamark.kernel.Rope;
import dev.llamark.kernel.SwiGlu;
import dev.llamark.run.ThreadTeam;
import dev.llamark.tensor.DType;
import dev.llamark.tensor.Matrix;

/** A variant that computes nothing at all. */
public final class FaultyProvider implements KernelProvider {

  static final String ID = "faulty";

  @Override
  public String id() {
    return ID;
  }

  @Override
  public boolean onRequest() {
    return true;
  }

  @Override
  public Kernels create(ThreadTeam team) {
    RmsNorm rmsNorm = (x, xAt, w, wAt, rows, size, epsilon, out, outAt) -> {};
    Rope rope = (x, xAt, p, pAt, table, pairing, tokens, heads, headDim, out, outAt) -> {};
    Attention attention = (q, qAt, cache, first, tokens, heads, scale, out, outAt) -> {};
    SwiGlu swiGlu = (gate, gateAt, up, upAt, size, out, outAt) -> {};
    return Kernels.of(ID)
        .with(rmsNorm)
        .with(rope)
        .with(attention)
        .with(swiGlu)
        .with(new NoMatMul());
  }

  private static final class NoMatMul implements MatMul {
    private record Shape(DType dtype, int rows, int columns, long bytes) implements PackedMatrix {}

    @Override
    public PackedMatrix pack(Matrix weights) {
      return new Shape(weights.dtype(), weights.rows(), weights.columns(), 0);
    }

    @Override
    public void compute(float[] x, int xAt, int rows, PackedMatrix w, float[] out, int outAt) {}
  }
}
