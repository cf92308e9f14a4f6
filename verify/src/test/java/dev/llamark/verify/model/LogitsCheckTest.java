package dev.llamark.verify.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamark.format.ModelSource;
import dev.llamark.format.ModelSources;
import dev.llamark.kernel.Arithmetic;
import dev.llamark.model.LlamaConfig;
import dev.llamark.oracle.OracleLlama;
import dev.llamark.oracle.OracleTapListener;
import dev.llamark.run.ThreadTeam;
import dev.llamark.tensor.DType;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class LogitsCheckTest {

  private static final int[] TOKENS = {3, 1, 4, 1, 5, 9};

  /** Positions judged: the last three. */
  private static final int LAST = 3;

  private static float[] logits(ModelSource source, LlamaConfig config, ThreadTeam team) {
    double[] all =
        new OracleLlama(config, source.weights(), team).forward(TOKENS, OracleTapListener.NONE);
    float[] last = new float[LAST * config.vocab()];
    for (int i = 0; i < last.length; i++) {
      last[i] = (float) all[all.length - last.length + i];
    }
    return last;
  }

  private static LlamaConfig withEpsilon(LlamaConfig c, float epsilon) {
    return new LlamaConfig(
        c.architecture(),
        c.hidden(),
        c.ffn(),
        c.layers(),
        c.heads(),
        c.kvHeads(),
        c.headDim(),
        c.vocab(),
        c.context(),
        c.rotaryDim(),
        c.theta(),
        epsilon,
        c.scaling(),
        c.pairing());
  }

  @Test
  void roundedLogitsOfTheModelAreRightAndThoseOfAnotherEpsilonAreNot() {
    try (ModelSource source = ModelSources.open("synthetic:probe");
        ThreadTeam team = new ThreadTeam(2)) {
      LogitsCheck check = new LogitsCheck(source, TOKENS, team);
      double reference = check.referenceNmse();
      assertThat(reference).isBetween(1e-16, 1e-11);
      float[] right = logits(source, source.config(), team);
      assertThat(check.judge(right, Arithmetic.FLOAT, DType.F32, reference).right()).isTrue();
      float[] wrong = logits(source, withEpsilon(source.config(), 1e-6f), team);
      assertThat(check.judge(wrong, Arithmetic.FLOAT, DType.F32, reference).right()).isFalse();
      float[] broken = right.clone();
      Arrays.fill(broken, broken.length - source.config().vocab(), broken.length, Float.NaN);
      assertThat(check.judge(broken, Arithmetic.FLOAT, DType.F32, reference).right()).isFalse();
    }
  }

  @Test
  void aFloatCacheIsNotExcusedByTheGateOfHalves() {
    try (ModelSource source = ModelSources.open("synthetic:probe");
        ThreadTeam team = new ThreadTeam(2)) {
      LogitsCheck check = new LogitsCheck(source, TOKENS, team);
      float[] right = logits(source, source.config(), team);
      LogitsCheck.Finding halves = check.judge(right, Arithmetic.FLOAT, DType.F16, 0);
      assertThat(halves.nmse()).isGreaterThan(1e-9);
      assertThat(halves.gate().nmse()).isEqualTo(1e-6);
    }
  }
}
