package dev.llamark.oracle;

import dev.llamark.kernel.Arithmetic;
import dev.llamark.kernel.Operation;
import dev.llamark.tensor.DType;
import java.util.List;
import java.util.stream.IntStream;

/** The cases of one operation. */
sealed interface OperationCases
    permits RmsNormCases, RopeCases, MatMulCases, AttentionCases, SwiGluCases {

  /** The cases of an operation. */
  static OperationCases of(Operation operation) {
    return switch (operation) {
      case RMSNORM -> new RmsNormCases();
      case ROPE -> new RopeCases();
      case MATMUL -> new MatMulCases();
      case ATTENTION -> new AttentionCases();
      case SWIGLU -> new SwiGluCases();
    };
  }

  /**
   * The standard list.
   *
   * @param dtype type of the weights; operations without weights have cases for f32 alone
   * @param lanes floats of a vector, from which sizes around tails are derived
   */
  List<CaseId> list(DType dtype, int lanes);

  /**
   * Makes the operands of a case.
   *
   * @throws dev.llamark.run.InputException if the id makes no sense for the operation
   */
  ConformanceCase prepare(CaseId id);

  /**
   * Makes the operands of a case for a variant of this arithmetic; it matters where operations have
   * weights alone.
   */
  default ConformanceCase prepare(CaseId id, Arithmetic arithmetic) {
    return prepare(id);
  }

  /** Sizes at which vector loops and their tails go wrong. */
  static int[] tailSizes(int lanes) {
    return IntStream.of(
            1,
            lanes - 1,
            lanes,
            lanes + 1,
            4 * lanes / 3,
            3 * lanes,
            4 * lanes,
            4 * lanes + 1,
            8 * lanes + 2)
        .filter(size -> size > 0)
        .distinct()
        .toArray();
  }
}
