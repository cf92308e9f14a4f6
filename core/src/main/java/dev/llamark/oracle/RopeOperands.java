package dev.llamark.oracle;

import dev.llamark.kernel.Kernels;
import dev.llamark.rope.Pairing;
import dev.llamark.rope.RopeScaling;
import dev.llamark.rope.RopeTable;
import dev.llamark.run.InputException;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** The operands of a RoPE case. */
final class RopeOperands {

  private static final double THETA = 10_000;

  final int tokens;
  final int heads;
  final int headDim;
  final Pairing pairing;
  final boolean inPlace;
  final boolean exact;
  final RopeTable table;
  final int[] positions;

  /** (tokens × heads × headDim). */
  final float[] x;

  RopeOperands(CaseId id) {
    int[] sizes = id.sizes("tokens", "heads", "headDim");
    tokens = sizes[0];
    heads = sizes[1];
    headDim = sizes[2];
    pairing = id.enumOption("pairing", Pairing.class, Pairing.INTERLEAVED);
    inPlace = id.flag("inplace");
    exact = id.flag("exact");
    SplittableRandom random = new SplittableRandom(id.seed());
    positions = positions(id, random);
    table = exact ? quarterTurns(id, random) : table(id);
    Fill fill = exact ? Fill.INTEGERS : id.enumOption("fill", Fill.class, Fill.NORMAL);
    x = fill.values(tokens * heads * headDim, random);
  }

  private int[] positions(CaseId id, SplittableRandom random) {
    int first = id.intOption("position", id.flag("scattered") ? 40 : 3);
    if (first < 0 || first > 1 << 20) {
      throw new InputException(
          "case '%s': position must be from 0 to 1048576, but is %d".formatted(id, first));
    }
    int[] all = new int[tokens];
    for (int t = 0; t < tokens; t++) {
      all[t] = id.flag("scattered") ? random.nextInt(first + tokens) : first + t;
    }
    return all;
  }

  private int rotaryDim(CaseId id) {
    int rotaryDim = id.intOption("rotary", headDim);
    if (rotaryDim < 2 || rotaryDim % 2 != 0 || rotaryDim > headDim) {
      throw new InputException(
          "case '%s': the rotary dimension must be even, from 2 to headDim = %d, but is %d"
              .formatted(id, headDim, rotaryDim));
    }
    return rotaryDim;
  }

  private int rows() {
    return Arrays.stream(positions).max().orElseThrow() + 1;
  }

  private RopeTable table(CaseId id) {
    RopeScaling scaling =
        switch (id.option("scaling", "none")) {
          case "none" -> new RopeScaling.None();
          case "linear" -> new RopeScaling.Linear(4);
          case "llama3" -> new RopeScaling.Llama3(8, 1, 4, 8192);
          case "dynamic" -> new RopeScaling.Dynamic(4, 2048);
          case "yarn" -> RopeScaling.Yarn.of(16, 4096);
          case "longrope" -> longRope(rotaryDim(id) / 2);
          default ->
              throw new InputException(
                  "case '%s': scaling must be none, linear, llama3, dynamic, yarn or longrope"
                      .formatted(id));
        };
    return RopeTable.of(scaling, THETA, rotaryDim(id), rows());
  }

  private static RopeScaling longRope(int pairs) {
    List<Double> rising = IntStream.rangeClosed(1, pairs).mapToObj(j -> 1.0 + j).toList();
    return new RopeScaling.LongRope(
        Collections.nCopies(pairs, 1.0), rising, 4096, RopeScaling.LongRope.magnitude(32, 4096));
  }

  /** Each pair turns by 0, 90, 180 or 270 degrees. */
  private RopeTable quarterTurns(CaseId id, SplittableRandom random) {
    float[] cosines = new float[rows() * rotaryDim(id) / 2];
    float[] sines = new float[cosines.length];
    for (int i = 0; i < cosines.length; i++) {
      int quarters = random.nextInt(4);
      cosines[i] = quarters == 0 ? 1 : quarters == 2 ? -1 : 0;
      sines[i] = quarters == 1 ? 1 : quarters == 3 ? -1 : 0;
    }
    return RopeTable.of(cosines, sines, rows());
  }

  /** Rotates {@code input}, of the shape of {@link #x}. */
  float[] rotate(
      Kernels kernels, GuardedOperands operands, float[] input, int[] at, RopeTable angles) {
    var in = inPlace ? operands.inOut("x", input) : operands.input("x", input);
    var out = inPlace ? in : operands.output("out", input.length);
    int[] shifted = new int[at.length + 2];
    System.arraycopy(at, 0, shifted, 2, at.length);
    kernels
        .rope()
        .apply(
            in.array(),
            in.offset(),
            shifted,
            2,
            angles,
            pairing,
            tokens,
            heads,
            headDim,
            out.array(),
            out.offset());
    return out.values();
  }
}
