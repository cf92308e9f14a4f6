package dev.llamark.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PresetsTest {

  /** Parameter counts as the models' publishers state them. */
  @ParameterizedTest
  @CsvSource({
    "stories15m, 15191712",
    "smollm2-135m, 134515008",
    "smollm2-360m, 361821120",
    "tinyllama-1.1b, 1100048384",
    "llama-3.2-1b, 1235814400",
    "llama-3.2-3b, 3212749824",
    "llama-2-7b, 6738415616",
    "llama-3.1-8b, 8030261248",
    "llama-3.1-70b, 70553706496",
    "mistral-7b, 7248023552",
    "phi-3.5-mini, 3821079552",
    "phi-4-mini, 3836021760",
    "yarn-llama-2-7b-64k, 6738415616",
    "qwen2.5-0.5b, 494032768",
    "qwen3-0.6b, 596049920"
  })
  void publishedModelsHaveTheirPublishedSize(String name, long parameters) {
    assertThat(Presets.of(name).parameters()).isEqualTo(parameters);
  }
}
