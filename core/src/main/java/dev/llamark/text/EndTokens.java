package dev.llamark.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * What the files beside a {@code tokenizer.json} say about the beginning and the end of a text.
 *
 * @param bosPiece piece of the token for the beginning
 * @param eosPiece piece of the token for the end
 * @param ids ids of tokens that end a text or a turn
 */
record EndTokens(Optional<String> bosPiece, Optional<String> eosPiece, Set<Integer> ids) {

  static final EndTokens UNSAID = new EndTokens(Optional.empty(), Optional.empty(), Set.of());

  /** Adds what a {@code tokenizer_config.json} says. */
  EndTokens withTokenizerConfig(JsonDocument json) {
    return new EndTokens(piece(json, "bos_token"), piece(json, "eos_token"), ids);
  }

  /** Adds what a {@code generation_config.json} or {@code config.json} says. */
  EndTokens withModelConfig(JsonDocument json) {
    Set<Integer> all = new HashSet<>(ids);
    JsonNode eos = json.root().path("eos_token_id");
    if (eos.isArray()) {
      eos.forEach(id -> all.add(id(json, id)));
    } else if (!eos.isMissingNode() && !eos.isNull()) {
      all.add(id(json, eos));
    }
    return new EndTokens(bosPiece, eosPiece, all);
  }

  private static int id(JsonDocument json, JsonNode id) {
    if (!id.isInt() || id.intValue() < 0) {
      throw json.refuse("eos_token_id", "a token's id or an array of such", id);
    }
    return id.intValue();
  }

  /** Written as a text or as an object with its content. */
  private static Optional<String> piece(JsonDocument json, String field) {
    JsonNode value = json.root().path(field);
    return value.isObject() ? json.text(value, "content") : json.text(json.root(), field);
  }
}
