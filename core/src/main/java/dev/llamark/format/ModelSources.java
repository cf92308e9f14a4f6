package dev.llamark.format;

import dev.llamark.format.gguf.GgufFile;
import dev.llamark.format.gguf.GgufSource;
import dev.llamark.run.InputException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
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
   * @param spec a GGUF file
   * @throws InputException where there is no such model: one sentence with file, key and value
   */
  public static ModelSource open(String spec) {
    MappedFile file = MappedFile.open(path(spec));
    if (file.size() >= 4 && file.bytes().get(INT, 0) == GgufFile.MAGIC) {
      return GgufSource.of(GgufFile.of(file));
    }
    file.close();
    throw new InputException(spec + ": expected a GGUF file");
  }

  private static Path path(String spec) {
    try {
      return Path.of(spec);
    } catch (InvalidPathException e) {
      throw new InputException("'" + spec + "' is not a path: " + e.getReason(), e);
    }
  }
}
