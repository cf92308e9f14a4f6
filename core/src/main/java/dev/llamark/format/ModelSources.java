package dev.llamark.format;

import dev.llamark.format.gguf.GgufFile;
import dev.llamark.format.gguf.GgufSource;
import dev.llamark.format.llama2c.Llama2cSource;
import dev.llamark.format.safetensors.HuggingFaceSource;
import dev.llamark.format.synthetic.SyntheticSource;
import dev.llamark.run.InputException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Opens a model as a person names it. */
public final class ModelSources {

  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private ModelSources() {}

  /**
   * Opens a model.
   *
   * @param spec a GGUF file, a Hugging Face folder, a llama2.c file ({@code *.bin}), or {@code
   *     synthetic:SHAPE}
   * @throws InputException where there is no such model: one sentence with file, key and value
   */
  public static ModelSource open(String spec) {
    if (spec.isBlank()) {
      throw new InputException("the model has no name: give a file, a folder or synthetic:SHAPE");
    }
    if (SyntheticSource.matches(spec)) {
      return SyntheticSource.of(spec);
    }
    Path path = path(spec);
    if (Files.isDirectory(path)) {
      return openFolder(path);
    }
    MappedFile file = MappedFile.open(path);
    if (file.size() >= 4 && file.bytes().get(INT, 0) == GgufFile.MAGIC) {
      return GgufSource.of(GgufFile.of(file));
    }
    if (spec.endsWith(".bin")) {
      return Llama2cSource.of(file);
    }
    file.close();
    throw new InputException(spec + ": " + remedy(spec));
  }

  private static ModelSource openFolder(Path folder) {
    if (HuggingFaceSource.matches(folder)) {
      return HuggingFaceSource.open(folder);
    }
    throw new InputException(
        folder + ": expected a Hugging Face folder, but there is no config.json in it");
  }

  private static String remedy(String spec) {
    return spec.endsWith(".safetensors")
        ? "expected the folder that holds this file and its config.json"
        : "expected a GGUF file, a Hugging Face folder, a llama2.c file (*.bin) or"
            + " synthetic:SHAPE, but it is none of these";
  }

  private static Path path(String spec) {
    try {
      return Path.of(spec);
    } catch (InvalidPathException e) {
      throw new InputException("'" + spec + "' is not a path: " + e.getReason(), e);
    }
  }
}
