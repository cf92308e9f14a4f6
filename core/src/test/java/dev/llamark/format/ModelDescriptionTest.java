package dev.llamark.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamark.format.gguf.GgufWriter;
import dev.llamark.tensor.DType;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelDescriptionTest {

  private static final long MATRICES = 2 * 80 + 2 * (64 + 32 + 32 + 64 + 3 * 96);
  private static final long VECTORS = 2 * 2 * 8 + 8;

  @TempDir Path folder;
  private final TinyModel model = new TinyModel();

  @Test
  void tellsWhatAGgufFileHolds() throws Exception {
    Path path = folder.resolve("tiny.gguf");
    GgufWriter writer =
        TinyModel.ggufShape("llama")
            .text("tokenizer.ggml.model", "llama")
            .texts("tokenizer.ggml.tokens", TinyModel.tokens());
    model.addTo(writer).write(path);
    try (ModelSource source = ModelSources.open(path.toString())) {
      ModelDescription description = source.description();
      assertThat(description.format()).isEqualTo("GGUF v3");
      assertThat(description.bytes()).isEqualTo(Files.size(path));
      assertThat(description.tokenizer()).isEqualTo("llama, 10 tokens in the file");
      assertThat(description.parameters()).isEqualTo(MATRICES + VECTORS);
      assertThat(description.types())
          .containsExactly(
              new ModelDescription.TypeShare(
                  DType.F32, 21, MATRICES + VECTORS, 4 * (MATRICES + VECTORS)));
      assertThat(description.tensors().getFirst())
          .isEqualTo(new ModelDescription.Entry("token_embd.weight", DType.F32, "10 x 8", 80, 320));
      assertThat(description.metadata())
          .containsEntry("llama.context_length", "16")
          .containsEntry(
              "tokenizer.ggml.tokens", "[token0, token1, token2, token3, token4, token5, … 10]");
    }
  }

  @Test
  void tellsWhatAHuggingFaceFolderHolds() throws Exception {
    Files.writeString(folder.resolve("config.json"), TinyModel.huggingFaceConfig("llama", ""));
    Files.write(folder.resolve("model.safetensors"), model.safetensors(""));
    Files.writeString(folder.resolve("tokenizer.json"), "{}");
    try (ModelSource source = ModelSources.open(folder.toString())) {
      ModelDescription description = source.description();
      assertThat(description.format()).isEqualTo("Hugging Face folder, 1 safetensors");
      assertThat(description.tokenizer()).isEqualTo("tokenizer.json");
      assertThat(description.tensors()).hasSize(21);
      assertThat(description.metadata()).containsEntry("model_type", "\"llama\"");
    }
  }

  @Test
  void tellsWhatALlama2cFileHolds() throws Exception {
    Path path = Files.write(folder.resolve("tiny.bin"), model.llama2c(true));
    try (ModelSource source = ModelSources.open(path.toString())) {
      ModelDescription description = source.description();
      assertThat(description.format()).isEqualTo("llama2.c, version 0");
      assertThat(description.tensors()).hasSize(20);
      assertThat(description.types().getFirst().elements()).isEqualTo(source.parameters());
    }
  }

  @Test
  void describesSyntheticModelsWithoutMakingTheirWeights() {
    try (ModelSource source = ModelSources.open("synthetic:llama-3.2-1b")) {
      assertThat(source.description().tensors()).isEmpty();
      assertThat(source.description().parameters()).isEqualTo(source.parameters());
    }
  }
}
