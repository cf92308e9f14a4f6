package dev.llamark.bench.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamark.format.ModelSource;
import dev.llamark.format.ModelSources;
import dev.llamark.oracle.OracleLlama;
import dev.llamark.oracle.OracleTapListener;
import dev.llamark.run.ThreadTeam;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelBenchmarkTest {

  private static final String MODEL = "synthetic:probe";
  private static final int DEPTH = 5;
  private static final int TOKENS = 3;

  private static ModelBenchmark open(String variant, String kv) {
    ModelBenchmark benchmark = new ModelBenchmark();
    benchmark.model = MODEL;
    benchmark.variant = variant;
    benchmark.threads = 2;
    benchmark.tokens = TOKENS;
    benchmark.depth = DEPTH;
    benchmark.kv = kv;
    benchmark.open();
    return benchmark;
  }

  /** Logits of the last token of the sequence that the tests run, in double. */
  private static double[] expected() {
    try (ModelSource source = ModelSources.open(MODEL);
        ThreadTeam team = new ThreadTeam(2)) {
      double[] all =
          new OracleLlama(source.config(), source.weights(), team)
              .forward(ModelBenchmark.sequence(source, DEPTH + TOKENS), OracleTapListener.NONE);
      int vocab = source.config().vocab();
      return java.util.Arrays.copyOfRange(all, all.length - vocab, all.length);
    }
  }

  private static double nmse(float[] got, double[] expected) {
    double error = 0;
    double square = 0;
    for (int i = 0; i < expected.length; i++) {
      error += Math.pow(got[i] - expected[i], 2);
      square += expected[i] * expected[i];
    }
    return error / square;
  }

  @ParameterizedTest
  @ValueSource(strings = {"scalar", "vector", "ort"})
  void bothTestsBeginAtTheirDepthHoweverOftenTheyRun(String variant) {
    double[] expected = expected();
    ModelBenchmark benchmark = open(variant, "f32");
    assertThat(nmse(benchmark.prompt(), expected)).isLessThan(1e-11);
    assertThat(nmse(benchmark.generate(), expected)).isLessThan(1e-11);
    assertThat(nmse(benchmark.prompt(), expected)).isLessThan(1e-11);
    benchmark.close();
  }

  @Test
  void aCacheOfHalvesIsJudgedByItsOwnGate() {
    ModelBenchmark benchmark = open("scalar", "f16");
    assertThat(nmse(benchmark.generate(), expected())).isBetween(1e-9, 1e-2);
    benchmark.close();
  }

  @Test
  void wrongVariantIsRefusedBeforeItIsTimed() {
    assertThatThrownBy(() -> open("faulty", "f32"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("faulty is wrong: NMSE of the logits");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void peakMemoryIsTakenBeforeTheCheckNeedsItsOwn() {
    PrintStream usual = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    try {
      assertThatThrownBy(() -> open("faulty", "f32")).isInstanceOf(IllegalStateException.class);
    } finally {
      System.setOut(usual);
    }
    assertThat(out.toString(StandardCharsets.UTF_8))
        .containsSubsequence("model loaded in", "peak memory", "faulty is wrong");
  }
}
