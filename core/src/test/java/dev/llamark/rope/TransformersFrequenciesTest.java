package dev.llamark.rope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The frequencies that the tests of Hugging Face Transformers expect. */
@Tag("external")
class TransformersFrequenciesTest {

  private static final Path FILE =
      Path.of(System.getProperty("llamark.data", "."), "rope-scaling", "expected_inv_freq.json");
  private static final double THETA = 1e4;
  private static final int HEAD_DIM = 128;
  private static final int CONTEXT = 2048;

  private static JsonNode cases;

  @BeforeAll
  static void read() throws IOException {
    cases = new ObjectMapper().readTree(FILE.toFile()).get("cases");
  }

  @Test
  void defaults() {
    assertFrequencies(
        new RopeScaling.None().inverseFrequencies(THETA, HEAD_DIM), expected("default"));
  }

  @ParameterizedTest
  @ValueSource(doubles = {2, 10, 20})
  void linear(double factor) {
    assertFrequencies(
        new RopeScaling.Linear(factor).inverseFrequencies(THETA, HEAD_DIM),
        divided(Collections.nCopies(64, factor)));
  }

  @Test
  void dynamic() {
    RopeScaling scaling = new RopeScaling.Dynamic(10, CONTEXT);
    assertFrequencies(scaling.inverseFrequencies(THETA, HEAD_DIM, 16_384), expected("dynamic"));
    assertFrequencies(scaling.inverseFrequencies(THETA, HEAD_DIM, 1), expected("default"));
    assertFrequencies(scaling.inverseFrequencies(THETA, HEAD_DIM, CONTEXT), expected("default"));
  }

  @Test
  void yarn() {
    RopeScaling scaling = RopeScaling.Yarn.of(10, CONTEXT);
    assertFrequencies(scaling.inverseFrequencies(THETA, HEAD_DIM), expected("yarn"));
    assertThat(scaling.attentionFactor()).isEqualTo(0.1 * Math.log(10) + 1);
  }

  @Test
  void yarnWithLateRamp() {
    double[] frequencies =
        new RopeScaling.Yarn(10, CONTEXT, 1000, 1, true, 1).inverseFrequencies(THETA, HEAD_DIM);
    double[] plain = expected("default");
    for (int j = 1; j < 64; j++) {
      assertThat(frequencies[j]).isLessThan(plain[j]);
    }
    for (int j = 44; j < 64; j++) {
      assertThat(frequencies[j]).isCloseTo(plain[j] / 10, within(plain[j] / 10 * 1e-4));
    }
  }

  @Test
  void llama3() {
    assertFrequencies(
        new RopeScaling.Llama3(10, 1, 4, CONTEXT).inverseFrequencies(THETA, HEAD_DIM),
        expected("llama3"));
  }

  @ParameterizedTest
  @ValueSource(doubles = {2, 10, 20})
  void longRope(double factor) {
    List<Double> shortFactors = Collections.nCopies(64, 2.0);
    List<Double> longFactors = IntStream.rangeClosed(1, 64).mapToObj(j -> (double) j).toList();
    RopeScaling scaling =
        new RopeScaling.LongRope(
            shortFactors, longFactors, CONTEXT, RopeScaling.LongRope.magnitude(factor, CONTEXT));
    assertFrequencies(scaling.inverseFrequencies(THETA, HEAD_DIM, 1), divided(shortFactors));
    assertFrequencies(
        scaling.inverseFrequencies(THETA, HEAD_DIM, CONTEXT + 1), divided(longFactors));
    assertThat(scaling.attentionFactor())
        .isCloseTo(Math.sqrt(1 + Math.log(factor) / Math.log(CONTEXT)), within(1e-12));
  }

  private static double[] divided(List<Double> divisors) {
    double[] frequencies = expected("default");
    for (int j = 0; j < frequencies.length; j++) {
      frequencies[j] /= divisors.get(j);
    }
    return frequencies;
  }

  private static double[] expected(String type) {
    for (JsonNode example : cases) {
      if (example.get("rope_type").asText().equals(type) && example.has("inv_freq")) {
        JsonNode values = example.get("inv_freq");
        return IntStream.range(0, values.size())
            .mapToDouble(j -> values.get(j).asDouble())
            .toArray();
      }
    }
    throw new AssertionError("no case " + type);
  }

  private static void assertFrequencies(double[] actual, double[] expected) {
    assertThat(actual).hasSize(64).hasSameSizeAs(expected);
    for (int j = 0; j < expected.length; j++) {
      assertThat(actual[j]).as("pair %d", j).isCloseTo(expected[j], within(expected[j] * 1e-4));
    }
  }
}
