package dev.llamark.oracle;

import dev.llamark.kernel.Arithmetic;
import dev.llamark.kernel.Operation;
import dev.llamark.run.InputException;
import dev.llamark.tensor.DType;
import java.util.ArrayList;
import java.util.List;

/**
 * Cases of the linear layer: {@code matmul:DTYPE:MxNxK}, with the options {@code exact} (whole
 * numbers, so that floats add without rounding in any order, and the whole result is checked
 * without tolerance), {@code fill=…} of the input and {@code weights=…} of the weights, {@code
 * law=linear-x|linear-w}, {@code all} (the form that multiplies by several weights), {@code bias}
 * and {@code seed=…}.
 */
final class MatMulCases implements OperationCases {

  private static final String[] FILLS = {"zeros", "tiny", "large", "outlier", "nan", "infinity"};

  /** Matrices of models up to 8 B parameters, rows x columns. */
  private static final int[][] MODEL_MATRICES = {
    {288, 288},
    {768, 288},
    {288, 768},
    {576, 576},
    {1536, 576},
    {576, 1536},
    {896, 4864},
    {512, 2048},
    {5632, 2048},
    {2048, 5632},
    {1024, 4096}
  };

  /** Too large for more than the exact stage of one input row. */
  private static final int[][] LARGE_MATRICES = {{32000, 288}, {4096, 4096}, {1024, 14336}};

  @Override
  public List<CaseId> list(DType dtype, int lanes) {
    List<CaseId> list = new ArrayList<>();
    tails(list, dtype, lanes);
    inputRows(list, dtype, lanes);
    models(list, dtype);
    for (String fill : FILLS) {
      for (int rows : new int[] {1, 3}) {
        list.add(id(dtype, rows, 2 * lanes + 1, 4 * lanes + 3).with("fill", fill));
      }
      if (!dtype.quantised()) {
        list.add(id(dtype, 2, lanes + 1, 2 * lanes + 3).with("weights", fill));
      }
    }
    for (int rows : new int[] {1, 2, 7, 33}) {
      list.add(id(dtype, rows, 6 * lanes + 5, 4 * lanes + 1).with("exact").with("all"));
      list.add(id(dtype, rows, 2 * lanes + 3, 2 * lanes + 1).with("all"));
      list.add(id(dtype, rows, 2 * lanes + 3, 2 * lanes + 1).with("exact").with("bias"));
    }
    list.add(id(dtype, 1, 960, 576).with("exact").with("all"));
    for (int rows : new int[] {1, 5, 13}) {
      list.add(id(dtype, rows, 2 * lanes + 3, 8 * lanes + 5).with("law", "linear-x"));
      if (!dtype.quantised()) {
        list.add(id(dtype, rows, 2 * lanes + 3, 8 * lanes + 5).with("law", "linear-w"));
      }
    }
    return list.stream().distinct().toList();
  }

  /** Where loops over K and over N end. */
  private static void tails(List<CaseId> list, DType dtype, int lanes) {
    for (int tail : OperationCases.tailSizes(lanes)) {
      for (int rows : new int[] {1, 2, 5, 12}) {
        list.add(id(dtype, rows, lanes + 1, tail).with("exact"));
        list.add(id(dtype, rows, tail, 3 * lanes + 1).with("exact"));
      }
      list.add(id(dtype, 1, 4 * lanes, tail));
      list.add(id(dtype, 3, tail, 2 * lanes + 1));
    }
    for (int k : // blocks of K end here, or a little before
        new int[] {352, 480, 511, 512, 513, 1024 + lanes + 1, 2048 + lanes + 1}) {
      list.add(id(dtype, 1, 2 * lanes + 1, k).with("exact"));
      list.add(id(dtype, 7, 2 * lanes + 1, k).with("exact"));
    }
  }

  private static void inputRows(List<CaseId> list, DType dtype, int lanes) {
    for (int rows = 1; rows <= 17; rows++) {
      list.add(id(dtype, rows, 8 * lanes + 2, 8 * lanes + 1).with("exact"));
      list.add(id(dtype, rows, 3 * lanes + 2, 4 * lanes + 3));
    }
    for (int rows : new int[] {23, 24, 25, 64, 65}) {
      list.add(id(dtype, rows, 198, 198).with("exact"));
    }
    list.add(id(dtype, 65, 3 * lanes + 2, 2 * lanes + 1).with("exact"));
    list.add(id(dtype, 515, lanes + 1, lanes + 1).with("exact"));
    list.add(id(dtype, 64, 541, 198));
    list.add(id(dtype, 512, 288, 288).with("exact"));
    list.add(id(dtype, 64, 512, 2048).with("exact"));
    list.add(id(dtype, 65, 301, 1537).with("exact"));
    list.add(id(dtype, 515, 198, 541).with("exact"));
    list.add(id(dtype, 17, 1009, 2048));
  }

  private static void models(List<CaseId> list, DType dtype) {
    for (int[] matrix : MODEL_MATRICES) {
      list.add(id(dtype, 1, matrix[0], matrix[1]).with("exact"));
      list.add(id(dtype, 1, matrix[0], matrix[1]));
    }
    list.add(id(dtype, 4, 2048, 2048).with("exact"));
    for (int[] matrix : LARGE_MATRICES) {
      list.add(id(dtype, 1, matrix[0], matrix[1]).with("exact"));
    }
  }

  /** K becomes a whole number of blocks. */
  private static CaseId id(DType dtype, int m, int n, int k) {
    int block = dtype.blockElements();
    return CaseId.of(Operation.MATMUL, dtype, m, n, Math.ceilDiv(k, block) * block);
  }

  @Override
  public ConformanceCase prepare(CaseId id) {
    return prepare(id, Arithmetic.FLOAT);
  }

  @Override
  public ConformanceCase prepare(CaseId id, Arithmetic arithmetic) {
    id.allowOptions("exact", "fill", "weights", "law", "all", "bias", "seed");
    int[] sizes = id.sizes("M", "N", "K");
    requireSense(id, sizes[2]);
    return switch (id.option("law", "")) {
      case "" ->
          id.flag("exact")
              ? new MatMulExact(id, sizes[0], sizes[1], sizes[2])
              : new MatMulBounded(id, sizes[0], sizes[1], sizes[2], arithmetic);
      case "linear-x" -> new MatMulLaws.LinearInput(id, sizes[0], sizes[1], sizes[2]);
      case "linear-w" -> new MatMulLaws.LinearWeights(id, sizes[0], sizes[1], sizes[2]);
      default ->
          throw new InputException("case '%s': law must be linear-x or linear-w".formatted(id));
    };
  }

  private static void requireSense(CaseId id, int columns) {
    DType dtype = id.dtype();
    if (id.flag("bias") && (!id.flag("exact") || id.flag("all"))) {
      throw new InputException("case '%s': bias needs exact, and not all".formatted(id));
    }
    if (columns % dtype.blockElements() != 0) {
      throw new InputException(
          "case '%s': K must be a multiple of %d for %s, but is %d"
              .formatted(id, dtype.blockElements(), dtype.id(), columns));
    }
    if (dtype.quantised() && (id.flag("weights") || id.option("law", "").equals("linear-w"))) {
      throw new InputException(
          "case '%s': weights=… and law=linear-w need a type without blocks: f32 f16 bf16"
              .formatted(id));
    }
  }
}
