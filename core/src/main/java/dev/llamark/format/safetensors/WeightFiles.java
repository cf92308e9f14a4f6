package dev.llamark.format.safetensors;

import com.fasterxml.jackson.databind.JsonNode;
import dev.llamark.format.FileRange;
import dev.llamark.format.Tensor;
import dev.llamark.run.InputException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeSet;

/** All weights of a Hugging Face folder: one file, or those that an index lists. */
final class WeightFiles implements AutoCloseable {

  private static final String SINGLE = "model.safetensors";
  private static final String INDEX = "model.safetensors.index.json";
  private static final int MAX_FILES = 1000;

  private final List<SafetensorsFile> files = new ArrayList<>();
  private final SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();

  private WeightFiles() {}

  static WeightFiles open(Path folder) {
    WeightFiles weights = new WeightFiles();
    try {
      if (Files.exists(folder.resolve(SINGLE))) {
        weights.add(folder.resolve(SINGLE));
      } else if (Files.exists(folder.resolve(INDEX))) {
        weights.addIndexed(folder, folder.resolve(INDEX));
      } else {
        throw new InputException(
            "%s: expected %s or %s beside config.json".formatted(folder, SINGLE, INDEX));
      }
      return weights;
    } catch (RuntimeException e) {
      weights.close();
      throw e;
    }
  }

  private void add(Path path) {
    SafetensorsFile file = SafetensorsFile.open(path);
    files.add(file);
    for (Map.Entry<String, Tensor> entry : file.tensors().entrySet()) {
      if (tensors.putIfAbsent(entry.getKey(), entry.getValue()) != null) {
        throw new InputException(
            "%s: tensor '%s' is in another file of the folder, too"
                .formatted(path, entry.getKey()));
      }
    }
  }

  private void addIndexed(Path folder, Path index) {
    JsonNode map = JsonFile.read(index).path("weight_map");
    if (!map.isObject()) {
      throw new InputException(index + ": 'weight_map' must be an object");
    }
    TreeSet<String> names = new TreeSet<>();
    map.forEach(file -> names.add(requirePlain(index, file)));
    if (names.size() > MAX_FILES) {
      throw new InputException(
          "%s: must list at most %d files, but lists %d".formatted(index, MAX_FILES, names.size()));
    }
    names.forEach(name -> add(folder.resolve(name)));
    for (Map.Entry<String, JsonNode> entry : map.properties()) {
      if (!tensors.containsKey(entry.getKey())) {
        throw new InputException(
            "%s: tensor '%s' is not in %s, where the index has it"
                .formatted(index, entry.getKey().replaceAll("\\p{Cntrl}", "?"), entry.getValue()));
      }
    }
  }

  /** Only names of files in the folder itself: an index must not reach beyond it. */
  private static String requirePlain(Path index, JsonNode file) {
    String name = file.isTextual() ? file.textValue() : "";
    if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,200}")) {
      String shown = file.toString();
      throw new InputException(
          "%s: a file of 'weight_map' must be a plain name, but is %s"
              .formatted(index, shown.length() > 80 ? shown.substring(0, 80) + "…" : shown));
    }
    return name;
  }

  int count() {
    return files.size();
  }

  long bytes() {
    return files.stream().mapToLong(file -> file.mapping().size()).sum();
  }

  SequencedMap<String, Tensor> tensors() {
    return tensors;
  }

  Optional<FileRange> locate(MemorySegment data) {
    return files.stream().flatMap(file -> file.mapping().locate(data).stream()).findFirst();
  }

  @Override
  public void close() {
    files.forEach(SafetensorsFile::close);
  }
}
