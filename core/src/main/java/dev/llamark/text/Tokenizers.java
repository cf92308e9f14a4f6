package dev.llamark.text;

import dev.llamark.format.ModelSource;
import dev.llamark.format.gguf.GgufFile;
import dev.llamark.format.gguf.GgufSource;
import dev.llamark.format.llama2c.Llama2cSource;
import dev.llamark.format.safetensors.HuggingFaceSource;
import dev.llamark.run.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Tokenizers from the files that models come with. Whatever is wrong with a file is one {@link
 * InputException}; no more memory is taken than a few times its size.
 */
public final class Tokenizers {

  /** Ten times the largest that a published model has. */
  private static final long LARGEST_FILE = 256L << 20;

  private Tokenizers() {}

  /** The tokenizer that comes with a model. */
  public static Tokenizer of(ModelSource model) {
    return switch (model) {
      case GgufSource gguf -> of(gguf.file());
      case Llama2cSource llama2c -> beside(llama2c.path());
      case HuggingFaceSource huggingFace -> read(huggingFace.folder());
      default ->
          throw new InputException(
              model.name() + ": a tokenizer must come with the model, but there is none");
    };
  }

  /** A tokenizer from the metadata of a GGUF file ({@code tokenizer.ggml.*}). */
  public static Tokenizer of(GgufFile gguf) {
    return GgufTokenizer.read(gguf);
  }

  /**
   * Reads a file by its name: {@code *.json} of Hugging Face with what lies beside it, {@code
   * *.model} of SentencePiece, {@code *.bin} of llama2.c, {@code *.gguf}; or a folder that holds
   * one of the first two.
   */
  public static Tokenizer read(Path path) {
    if (Files.isDirectory(path)) {
      return read(inFolder(path));
    }
    String name = path.getFileName() == null ? "" : path.getFileName().toString();
    String suffix = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    return switch (suffix) {
      case "json" -> TokenizerJson.read(path.toString(), bytes(path), ends(path));
      case "model" -> SentencePieceModel.read(path.toString(), bytes(path));
      case "bin" -> Llama2cTokenizer.read(path.toString(), bytes(path));
      case "gguf" -> {
        try (GgufFile gguf = GgufFile.open(path)) {
          yield of(gguf);
        }
      }
      default ->
          throw new InputException(
              path + ": a tokenizer's file must end in .json, .model, .bin or .gguf, but does not");
    };
  }

  /**
   * The tokenizer of a llama2.c model: {@code tokenizer.bin} or the only {@code tok*.bin} beside
   * it.
   */
  public static Tokenizer beside(Path model) {
    Path own = model.toAbsolutePath();
    Path folder = own.getParent();
    List<Path> found = list(folder, "tok", ".bin").stream().filter(p -> !p.equals(own)).toList();
    Path plain = folder.resolve("tokenizer.bin");
    if (found.contains(plain)) {
      return read(plain);
    }
    if (found.size() != 1) {
      String names = found.isEmpty() ? "no tok*.bin" : "several: " + names(found);
      throw new InputException(
          "%s: its tokenizer must be tokenizer.bin or the only tok*.bin beside it, but there is %s;"
                  .formatted(model, names)
              + " name one with -z");
    }
    return read(found.getFirst());
  }

  private static Path inFolder(Path folder) {
    for (String name : List.of("tokenizer.json", "tokenizer.model")) {
      Path file = folder.resolve(name);
      if (Files.isRegularFile(file)) {
        return file;
      }
    }
    throw new InputException(
        folder + ": the folder must hold tokenizer.json or tokenizer.model, but holds neither");
  }

  private static EndTokens ends(Path tokenizer) {
    EndTokens ends = EndTokens.UNSAID;
    Optional<JsonDocument> config = sibling(tokenizer, "tokenizer_config.json");
    if (config.isPresent()) {
      ends = ends.withTokenizerConfig(config.get());
    }
    for (String name : List.of("generation_config.json", "config.json")) {
      Optional<JsonDocument> more = sibling(tokenizer, name);
      if (more.isPresent()) {
        ends = ends.withModelConfig(more.get());
      }
    }
    return ends;
  }

  private static Optional<JsonDocument> sibling(Path file, String name) {
    Path sibling = file.resolveSibling(name);
    return Files.isRegularFile(sibling) ? Optional.of(json(sibling)) : Optional.empty();
  }

  private static JsonDocument json(Path path) {
    return JsonDocument.read(path.toString(), bytes(path));
  }

  private static List<Path> list(Path folder, String prefix, String suffix) {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(
              file -> {
                String name = file.getFileName().toString();
                return name.startsWith(prefix) && name.endsWith(suffix);
              })
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new InputException(
          folder + ": the folder cannot be listed (" + e.getMessage() + ")", e);
    }
  }

  private static String names(List<Path> files) {
    return String.join(", ", files.stream().map(file -> file.getFileName().toString()).toList());
  }

  private static byte[] bytes(Path path) {
    if (!Files.isRegularFile(path)) {
      throw new InputException(path + ": the tokenizer's file must exist, but does not");
    }
    try {
      long size = Files.size(path);
      if (size > LARGEST_FILE) {
        throw new InputException(
            "%s: a tokenizer's file must be at most %d bytes, but is %d"
                .formatted(path, LARGEST_FILE, size));
      }
      return Files.readAllBytes(path);
    } catch (IOException e) {
      throw new InputException(path + ": the file cannot be read (" + e.getMessage() + ")", e);
    }
  }
}
