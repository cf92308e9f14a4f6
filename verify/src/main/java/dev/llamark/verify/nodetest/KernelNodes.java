package dev.llamark.verify.nodetest;

import dev.llamark.kernel.Kernels;
import dev.llamark.kernel.PackedMatrix;
import dev.llamark.rope.Pairing;
import dev.llamark.rope.RopeTable;
import dev.llamark.tensor.Matrix;
import java.util.Arrays;

/** Runs ONNX's operators on a variant's kernels. */
final class KernelNodes {

  private static final float DEFAULT_EPSILON = 1e-5f;

  private final Kernels kernels;

  KernelNodes(Kernels kernels) {
    this.kernels = kernels;
  }

  /**
   * The node's first output.
   *
   * @throws Unsupported if no kernel does what the node asks for
   */
  Tensor run(NodeTest test) {
    Unsupported.unless(test.isSingleNode(), "has " + test.operator() + ", not one");
    Unsupported.unless(
        test.node().getDomain().isEmpty() || test.node().getDomain().equals("ai.onnx"),
        "is of the domain " + test.node().getDomain());
    test.input(0)
        .filter(Tensor::isFloat)
        .orElseThrow(() -> new Unsupported("elements are not of type FLOAT"));
    return switch (test.operator()) {
      case "RotaryEmbedding" -> rotaryEmbedding(test);
      case "RMSNormalization" -> rmsNormalization(test);
      case "MatMul" -> matMul(test.input(0).orElseThrow(), test.input(1).orElseThrow());
      case "Softmax" -> new AttentionNodes(kernels.attention()).softmax(test);
      case "Attention" -> new AttentionNodes(kernels.attention()).attention(test);
      case String other -> throw new Unsupported("no kernel for the operator " + other);
    };
  }

  private Tensor rotaryEmbedding(NodeTest test) {
    Tensor x = test.input(0).orElseThrow();
    boolean byHead = x.rank() == 4;
    Tensor tokens = byHead ? x.swapped() : x;
    int rows = tokens.dimension(0) * tokens.dimension(1);
    int heads = byHead ? x.dimension(1) : test.integer("num_heads", 0);
    Unsupported.unless(heads > 0, "three dimensions need num_heads");
    int headDim = x.floats().length / (rows * heads);
    Tensor cosines = test.input(1).orElseThrow();
    RopeTable table =
        RopeTable.of(
            cosines.floats(),
            test.input(2).orElseThrow().floats(),
            cosines.floats().length / cosines.dimension(-1));
    int[] positions =
        test.input(3)
            .map(ids -> Arrays.stream(ids.longs()).mapToInt(Math::toIntExact).toArray())
            .orElseGet(() -> java.util.stream.IntStream.range(0, rows).toArray());
    Pairing pairing = test.integer("interleaved", 0) == 1 ? Pairing.INTERLEAVED : Pairing.HALVES;
    float[] out = new float[x.floats().length];
    kernels
        .rope()
        .apply(tokens.floats(), 0, positions, 0, table, pairing, rows, heads, headDim, out, 0);
    Tensor result = Tensor.of(tokens.shape(), out);
    return byHead ? result.swapped() : result;
  }

  private Tensor rmsNormalization(NodeTest test) {
    Tensor x = test.input(0).orElseThrow();
    int axis = test.integer("axis", -1);
    int from = axis < 0 ? axis + x.rank() : axis;
    int rows = Tensor.product(x.shape(), 0, from);
    int size = Tensor.product(x.shape(), from, x.rank());
    float[] weight = test.input(1).orElseThrow().floats();
    if (weight.length == 1) {
      float only = weight[0];
      weight = new float[size];
      Arrays.fill(weight, only);
    }
    Unsupported.unless(
        weight.length == size, "a scale of %d for %d elements".formatted(weight.length, size));
    float epsilon = test.real("epsilon").orElse(DEFAULT_EPSILON);
    float[] out = new float[x.floats().length];
    kernels.rmsNorm().apply(x.floats(), 0, weight, 0, rows, size, epsilon, out, 0);
    return Tensor.of(x.shape(), out);
  }

  /** As NumPy's matmul: vectors become matrices for a while, leading dimensions broadcast. */
  private Tensor matMul(Tensor a, Tensor b) {
    int[] left = a.rank() == 1 ? new int[] {1, a.dimension(0)} : a.shape();
    int[] right = b.rank() == 1 ? new int[] {b.dimension(0), 1} : b.shape();
    int m = left[left.length - 2];
    int k = left[left.length - 1];
    int n = right[right.length - 1];
    Broadcast batch = Broadcast.of(left, right, 2);
    float[] out = new float[batch.count() * m * n];
    for (int i = 0; i < batch.count(); i++) {
      multiply(
          a.floats(), batch.left(i) * m * k, b.floats(), batch.right(i) * k * n, m, k, n, out, i);
    }
    return Tensor.of(batch.shape(a.rank() == 1 ? 0 : m, b.rank() == 1 ? 0 : n), out);
  }

  private void multiply(
      float[] a, int aOffset, float[] b, int bOffset, int m, int k, int n, float[] out, int at) {
    float[] transposed = new float[n * k];
    for (int row = 0; row < k; row++) {
      for (int column = 0; column < n; column++) {
        transposed[column * k + row] = b[bOffset + row * n + column];
      }
    }
    Matrix weights = Matrix.of("B", n, k, transposed);
    try (PackedMatrix packed = kernels.matMul().pack(weights)) {
      kernels.matMul().apply(a, aOffset, m, packed, out, at * m * n);
    }
  }
}
