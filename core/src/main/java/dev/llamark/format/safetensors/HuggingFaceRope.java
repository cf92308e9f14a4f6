package dev.llamark.format.safetensors;

import dev.llamark.rope.RopeScaling;
import java.util.List;
import java.util.Optional;

/**
 * Reads the rotary embedding from a {@code config.json}: {@code rope_theta} and {@code
 * rope_scaling} beside each other, or both in {@code rope_parameters}; the scaling's name in {@code
 * rope_type} or, before that, in {@code type}.
 */
final class HuggingFaceRope {

  private static final double DEFAULT_THETA = 10000;
  private static final double YARN_BETA_FAST = 32;
  private static final double YARN_BETA_SLOW = 1;

  private final JsonKeys keys;
  private final Optional<JsonKeys> parameters;
  private final Optional<JsonKeys> scaling;

  HuggingFaceRope(JsonKeys keys) {
    this.keys = keys;
    this.parameters = keys.object("rope_parameters");
    this.scaling = keys.object("rope_scaling").or(() -> parameters);
  }

  double theta() {
    return parameters
        .filter(object -> object.has("rope_theta"))
        .orElse(keys)
        .real("rope_theta")
        .orElse(DEFAULT_THETA);
  }

  int rotaryDim(int headDim) {
    String key = "partial_rotary_factor";
    JsonKeys holder = parameters.filter(object -> object.has(key)).orElse(keys);
    double factor = holder.real(key).orElse(1);
    if (!(factor > 0 && factor <= 1)) {
      throw holder.refuse(key, "above 0 and at most 1");
    }
    return (int) (headDim * factor);
  }

  /**
   * The scaling.
   *
   * @param rotaryDim rotated elements of a head
   * @param context as {@code max_position_embeddings} has it
   */
  RopeScaling scaling(int rotaryDim, int context) {
    if (scaling.isEmpty()) {
      return new RopeScaling.None();
    }
    JsonKeys rope = scaling.get();
    String key = rope.has("rope_type") ? "rope_type" : "type";
    return switch (rope.text(key).orElse("default")) {
      case "default" -> new RopeScaling.None();
      case "linear" -> new RopeScaling.Linear(factor(rope));
      case "dynamic" -> new RopeScaling.Dynamic(factor(rope), originalContext(rope, context));
      case "yarn" -> yarn(rope, context);
      case "llama3" -> llama3(rope, context);
      case "longrope", "su" -> longRope(rope, rotaryDim / 2, context);
      default -> throw rope.refuse(key, "one of default linear dynamic yarn llama3 longrope");
    };
  }

  private RopeScaling yarn(JsonKeys rope, int context) {
    double factor = factor(rope);
    return new RopeScaling.Yarn(
        factor,
        originalContext(rope, context),
        rope.real("beta_fast").orElse(YARN_BETA_FAST),
        rope.real("beta_slow").orElse(YARN_BETA_SLOW),
        rope.flag("truncate", true),
        rope.real("attention_factor").orElse(yarnMagnitude(rope, factor)));
  }

  private static double yarnMagnitude(JsonKeys rope, double factor) {
    double scale = rope.real("mscale").orElse(0);
    double scaleOfAll = rope.real("mscale_all_dim").orElse(0);
    return scale == 0 || scaleOfAll == 0
        ? RopeScaling.Yarn.magnitude(factor, 1)
        : RopeScaling.Yarn.magnitude(factor, scale)
            / RopeScaling.Yarn.magnitude(factor, scaleOfAll);
  }

  private RopeScaling longRope(JsonKeys rope, int pairs, int context) {
    int original = originalContext(rope, context);
    double factor =
        original < context ? (double) context / original : rope.real("factor").orElse(1);
    return new RopeScaling.LongRope(
        factors(rope, "short_factor", pairs),
        factors(rope, "long_factor", pairs),
        original,
        rope.real("attention_factor").orElse(RopeScaling.LongRope.magnitude(factor, original)));
  }

  private static List<Double> factors(JsonKeys rope, String key, int pairs) {
    List<Double> factors = rope.reals(key);
    if (factors.size() != pairs || !factors.stream().allMatch(factor -> factor > 0)) {
      throw rope.refuse(key, pairs + " positive numbers, one per rotated pair");
    }
    return factors;
  }

  private static double factor(JsonKeys rope) {
    double factor = rope.requiredReal("factor");
    if (factor < 1) {
      throw rope.refuse("factor", "at least 1");
    }
    return factor;
  }

  private RopeScaling llama3(JsonKeys rope, int context) {
    double low = rope.requiredReal("low_freq_factor");
    double high = rope.requiredReal("high_freq_factor");
    if (!(low > 0 && high > low)) {
      throw rope.refuse("high_freq_factor", "above low_freq_factor " + low + ", above 0");
    }
    return new RopeScaling.Llama3(factor(rope), low, high, originalContext(rope, context));
  }

  private int originalContext(JsonKeys rope, int context) {
    String key = "original_max_position_embeddings";
    return rope.size(key).orElse(keys.size(key).orElse(context));
  }
}
