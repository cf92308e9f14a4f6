package dev.llamark.bench.ops;

import dev.llamark.kernel.Operation;
import dev.llamark.model.LlamaConfig;
import dev.llamark.model.Preset;
import dev.llamark.oracle.CaseId;
import dev.llamark.tensor.DType;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** The cases that a model's shape gives: a step of decoding, and a batch of a prompt. */
final class OpCases {

  /** Rows of a batch of a prompt. */
  private static final int BATCH = 512;

  /** Positions in the cache that attention reads. */
  private static final int CONTEXT = 512;

  /** Queries of a batch: attention's work grows with both. */
  private static final int QUERIES = 128;

  private OpCases() {}

  /**
   * All cases of a model. What a forward pass finds in memory rather than in the cache is cold: the
   * weights of a step of decoding.
   */
  static List<OpCase> of(Preset preset, List<DType> dtypes) {
    LlamaConfig config = preset.config();
    List<CaseId> ids = new ArrayList<>();
    for (int rows : new int[] {1, BATCH}) {
      ids.add(CaseId.of(Operation.RMSNORM, DType.F32, rows, config.hidden()));
      ids.add(CaseId.of(Operation.ROPE, DType.F32, rows, config.heads(), config.headDim()));
      ids.add(CaseId.of(Operation.SWIGLU, DType.F32, rows, config.ffn()));
    }
    for (DType dtype : dtypes) {
      matrices(preset).stream()
          .filter(matrix -> matrix.columns() % dtype.blockElements() == 0)
          .forEach(
              matrix -> {
                ids.add(matMul(dtype, 1, matrix).with("cache", "cold"));
                if (matrix.perLayer()) {
                  ids.add(matMul(dtype, BATCH, matrix));
                }
              });
    }
    ids.add(attention(config, 1));
    ids.add(attention(config, QUERIES));
    return distinct(ids);
  }

  /** A first look: of each operation what says most. */
  static List<OpCase> quick(Preset preset, List<DType> dtypes) {
    LlamaConfig config = preset.config();
    Predicate<CaseId> large =
        id ->
            switch (id.operation()) {
              case RMSNORM, ATTENTION -> true;
              case ROPE, SWIGLU -> id.shape().getFirst() == BATCH;
              case MATMUL -> id.shape().get(1) == config.ffn();
            };
    return of(preset, dtypes).stream().filter(c -> large.test(c.id())).toList();
  }

  private static Set<Preset.MatrixShape> matrices(Preset preset) {
    Set<Preset.MatrixShape> distinct = new LinkedHashSet<>();
    for (Preset.MatrixShape matrix : preset.matrices()) {
      boolean known =
          distinct.stream()
              .anyMatch(m -> m.rows() == matrix.rows() && m.columns() == matrix.columns());
      if (!known) {
        distinct.add(matrix);
      }
    }
    return distinct;
  }

  private static CaseId matMul(DType dtype, int m, Preset.MatrixShape matrix) {
    return CaseId.of(Operation.MATMUL, dtype, m, matrix.rows(), matrix.columns());
  }

  private static CaseId attention(LlamaConfig config, int tokens) {
    return CaseId.of(
        Operation.ATTENTION,
        DType.F32,
        tokens,
        CONTEXT,
        config.heads(),
        config.kvHeads(),
        config.headDim());
  }

  /** In the order of the operations. */
  private static List<OpCase> distinct(List<CaseId> ids) {
    return ids.stream()
        .distinct()
        .sorted(java.util.Comparator.comparing(CaseId::operation))
        .map(OpCase::new)
        .toList();
  }
}
