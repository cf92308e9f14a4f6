package dev.llamark.model;

import dev.llamark.kernel.Attention;
import dev.llamark.kernel.Kernels;
import dev.llamark.kernel.KeyValues;
import dev.llamark.kernel.MatMul;
import dev.llamark.kernel.PackedMatrix;
import dev.llamark.kernel.RmsNorm;
import dev.llamark.kernel.Rope;
import dev.llamark.kernel.SwiGlu;
import dev.llamark.rope.Pairing;
import dev.llamark.rope.RopeTable;
import dev.llamark.tensor.DType;
import dev.llamark.tensor.Matrix;
import java.util.ArrayList;
import java.util.List;

/** Kernels that compute nothing, and remember what was packed and freed. */
final class EmptyKernels {

  final List<String> packed = new ArrayList<>();
  final List<String> freed = new ArrayList<>();

  /** Name of the matrix that cannot be packed, if any. */
  private final String unpackable;

  private final boolean readsWeights;

  EmptyKernels(String unpackable) {
    this(unpackable, true);
  }

  EmptyKernels(String unpackable, boolean readsWeights) {
    this.unpackable = unpackable;
    this.readsWeights = readsWeights;
  }

  Kernels kernels() {
    return Kernels.of("empty")
        .with(new EmptyRmsNorm())
        .with(new EmptyRope())
        .with(new EmptyMatMul())
        .with(new EmptyAttention())
        .with(new EmptySwiGlu());
  }

  private final class EmptyMatMul implements MatMul {
    @Override
    public boolean supports(DType dtype) {
      return dtype == DType.F32;
    }

    @Override
    public PackedMatrix pack(Matrix weights) {
      if (weights.name().equals(unpackable)) {
        throw new IllegalStateException("cannot pack " + unpackable);
      }
      packed.add(weights.name());
      return new Packed(weights);
    }

    @Override
    public void compute(
        float[] x, int xOffset, int rows, PackedMatrix weights, float[] out, int outOffset) {}
  }

  private final class Packed implements PackedMatrix {
    private final Matrix matrix;

    Packed(Matrix matrix) {
      this.matrix = matrix;
    }

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
      return 7;
    }

    @Override
    public boolean readsWeights() {
      return readsWeights;
    }

    @Override
    public void close() {
      freed.add(matrix.name());
    }
  }

  private static final class EmptyRmsNorm implements RmsNorm {
    @Override
    public void compute(
        float[] x,
        int xOffset,
        float[] weight,
        int weightOffset,
        int rows,
        int size,
        float epsilon,
        float[] out,
        int outOffset) {}
  }

  private static final class EmptyRope implements Rope {
    @Override
    public void compute(
        float[] x,
        int xOffset,
        int[] positions,
        int positionsOffset,
        RopeTable table,
        Pairing pairing,
        int tokens,
        int heads,
        int headDim,
        float[] out,
        int outOffset) {}
  }

  private static final class EmptyAttention implements Attention {
    @Override
    public void compute(
        float[] q,
        int qOffset,
        KeyValues cache,
        int firstPosition,
        int tokens,
        int heads,
        float scale,
        float[] out,
        int outOffset) {}
  }

  private static final class EmptySwiGlu implements SwiGlu {
    @Override
    public void compute(
        float[] gate,
        int gateOffset,
        float[] up,
        int upOffset,
        int size,
        float[] out,
        int outOffset) {}
  }
}
