package dev.llamark.text;

/** Why generation ended. */
public enum StopReason {
  /** The model ended the text itself. */
  END_OF_TEXT("the model ended the text"),
  /** As many tokens were generated as wanted. */
  LENGTH("the wanted number of tokens is reached"),
  /** The KV cache holds no more positions. */
  CACHE_FULL("the KV cache is full"),
  /** The model gave NaN or no finite logit: nothing can be chosen. */
  INVALID_LOGITS("the model gave NaN or infinite logits");

  private final String sentence;

  StopReason(String sentence) {
    this.sentence = sentence;
  }

  /** As a person reads it. */
  public String sentence() {
    return sentence;
  }
}
