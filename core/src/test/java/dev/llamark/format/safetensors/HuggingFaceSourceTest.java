package dev.llamark.format.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamark.format.ModelSource;
import dev.llamark.format.ModelSources;
import dev.llamark.format.TinyModel;
import dev.llamark.rope.Pairing;
import dev.llamark.rope.RopeScaling;
import dev.llamark.run.InputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HuggingFaceSourceTest {

  private static final String ALL = "";

  @TempDir Path folder;
  private final TinyModel model = new TinyModel();

  private void write(String name, byte[] bytes) {
    try {
      Files.write(folder.resolve(name), bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ModelSource open(String config) {
    write("config.json", config.getBytes());
    return ModelSources.open(folder.toString());
  }

  private ModelSource openWith(String moreKeys) {
    write("model.safetensors", model.safetensors(ALL));
    return open(TinyModel.huggingFaceConfig("llama", moreKeys));
  }

  private void refused(String config, String file, String part) {
    assertThatThrownBy(() -> open(config))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(folder.resolve(file) + ": ")
        .hasMessageContaining(part)
        .hasMessageNotContaining("\n");
  }

  @Test
  void readsShapeAndWeightsOfOneFile() {
    try (ModelSource source = openWith("")) {
      model.assertSame(source.weights());
      assertThat(source.weights().tied()).isFalse();
      assertThat(source.config().pairing()).isEqualTo(Pairing.HALVES);
      assertThat(source.config().theta()).isEqualTo(10000);
      assertThat(source.config().context()).isEqualTo(16);
      assertThat(source.config().scaling()).isEqualTo(new RopeScaling.None());
      assertThat(source.name()).isEqualTo(folder.getFileName().toString());
      assertThat(source.locate(source.weights().output().data()).orElseThrow().length())
          .isEqualTo(4 * 10 * 8);
    }
  }

  @Test
  void readsIndexedFiles() {
    write("a.safetensors", model.safetensors("token", "blk.0"));
    write("b.safetensors", model.safetensors("blk.1", "output"));
    String index =
        """
        {"metadata": {}, "weight_map": {"model.embed_tokens.weight": "a.safetensors",
         "lm_head.weight": "b.safetensors"}}""";
    write("model.safetensors.index.json", index.getBytes());
    String config = TinyModel.huggingFaceConfig("mistral", "");
    try (ModelSource source = open(config)) {
      model.assertSame(source.weights());
    }
    write(
        "model.safetensors.index.json",
        "{\"weight_map\": {\"x\": \"../b.safetensors\"}}".getBytes());
    refused(
        config,
        "model.safetensors.index.json",
        "must be a plain name, but is \"../b.safetensors\"");
    write(
        "model.safetensors.index.json", "{\"weight_map\": {\"x\": \"b.safetensors\"}}".getBytes());
    refused(config, "model.safetensors.index.json", "tensor 'x' is not in \"b.safetensors\"");
  }

  @Test
  void tiesTheOutputWhenTheConfigurationSaysSo() {
    try (ModelSource source = openWith(", \"tie_word_embeddings\": true")) {
      assertThat(source.weights().tied()).isTrue();
    }
    model.remove("output.weight");
    write("model.safetensors", model.safetensors(ALL));
    assertThatThrownBy(() -> open(TinyModel.huggingFaceConfig("llama", "")))
        .hasMessage(folder + ": tensor 'lm_head.weight' is missing");
  }

  @Test
  void readsScalingsInAllSpellings() {
    assertScaling(", \"rope_scaling\": null", new RopeScaling.None());
    assertScaling(
        ", \"rope_scaling\": {\"type\": \"linear\", \"factor\": 4}", new RopeScaling.Linear(4));
    String llama3 =
        """
        {"rope_type": "llama3", "factor": 8, "low_freq_factor": 1, "high_freq_factor": 4,
         "original_max_position_embeddings": 8192, "rope_theta": 500000}""";
    assertScaling(", \"rope_scaling\": " + llama3, new RopeScaling.Llama3(8, 1, 4, 8192));
    assertScaling(", \"rope_parameters\": " + llama3, new RopeScaling.Llama3(8, 1, 4, 8192));
    try (ModelSource source = openWith(", \"rope_parameters\": " + llama3)) {
      assertThat(source.config().theta()).isEqualTo(500000);
    }
    try (ModelSource source = openWith(", \"rope_theta\": 1e6")) {
      assertThat(source.config().theta()).isEqualTo(1e6);
    }
  }

  @Test
  void readsScalingsThatDependOnTheOriginalContext() {
    assertScaling(
        ", \"rope_scaling\": {\"type\": \"dynamic\", \"factor\": 2}",
        new RopeScaling.Dynamic(2, 16));
    assertScaling(
        ", \"rope_scaling\": {\"rope_type\": \"yarn\", \"factor\": 4,"
            + " \"original_max_position_embeddings\": 8, \"beta_slow\": 2}",
        new RopeScaling.Yarn(4, 8, 32, 2, true, 0.1 * Math.log(4) + 1));
    assertScaling(
        ", \"rope_scaling\": {\"rope_type\": \"yarn\", \"factor\": 4, \"truncate\": false,"
            + " \"mscale\": 0.5, \"mscale_all_dim\": 2}",
        new RopeScaling.Yarn(
            4, 16, 32, 1, false, (0.05 * Math.log(4) + 1) / (0.2 * Math.log(4) + 1)));
    assertScaling(
        ", \"original_max_position_embeddings\": 4, \"rope_scaling\": {\"type\": \"su\","
            + " \"short_factor\": [1], \"long_factor\": [3.5]}",
        new RopeScaling.LongRope(List.of(1.0), List.of(3.5), 4, Math.sqrt(2)));
    write("model.safetensors", model.safetensors(ALL));
    refused(
        TinyModel.huggingFaceConfig(
            "llama",
            ", \"rope_scaling\": {\"type\": \"longrope\", \"short_factor\": [1, 1],"
                + " \"long_factor\": [3.5]}"),
        "config.json",
        "'rope_scaling.short_factor' must be 1 positive numbers, one per rotated pair, but is"
            + " [1,1]");
  }

  @Test
  void aScalingStretchesTheContextOfTheTraining() {
    String dynamic = ", \"rope_scaling\": {\"type\": \"dynamic\", \"factor\": 2}";
    try (ModelSource source = openWith(dynamic)) {
      assertThat(source.config().context()).isEqualTo(32);
    }
    String yarn =
        ", \"rope_scaling\": {\"type\": \"yarn\", \"factor\": 4,"
            + " \"original_max_position_embeddings\": 4}";
    try (ModelSource source = openWith(yarn)) {
      assertThat(source.config().context()).isEqualTo(16);
    }
  }

  private void assertScaling(String keys, RopeScaling expected) {
    try (ModelSource source = openWith(keys)) {
      assertThat(source.config().scaling()).isEqualTo(expected);
    }
  }

  @Test
  void aSlidingWindowLimitsTheContextWhereItIsUsed() {
    try (ModelSource source = openWith(", \"sliding_window\": 5")) {
      assertThat(source.config().context()).isEqualTo(5);
    }
    try (ModelSource source = openWith(", \"sliding_window\": 5, \"use_sliding_window\": false")) {
      assertThat(source.config().context()).isEqualTo(16);
    }
  }

  @Test
  void refusesConfigurationsByKey() {
    write("model.safetensors", model.safetensors(ALL));
    refused(
        TinyModel.huggingFaceConfig("gpt_neox", ""),
        "config.json",
        "'model_type' must be one of llama mistral qwen2 qwen3 phi3 smollm, but is 'gpt_neox'");
    refused("{}", "config.json", "'model_type' is missing");
    refused("[]", "config.json", "must hold a JSON object");
    refused("{\"model_type\": \"llama\"}", "config.json", "'hidden_size' is missing");
    refused(
        TinyModel.huggingFaceConfig("llama", ", \"head_dim\": -1"),
        "config.json",
        "'head_dim' must be a whole number from 1 to 2^31 - 1, but is -1");
    refused(
        TinyModel.huggingFaceConfig("llama", ", \"vocab_size\": 10"),
        "config.json",
        "is no sound JSON: Duplicate field 'vocab_size'");
    refused(
        TinyModel.huggingFaceConfig("llama", ", \"x\": " + "[".repeat(5000)),
        "config.json",
        "is no sound JSON: Document nesting depth");
    refused(
        TinyModel.huggingFaceConfig("llama", ", \"quantization_config\": {\"bits\": 4}"),
        "config.json",
        "'quantization_config' must be absent");
    refused(
        TinyModel.huggingFaceConfig("llama", ", \"rope_scaling\": {\"type\": \"magic\"}"),
        "config.json",
        "'rope_scaling.type' must be one of");
  }
}
