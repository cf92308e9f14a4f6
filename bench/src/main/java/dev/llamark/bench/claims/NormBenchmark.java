package dev.llamark.bench.claims;

import dev.llamark.bench.op.KernelBenchmark;
import dev.llamark.oracle.Judgement;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/**
 * RMSNorm, LayerNorm and partial RMSNorm, written alike: in plain loops for the variant {@code
 * scalar}, in the Vector API for any other. No variant's own kernel runs here.
 */
public class NormBenchmark extends KernelBenchmark {

  private static final String PLAIN = "scalar";

  /** An input without a mean would not show whether it is subtracted. */
  private static final float MEAN = 0.5f;

  /** {@code rmsnorm}, {@code layernorm} or {@code prmsnorm}. */
  @Param("rmsnorm")
  public String norm;

  /** Rows x size. */
  @Param("1x4096")
  public String shape;

  private NormForm form;
  private RowNorm rowNorm;
  private int rows;
  private int size;
  private float[] x;
  private float[] weight;
  private float[] bias;
  private float[] out;

  @Override
  protected long rotatedBytes() {
    int[] sizes = sizes(shape, 2);
    rows = sizes[0];
    size = sizes[1];
    return 4L * (2L * rows * size + 2L * size);
  }

  @Override
  protected void prepare(int copies) {
    form = NormForm.of(norm);
    rowNorm = variant.equals(PLAIN) ? ScalarRowNorms.of(form) : VectorRowNorms.of(form);
    x = values(rows * size);
    for (int i = 0; i < x.length; i++) {
      x[i] += MEAN;
    }
    weight = values(size);
    bias = values(size);
    out = new float[x.length];
  }

  @Benchmark
  public float[] normalize() {
    rowNorm.apply(x, weight, bias, rows, size, out);
    return out;
  }

  @Override
  protected Object call() {
    return normalize();
  }

  @Override
  protected Judgement check() {
    return FormulaCheck.judge(normalize(), form.expected(x, weight, bias, rows, size));
  }
}
