package dev.llamark.model;

/** For which of the given tokens the forward pass computes logits. */
public enum Logits {
  /** For every token. */
  ALL,
  /** For the last token alone, which is all that decoding needs. */
  LAST
}
