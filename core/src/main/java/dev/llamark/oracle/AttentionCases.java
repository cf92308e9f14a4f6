package dev.llamark.oracle;

import dev.llamark.kernel.Operation;
import dev.llamark.run.InputException;
import dev.llamark.tensor.DType;
import java.util.ArrayList;
import java.util.List;

/**
 * Cases of attention: {@code attention:f32:TOKENSxHEADSxKVHEADSxHEADDIMxPAST}, with the options
 * {@code kv=f16} (the cache's type), {@code exact} (one-hot scores: the result is a row of the
 * values), {@code fill=…}, {@code keys=…} and {@code values=…}, {@code later=nan|infinity} (keys
 * and values of the later half of the tokens, of which the earlier half must notice nothing),
 * {@code law=single|permute} and {@code seed=…}.
 */
final class AttentionCases implements OperationCases {

  private static final int[] HEAD_DIMS = {8, 22, 48, 64, 80, 96, 128};
  private static final int[] PASTS = {0, 1, 127, 128, 1000, 4096};

  /** Query heads and KV heads, at ratios 1, 2, 3, 4 and 8. */
  private static final int[][] GROUPS = {{1, 1}, {3, 3}, {6, 3}, {9, 3}, {8, 2}, {16, 2}, {8, 1}};

  private static final String[] FILLS = {"zeros", "tiny", "large", "outlier", "nan", "infinity"};

  @Override
  public List<CaseId> list(DType dtype, int lanes) {
    List<CaseId> list = new ArrayList<>();
    if (dtype != DType.F32) {
      return list;
    }
    for (int headDim : HEAD_DIMS) {
      for (int past : new int[] {0, 1, lanes + 1, 4 * lanes - 2}) {
        both(list, id(1, 4, 2, headDim, past));
        both(list, id(3, 4, 2, headDim, past));
      }
      list.add(id(1, 6, 3, headDim, 0).with("law", "single"));
      list.add(id(1, 6, 3, headDim, 0).with("kv", "f16").with("law", "single"));
      list.add(id(1, 4, 2, headDim, 2 * lanes + 1).with("law", "permute"));
    }
    for (int[] group : GROUPS) {
      both(list, id(5, group[0], group[1], 64, 7));
      both(list, id(2, group[0], group[1], 22, 130).with("kv", "f16"));
    }
    for (int tokens = 1; tokens <= 17; tokens++) {
      both(list, id(tokens, 3, 1, 48, 3));
    }
    for (int past : PASTS) {
      both(list, id(1, 4, 2, 64, past));
      both(list, id(5, 4, 1, 64, past));
      both(list, id(1, 2, 1, 128, past).with("kv", "f16"));
    }
    both(list, id(64, 6, 2, 64, 0));
    both(list, id(34, 16, 4, 64, 3)); // threads may cut the rows differently
    both(list, id(64, 3, 1, 22, 128));
    both(list, id(64, 3, 1, 128, 30).with("kv", "f16"));
    both(list, id(34, 1, 1, 22, 1000)); // many rows over several blocks of positions
    both(list, id(34, 1, 1, 22, 1000).with("kv", "f16"));
    list.add(id(34, 1, 1, 22, 1000).with("later", "nan"));
    for (String fill : FILLS) {
      for (String operand : new String[] {"fill", "keys", "values"}) {
        list.add(id(3, 4, 2, 22, lanes + 2).with(operand, fill));
      }
    }
    for (String odd : new String[] {"nan", "infinity"}) {
      list.add(id(2, 4, 2, 64, 2 * lanes).with("later", odd));
      list.add(id(5, 4, 1, 64, 7).with("later", odd));
      list.add(id(17, 3, 3, 48, 3).with("later", odd));
      list.add(id(64, 6, 2, 64, 130).with("later", odd));
      list.add(id(64, 3, 1, 22, 0).with("kv", "f16").with("later", odd));
    }
    list.add(id(1, 4, 2, 64, 513).with("law", "permute"));
    return list.stream().distinct().toList();
  }

  private static void both(List<CaseId> list, CaseId id) {
    int headDim = id.shape().get(3);
    int positions = id.shape().get(0) + id.shape().get(4);
    if (positions <= AttentionExact.mostPositions(headDim)) {
      list.add(id.with("exact"));
    }
    list.add(id);
  }

  private static CaseId id(int tokens, int heads, int kvHeads, int headDim, int past) {
    return CaseId.of(Operation.ATTENTION, DType.F32, tokens, heads, kvHeads, headDim, past);
  }

  @Override
  public ConformanceCase prepare(CaseId id) {
    id.allowOptions("exact", "kv", "fill", "keys", "values", "later", "law", "seed");
    var sizes = AttentionOperands.Sizes.of(id);
    return switch (id.option("law", "")) {
      case "" -> id.flag("exact") ? new AttentionExact(id, sizes) : new AttentionBounded(id, sizes);
      case "single" -> new AttentionLaws.Single(id, sizes);
      case "permute" -> new AttentionLaws.Permute(id, sizes);
      default -> throw new InputException("case '%s': law must be single or permute".formatted(id));
    };
  }
}
