package dev.llamark.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamark.format.synthetic.SyntheticSource;
import dev.llamark.oracle.OracleLlama;
import dev.llamark.oracle.OracleProvider;
import dev.llamark.oracle.OracleTapListener;
import dev.llamark.run.ThreadTeam;
import dev.llamark.tensor.DType;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The model that {@code verify} runs when none is given. */
class ProbeTest {

  @Test
  void forty_eight_positions_of_the_probe_are_those_of_the_model_in_double() {
    try (ThreadTeam team = new ThreadTeam(2);
        SyntheticSource probe = SyntheticSource.of("synthetic:probe");
        Llama llama =
            Llama.of(probe.config(), probe.weights(), new OracleProvider().create(team))) {
      int[] tokens = new Random(48).ints(48, 0, probe.config().vocab()).toArray();
      double[] expected =
          new OracleLlama(probe.config(), probe.weights(), team)
              .forward(tokens, OracleTapListener.NONE);
      float[] logits = llama.forward(tokens, llama.newCache(48, DType.F32), Logits.ALL);
      assertThat(Nmse.of(logits, expected)).isLessThan(1e-12);

      KvCache cache = llama.newCache(48, DType.F32);
      for (int t = 0; t < tokens.length; t++) {
        float[] one = llama.forward(new int[] {tokens[t]}, cache, Logits.LAST);
        assertThat(one).isEqualTo(Nmse.row(logits, t, one.length));
      }
    }
  }
}
