package dev.llamark.verify.usergraph;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.llamark.run.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code genai_config.json} of ONNX Runtime GenAI says about a decoder.
 *
 * @param file the configuration itself
 * @param filename of the model, beside it
 * @param names of inputs and outputs, the standard ones where it names none
 * @param sizes by key, as {@code num_hidden_layers}; only those that it holds
 */
record GenAiConfig(Path file, String filename, ValueNames names, Map<String, Integer> sizes) {

  private static final String NAME = "genai_config.json";
  private static final String DEFAULT_MODEL = "model.onnx";

  /** The configuration in a folder, if there is one. */
  static Optional<GenAiConfig> in(Path folder) {
    Path file = folder.resolve(NAME);
    return Files.isRegularFile(file) ? Optional.of(read(file)) : Optional.empty();
  }

  private static GenAiConfig read(Path file) {
    try {
      JsonNode model = new ObjectMapper().readTree(file.toFile()).path("model");
      JsonNode decoder = model.path("decoder");
      if (!decoder.isObject()) {
        throw new InputException(file + ": 'model.decoder' must be an object, but is missing");
      }
      Map<String, Integer> sizes = new LinkedHashMap<>();
      size(file, model, "vocab_size", sizes);
      for (String key :
          new String[] {
            "num_hidden_layers",
            "num_attention_heads",
            "num_key_value_heads",
            "head_size",
            "hidden_size"
          }) {
        size(file, decoder, key, sizes);
      }
      String filename = decoder.path("filename").asText(DEFAULT_MODEL);
      return new GenAiConfig(file, filename, names(decoder), sizes);
    } catch (JsonProcessingException e) {
      throw new InputException(
          "%s: is no sound JSON: %s".formatted(file, e.getOriginalMessage()), e);
    } catch (IOException e) {
      throw new InputException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private static void size(Path file, JsonNode object, String key, Map<String, Integer> into) {
    JsonNode value = object.path(key);
    if (value.isMissingNode()) {
      return;
    }
    if (!value.canConvertToInt() || value.intValue() < 1) {
      throw new InputException(
          "%s: '%s' must be a positive whole number, but is %s".formatted(file, key, value));
    }
    into.put(key, value.intValue());
  }

  private static ValueNames names(JsonNode decoder) {
    JsonNode in = decoder.path("inputs");
    JsonNode out = decoder.path("outputs");
    ValueNames standard = ValueNames.STANDARD;
    return new ValueNames(
        in.path("input_ids").asText(standard.inputIds()),
        in.path("attention_mask").asText(standard.attentionMask()),
        in.path("position_ids").asText(standard.positionIds()),
        in.path("past_key_names").asText(standard.pastKey()),
        in.path("past_value_names").asText(standard.pastValue()),
        out.path("logits").asText(standard.logits()),
        out.path("present_key_names").asText(standard.presentKey()),
        out.path("present_value_names").asText(standard.presentValue()));
  }
}
