package dev.llamark.bench.openblas;

import dev.llamark.kernel.MatMul;
import dev.llamark.kernel.PackedMatrix;
import dev.llamark.tensor.DType;
import dev.llamark.tensor.Matrix;
import java.lang.foreign.MemorySegment;

/** The linear layer as one call of {@code cblas_sgemm}, which packs the weights every time. */
final class OpenBlasMatMul implements MatMul {

  private final OpenBlas blas;
  private final int threads;

  OpenBlasMatMul(OpenBlas blas, int threads) {
    this.blas = blas;
    this.threads = threads;
  }

  /** The matrix where it lies. */
  private record InPlace(Matrix matrix) implements PackedMatrix {
    @Override
    public DType dtype() {
      return matrix.dtype();
    }

    @Override
    public int rows() {
      return matrix.rows();
    }

    @Override
    public int columns() {
      return matrix.columns();
    }

    @Override
    public long bytes() {
      return 0;
    }
  }

  @Override
  public boolean supports(DType dtype) {
    return dtype == DType.F32;
  }

  @Override
  public PackedMatrix pack(Matrix weights) {
    if (!supports(weights.dtype())) {
      throw new IllegalArgumentException(
          "%s: openblas multiplies f32 alone, not %s"
              .formatted(weights.name(), weights.dtype().id()));
    }
    return new InPlace(weights);
  }

  @Override
  public void compute(
      float[] x, int xOffset, int rows, PackedMatrix weights, float[] out, int outOffset) {
    blas.setThreads(threads); // one setting for the process; another team may have another
    blas.multiplyTransposed(
        rows,
        weights.rows(),
        weights.columns(),
        MemorySegment.ofArray(x).asSlice(4L * xOffset),
        ((InPlace) weights).matrix().data(),
        MemorySegment.ofArray(out).asSlice(4L * outOffset));
  }
}
