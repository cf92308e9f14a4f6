package dev.llamark.model;

import java.util.Locale;

/**
 * The steps of the forward pass after which its values can be seen. {@link #QUERY}, {@link #KEY}
 * and {@link #VALUE} are what the rotation and the cache get: with their biases, and normalised by
 * head, where the model has that. {@link #ATTENTION_RESIDUAL} and {@link #FFN_RESIDUAL} are the
 * residual stream itself.
 */
public enum Tap {
  EMBEDDING,
  ATTENTION_NORM,
  QUERY,
  KEY,
  VALUE,
  ROTATED_QUERY,
  ROTATED_KEY,
  ATTENTION,
  PROJECTION,
  ATTENTION_RESIDUAL,
  FFN_NORM,
  GATE,
  UP,
  ACTIVATION,
  DOWN,
  FFN_RESIDUAL,
  FINAL_NORM,
  LOGITS;

  /** Whether the step is done once per layer. */
  public boolean inLayer() {
    return this != EMBEDDING && this != FINAL_NORM && this != LOGITS;
  }

  /** As a person reads it: {@code attention norm}. */
  public String title() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
