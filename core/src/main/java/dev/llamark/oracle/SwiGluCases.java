package dev.llamark.oracle;

import dev.llamark.kernel.Kernels;
import dev.llamark.kernel.Operation;
import dev.llamark.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Cases of SwiGLU: {@code swiglu:f32:ROWSxSIZE}, with the options {@code exact} (gates of 0, or so
 * large that the sigmoid is 1, and whole numbers), {@code fill=…}, {@code gates=wide} (from −120 to
 * 120), {@code inplace=gate|up} and {@code seed=…}.
 */
final class SwiGluCases implements OperationCases {

  private static final int[] MODEL_SIZES = {541, 768, 1536, 5632, 8192, 14336};
  private static final String[] FILLS = {"zeros", "tiny", "large", "outlier", "nan", "infinity"};

  private enum InPlace {
    NONE,
    GATE,
    UP
  }

  private enum Gates {
    NORMAL,
    WIDE
  }

  @Override
  public List<CaseId> list(DType dtype, int lanes) {
    List<CaseId> list = new ArrayList<>();
    if (dtype != DType.F32) {
      return list;
    }
    for (int size : OperationCases.tailSizes(lanes)) {
      list.add(id(1, size).with("exact"));
      list.add(id(1, size));
      list.add(id(3, size).with("inplace", "gate"));
      list.add(id(2, size).with("inplace", "up"));
      list.add(id(1, size).with("gates", "wide"));
    }
    for (int size : MODEL_SIZES) {
      list.add(id(1, size).with("exact"));
      list.add(id(1, size));
      list.add(id(17, size).with("inplace", "gate"));
      list.add(id(3, size).with("gates", "wide"));
    }
    for (String fill : FILLS) {
      list.add(id(3, 4 * lanes + 3).with("fill", fill));
    }
    list.add(id(64, 5632));
    return list;
  }

  private static CaseId id(int rows, int size) {
    return CaseId.of(Operation.SWIGLU, DType.F32, rows, size);
  }

  @Override
  public ConformanceCase prepare(CaseId id) {
    id.allowOptions("exact", "fill", "gates", "inplace", "seed");
    int[] sizes = id.sizes("rows", "size");
    return new Bounded(id, sizes[0], sizes[1]);
  }

  /** Against the oracle, with its bound; exact operands leave none. */
  private static final class Bounded implements ConformanceCase {
    private final int rows;
    private final int size;
    private final boolean exact;
    private final InPlace inPlace;
    private final float[] gate;
    private final float[] up;

    Bounded(CaseId id, int rows, int size) {
      this.rows = rows;
      this.size = size;
      exact = id.flag("exact");
      inPlace = id.enumOption("inplace", InPlace.class, InPlace.NONE);
      SplittableRandom random = new SplittableRandom(id.seed());
      Fill fill = exact ? Fill.INTEGERS : id.enumOption("fill", Fill.class, Fill.NORMAL);
      gate = fill.values(rows * size, random);
      up = fill.values(rows * size, random);
      if (exact) {
        saturate(random);
      }
      if (id.enumOption("gates", Gates.class, Gates.NORMAL) == Gates.WIDE) {
        for (int i = 0; i < gate.length; i++) {
          gate[i] = (float) random.nextDouble(-120, 120);
        }
      }
    }

    /** Gates of 0 close, gates of 40 and more are open: 1 + e^−40 is 1 in float. */
    private void saturate(SplittableRandom random) {
      for (int i = 0; i < gate.length; i++) {
        gate[i] = random.nextInt(4) == 0 ? 0 : random.nextInt(40, 80);
      }
    }

    @Override
    public float[] run(Kernels kernels, GuardedOperands operands) {
      var g = inPlace == InPlace.GATE ? operands.inOut("gate", gate) : operands.input("gate", gate);
      var u = inPlace == InPlace.UP ? operands.inOut("up", up) : operands.input("up", up);
      var out =
          switch (inPlace) {
            case NONE -> operands.output("out", gate.length);
            case GATE -> g;
            case UP -> u;
          };
      kernels
          .swiGlu()
          .apply(
              g.array(), g.offset(), u.array(), u.offset(), gate.length, out.array(), out.offset());
      return out.values();
    }

    @Override
    public Judgement judge(float[] output) {
      Judge judge = new Judge(rows, size);
      for (int i = 0; i < output.length; i++) {
        if (exact) {
          judge.exact(i, (double) gate[i] * up[i], output[i]);
        } else {
          judge.element(
              i,
              SwiGluOracle.value(gate[i], up[i]),
              output[i],
              SwiGluOracle.allowed(gate[i], up[i]),
              SwiGluOracle.typical(gate[i], up[i]));
        }
      }
      return judge.judgement();
    }
  }
}
