package dev.llamark.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamark.run.InputException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelSourcesTest {

  @TempDir Path folder;

  @Test
  void opensSyntheticModels() {
    try (ModelSource source = ModelSources.open("synthetic:probe")) {
      assertThat(source.config().hidden()).isEqualTo(198);
    }
  }

  @Test
  void refusesWhatIsNoModelInOneSentence() throws Exception {
    Path text = Files.writeString(folder.resolve("hostname"), "box\n");
    refused(text.toString(), ": expected a GGUF file, a Hugging Face folder, a llama2.c file");
    refused(folder.resolve("none.gguf").toString(), ": no such file");
    refused(folder.toString(), ": expected a Hugging Face folder, but there is no config.json");
    Path shard = Files.write(folder.resolve("model.safetensors"), new byte[8]);
    refused(shard.toString(), ": expected the folder that holds this file and its config.json");
    Path empty = Files.write(folder.resolve("empty.gguf"), new byte[0]);
    refused(empty.toString(), ": expected a GGUF file");
    assertThatThrownBy(() -> ModelSources.open("a\0b"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("is not a path");
  }

  private static void refused(String spec, String part) {
    assertThatThrownBy(() -> ModelSources.open(spec))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(spec + part)
        .hasMessageNotContaining("\n");
  }
}
