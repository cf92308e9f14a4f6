package dev.llamark.verify.usergraph;

/**
 * Names of a decoder's inputs and outputs. Those of a layer hold {@code %d}, the layer's number
 * from 0.
 */
record ValueNames(
    String inputIds,
    String attentionMask,
    String positionIds,
    String pastKey,
    String pastValue,
    String logits,
    String presentKey,
    String presentValue) {

  /** As Hugging Face Optimum and ONNX Runtime GenAI call them by default. */
  static final ValueNames STANDARD =
      new ValueNames(
          "input_ids",
          "attention_mask",
          "position_ids",
          "past_key_values.%d.key",
          "past_key_values.%d.value",
          "logits",
          "present.%d.key",
          "present.%d.value");

  /** Of a merged graph: whether there is a past. */
  static final String USE_CACHE_BRANCH = "use_cache_branch";

  /** The name of a layer's value. */
  static String of(String pattern, int layer) {
    return pattern.replace("%d", Integer.toString(layer));
  }

  /** The layer whose value this is; −1 if it is none of them. */
  static int layer(String pattern, String name) {
    int at = pattern.indexOf("%d");
    if (at < 0) {
      return -1;
    }
    String before = pattern.substring(0, at);
    String after = pattern.substring(at + 2);
    int digits = name.length() - before.length() - after.length();
    if (digits < 1 || digits > 4 || !name.startsWith(before) || !name.endsWith(after)) {
      return -1;
    }
    String number = name.substring(before.length(), before.length() + digits);
    return number.chars().allMatch(Character::isDigit) ? Integer.parseInt(number) : -1;
  }
}
