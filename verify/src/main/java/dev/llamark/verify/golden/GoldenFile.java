package dev.llamark.verify.golden;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.llamark.run.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** A {@link Golden} as a file of JSON, a position or a step a line. */
public final class GoldenFile {

  private static final long MAX_BYTES = 256L << 20;
  private static final int MAX_DEPTH = 16;
  private static final int MAX_NAME = 64;

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_DEPTH)
                          .maxNameLength(MAX_NAME)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private GoldenFile() {}

  /**
   * Writes a file: it appears whole or not at all.
   *
   * @throws InputException if it cannot be written
   */
  public static void write(Golden golden, Path file) {
    String json = GoldenJson.text(golden);
    Path folder = file.toAbsolutePath().getParent();
    try {
      Files.createDirectories(folder);
      long process = ProcessHandle.current().pid();
      Path part = folder.resolve(".%s.%d.part".formatted(file.getFileName(), process));
      try {
        Files.writeString(part, json);
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(part);
      }
    } catch (IOException e) {
      throw new InputException("cannot write the golden file '%s': %s".formatted(file, e), e);
    }
  }

  /**
   * Reads a file.
   *
   * @throws InputException if it cannot be read, or a value is not what it must be; it is named
   */
  public static Golden read(Path file) {
    return new GoldenReader(file, parse(file)).golden();
  }

  private static JsonNode parse(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new InputException("--golden: there is no file '%s'".formatted(file));
    }
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new InputException(
            "%s: a golden file must have at most %d bytes, but has %d"
                .formatted(file, MAX_BYTES, Files.size(file)));
      }
      return MAPPER.readTree(Files.readAllBytes(file));
    } catch (JsonProcessingException e) {
      String problem =
          e.getOriginalMessage()
              .replaceAll("\\p{Cntrl}", " ")
              .replaceAll(" \\(start marker .*", "");
      throw new InputException("%s: is no sound JSON: %s".formatted(file, problem), e);
    } catch (IOException e) {
      throw new InputException("%s: cannot be read: %s".formatted(file, e), e);
    }
  }
}
