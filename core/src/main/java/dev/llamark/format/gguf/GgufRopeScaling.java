package dev.llamark.format.gguf;

import dev.llamark.format.WeightReader;
import dev.llamark.rope.RopeScaling;
import dev.llamark.run.InputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads how a GGUF file scales its rotary frequencies: by keys, by factors in a tensor, or not. */
final class GgufRopeScaling {

  private static final String FACTORS = "rope_freqs.weight";

  private final String file;
  private final GgufMetadata metadata;
  private final String prefix;
  private final WeightReader weights;

  GgufRopeScaling(GgufFile file, String architecture, WeightReader weights) {
    this.file = file.path().toString();
    this.metadata = file.metadata();
    this.prefix = architecture + ".rope.";
    this.weights = weights;
  }

  RopeScaling read(int rotaryDim, int context) {
    String key = prefix + "scaling.type";
    Optional<String> type = metadata.findText(key);
    if (weights.has(FACTORS)) {
      requireUnscaled(type.orElse("none"), key);
      return new RopeScaling.PerPair(factors(FACTORS, rotaryDim));
    }
    return switch (type.orElse(legacyFactor() > 1 ? "linear" : "none")) {
      case "none" -> new RopeScaling.None();
      case "linear" -> linear();
      case String other ->
          throw new InputException(
              "%s: metadata '%s' must be one of none linear, but is '%s'"
                  .formatted(file, key, other.replaceAll("\\p{Cntrl}", "?")));
    };
  }

  private void requireUnscaled(String type, String key) {
    if (!type.equals("none")) {
      throw new InputException(
          "%s: metadata '%s' must be none beside tensor '%s', but is '%s'"
              .formatted(file, key, FACTORS, type.replaceAll("\\p{Cntrl}", "?")));
    }
  }

  private RopeScaling linear() {
    double factor =
        metadata.findReal(prefix + "scaling.factor").orElse(Math.max(1, legacyFactor()));
    requirePositive(prefix + "scaling.factor", factor);
    return new RopeScaling.Linear(factor);
  }

  /** The key of files from before the scaling had a type. */
  private double legacyFactor() {
    return metadata.findReal(prefix + "scale_linear").orElse(1);
  }

  private List<Double> factors(String tensor, int rotaryDim) {
    List<Double> factors = new ArrayList<>();
    for (float factor : weights.vector(tensor, rotaryDim / 2)) {
      requirePositive("tensor '" + tensor + "'", factor);
      factors.add((double) factor);
    }
    return factors;
  }

  private void requirePositive(String what, double factor) {
    if (!(factor > 0 && Double.isFinite(factor))) {
      throw new InputException(
          "%s: %s must be positive and finite, but is %s".formatted(file, what, factor));
    }
  }
}
