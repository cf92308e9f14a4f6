package dev.llamark.verify;

import dev.llamark.run.InputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Golden files: what was right once, to be held against what comes later. */
final class GoldenOptions {

  @Option(
      names = "--save-golden",
      paramLabel = "FILE",
      description = {
        "After the comparison, write what the variants that passed computed: token ids, top-10"
            + " logits, checksums and norms of every step."
      })
  private Path save;

  @Option(
      names = "--golden",
      paramLabel = "FILE",
      description = {
        "Compare with such a file in place of ONNX Runtime, which is then not needed; the file"
            + " brings the tokens. --strict demands the same bits of the same variant, width, JDK"
            + " and CPU."
      })
  private Path golden;

  Optional<Path> save() {
    if (save != null && Files.isDirectory(save)) {
      throw new InputException(
          "--save-golden must be a file, but '%s' is a folder".formatted(save));
    }
    return Optional.ofNullable(save);
  }

  /** The file to compare with. */
  Optional<Path> golden() {
    if (golden != null && save != null) {
      throw new InputException("--golden and --save-golden exclude each other");
    }
    return Optional.ofNullable(golden);
  }
}
