package dev.llamark.oracle;

import dev.llamark.kernel.Operation;
import dev.llamark.rope.Pairing;
import dev.llamark.run.InputException;
import dev.llamark.tensor.DType;
import java.util.ArrayList;
import java.util.List;

/**
 * Cases of RoPE: {@code rope:f32:TOKENSxHEADSxHEADDIM}, with the options {@code
 * pairing=interleaved|halves}, {@code rotary=DIM}, {@code position=FIRST}, {@code scattered}
 * (positions out of order), {@code inplace}, {@code exact} (quarter turns, so that the result is a
 * permutation with signs), {@code scaling=none|linear|llama3|dynamic|yarn|longrope}, {@code
 * fill=…}, {@code law=length|inverse|relative} and {@code seed=…}.
 */
final class RopeCases implements OperationCases {

  private static final int[] MODEL_HEAD_DIMS = {8, 22, 48, 64, 80, 96, 128, 256};
  private static final int[] POSITIONS = {0, 1, 4095, 131071};
  private static final String[] SCALINGS = {"linear", "llama3", "dynamic", "yarn", "longrope"};
  private static final String[] FILLS = {"zeros", "tiny", "large", "outlier", "nan", "infinity"};

  @Override
  public List<CaseId> list(DType dtype, int lanes) {
    List<CaseId> list = new ArrayList<>();
    if (dtype != DType.F32) {
      return list;
    }
    for (Pairing pairing : Pairing.values()) {
      for (int size : OperationCases.tailSizes(lanes)) {
        list.add(id(pairing, 3, 2, 2 * size).with("exact"));
        list.add(id(pairing, 2, 3, 2 * size));
        list.add(id(pairing, 2, 1, 2 * size).with("inplace"));
        list.add(id(pairing, 1, 3, 2 * size + 3).with("rotary", 2 * size).with("exact"));
      }
      for (int headDim : MODEL_HEAD_DIMS) {
        list.add(id(pairing, 5, 9, headDim));
        list.add(id(pairing, 17, 2, headDim).with("scattered").with("inplace"));
        list.add(id(pairing, 3, 2, headDim).with("rotary", headDim / 2 / 2 * 2));
        list.add(id(pairing, 2, 2, headDim).with("law", "length"));
        list.add(id(pairing, 2, 2, headDim).with("law", "inverse"));
        list.add(id(pairing, 2, 2, headDim).with("law", "relative"));
      }
      for (int position : POSITIONS) {
        list.add(id(pairing, 1, 2, 16).with("position", position));
        for (String scaling : SCALINGS) {
          list.add(id(pairing, 1, 2, 16).with("position", position).with("scaling", scaling));
        }
      }
      for (String law : List.of("length", "inverse", "relative")) {
        list.add(id(pairing, 2, 2, 64).with("rotary", 48).with("scaling", "yarn").with("law", law));
      }
      for (String fill : FILLS) {
        list.add(id(pairing, 3, 2, 4 * lanes + 2).with("fill", fill));
      }
      list.add(id(pairing, 64, 32, 64));
    }
    return list;
  }

  private static CaseId id(Pairing pairing, int tokens, int heads, int headDim) {
    return CaseId.of(Operation.ROPE, DType.F32, tokens, heads, headDim)
        .with("pairing", pairing.name().toLowerCase(java.util.Locale.ROOT));
  }

  @Override
  public ConformanceCase prepare(CaseId id) {
    id.allowOptions(
        "pairing",
        "rotary",
        "position",
        "scattered",
        "inplace",
        "exact",
        "scaling",
        "fill",
        "law",
        "seed");
    RopeOperands operands = new RopeOperands(id);
    return switch (id.option("law", "")) {
      case "" -> new RopeBounded(operands);
      case "length" -> new RopeLaws.Length(operands);
      case "inverse" -> new RopeLaws.Inverse(operands);
      case "relative" -> new RopeLaws.Relative(operands);
      default ->
          throw new InputException(
              "case '%s': law must be length, inverse or relative".formatted(id));
    };
  }
}
