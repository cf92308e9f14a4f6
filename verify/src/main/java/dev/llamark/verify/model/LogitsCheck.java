package dev.llamark.verify.model;

import dev.llamark.format.ModelSource;
import dev.llamark.kernel.Arithmetic;
import dev.llamark.run.ThreadTeam;
import dev.llamark.tensor.DType;
import dev.llamark.verify.onnx.OrtReference;
import dev.llamark.verify.onnx.OrtReference.Form;
import dev.llamark.verify.onnx.OrtWeights;
import java.util.Arrays;

/**
 * Holds logits that were computed elsewhere against the model in double, by the gate of a whole
 * verification: for benchmarks, which must not time what is wrong.
 */
public final class LogitsCheck {

  private final ModelSource source;
  private final int[] tokens;
  private final OracleRun oracle;

  /**
   * @param source a model, which must stay open
   * @param tokens ids of a sequence from position 0
   * @param team for the model in double
   */
  public LogitsCheck(ModelSource source, int[] tokens, ThreadTeam team) {
    this.source = source;
    this.tokens = tokens.clone();
    oracle = new OracleRun(source, ModelTask.of(tokens), team);
  }

  /**
   * What was found.
   *
   * @param nmse distance from the model in double
   * @param gate how large it may be
   */
  public record Finding(double nmse, Gate gate) {

    public boolean right() {
      return gate.admits(nmse);
    }
  }

  /**
   * NMSE of ONNX Runtime, in its role of the reference, against the model in double: what {@link
   * #judge} measures others by. Needs the weights as floats in memory.
   *
   * @throws dev.llamark.run.EnvironmentException if ONNX Runtime cannot run here
   */
  public double referenceNmse() {
    try (OrtWeights weights = OrtWeights.of(source.config(), source.weights());
        OrtReference ort = OrtReference.of(weights, Form.oracle(tokens.length))) {
      double[] expected = oracle.plain(tokens, false).logits();
      return nmse(ort.forward(tokens), expected);
    }
  }

  /**
   * Judges the logits of the last tokens.
   *
   * @param logits of as many tokens as it holds, up to the last, (positions × vocab)
   * @param arithmetic of what computed them
   * @param kv type of its cache
   * @param referenceNmse as {@link #referenceNmse}, or 0 if it is not known
   */
  public Finding judge(float[] logits, Arithmetic arithmetic, DType kv, double referenceNmse) {
    OracleRun.Output right = oracle.coarse(tokens, arithmetic, kv, false);
    double[] all = right.logits();
    double[] expected = Arrays.copyOfRange(all, all.length - logits.length, all.length);
    Gate gate = Gate.againstOracle(arithmetic, kv, referenceNmse, right.spread());
    return new Finding(nmse(logits, expected), gate);
  }

  private double nmse(float[] got, double[] expected) {
    int vocab = source.config().vocab();
    return Divergence.of(LogitRows.of(got, vocab), LogitRows.of(expected, vocab)).nmse();
  }
}
