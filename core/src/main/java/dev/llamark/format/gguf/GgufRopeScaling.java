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
  private static final String SHORT_FACTORS = "rope_factors_short.weight";
  private static final String LONG_FACTORS = "rope_factors_long.weight";
  private static final double YARN_BETA_FAST = 32;
  private static final double YARN_BETA_SLOW = 1;

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

  /**
   * The scaling.
   *
   * @param rotaryDim rotated elements of a head
   * @param context for which the file says the model is made
   */
  RopeScaling read(int rotaryDim, int context) {
    String key = prefix + "scaling.type";
    Optional<String> type = metadata.findText(key);
    if (weights.has(LONG_FACTORS) || weights.has(SHORT_FACTORS)) {
      require(type.orElse("longrope"), "longrope", key, LONG_FACTORS);
      return longRope(rotaryDim, context);
    }
    if (weights.has(FACTORS)) {
      require(type.orElse("none"), "none", key, FACTORS);
      return new RopeScaling.PerPair(factors(FACTORS, rotaryDim));
    }
    return switch (type.orElse(legacyFactor() > 1 ? "linear" : "none")) {
      case "none" -> new RopeScaling.None();
      case "linear" -> new RopeScaling.Linear(factor());
      case "yarn" -> yarn(context);
      case "longrope" -> longRope(rotaryDim, context);
      case String other ->
          throw new InputException(
              "%s: metadata '%s' must be one of none linear yarn longrope, but is '%s'"
                  .formatted(file, key, other.replaceAll("\\p{Cntrl}", "?")));
    };
  }

  private void require(String type, String expected, String key, String tensor) {
    if (!type.equals(expected)) {
      throw new InputException(
          "%s: metadata '%s' must be %s beside tensor '%s', but is '%s'"
              .formatted(file, key, expected, tensor, type.replaceAll("\\p{Cntrl}", "?")));
    }
  }

  /** YaRN as llama.cpp computes it: the paper's magnitude times a factor of the file. */
  private RopeScaling yarn(int context) {
    double factor = factor();
    String share = prefix + "scaling.yarn_ext_factor";
    if (Math.abs(metadata.findReal(share).orElse(1)) != 1) {
      throw metadata.refuse(share, "1", metadata.values().get(share));
    }
    return new RopeScaling.Yarn(
        factor,
        originalContext(context),
        metadata.findReal(prefix + "scaling.yarn_beta_fast").orElse(YARN_BETA_FAST),
        metadata.findReal(prefix + "scaling.yarn_beta_slow").orElse(YARN_BETA_SLOW),
        true,
        attentionFactor() * RopeScaling.Yarn.magnitude(factor, 1));
  }

  private RopeScaling longRope(int rotaryDim, int context) {
    return new RopeScaling.LongRope(
        factors(SHORT_FACTORS, rotaryDim),
        factors(LONG_FACTORS, rotaryDim),
        originalContext(context),
        attentionFactor());
  }

  private int originalContext(int context) {
    String key = prefix + "scaling.original_context_length";
    return metadata.find(key).isPresent() ? metadata.whole(key, 1, Integer.MAX_VALUE) : context;
  }

  private double attentionFactor() {
    double factor = metadata.findReal(prefix + "scaling.attn_factor").orElse(1);
    requirePositive(prefix + "scaling.attn_factor", factor);
    return factor;
  }

  private double factor() {
    double factor =
        metadata.findReal(prefix + "scaling.factor").orElse(Math.max(1, legacyFactor()));
    requirePositive(prefix + "scaling.factor", factor);
    return factor;
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
