package dev.llamark.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** What the normalizer and the pre-tokenizer of a {@code tokenizer.json} do to a text. */
sealed interface JsonTextRules {

  /** Words of bytes. */
  record Bytes(WordSplit split, boolean composed) implements JsonTextRules {}

  /** Characters with marks for spaces. */
  record Characters(Spacing spacing) implements JsonTextRules {}

  String MARK = String.valueOf(Spacing.MARK);

  static JsonTextRules read(JsonDocument json) {
    return new Reader(json).read();
  }

  /** Walks the two descriptions, which nest in sequences. */
  final class Reader {
    private final JsonDocument json;
    private final List<String> expressions = new ArrayList<>();
    private boolean composed;
    private boolean prepends;
    private boolean marksSpaces;
    private boolean bytes;
    private Spacing metaspace;

    private Reader(JsonDocument json) {
      this.json = json;
    }

    private JsonTextRules read() {
      normalizer(json.root().path("normalizer"));
      preTokenizer(json.root().path("pre_tokenizer"));
      if (bytes) {
        if (prepends || marksSpaces || metaspace != null) {
          throw json.refuse("normalizer", "none beside ByteLevel", "one that marks spaces");
        }
        WordSplit split =
            WordSplit.of(expressions)
                .orElseThrow(
                    () ->
                        json.refuse(
                            "pre_tokenizer",
                            "one of those of " + WordSplit.knownNames(),
                            String.join(" then ", expressions)));
        return new Bytes(split, composed);
      }
      if (composed || !expressions.isEmpty() || metaspace == null && !marksSpaces) {
        throw json.refuse(
            "pre_tokenizer", "ByteLevel or Metaspace", json.root().path("pre_tokenizer"));
      }
      if (metaspace != null) {
        return new Characters(metaspace);
      }
      return new Characters(Spacing.of(prepends ? Spacing.Prefix.ALWAYS : Spacing.Prefix.NEVER));
    }

    private void normalizer(JsonNode node) {
      switch (json.type(node)) {
        case "null" -> {}
        case "Sequence" -> json.array(node, "normalizers").forEach(this::normalizer);
        case "NFC" -> composed = true;
        case "Prepend" -> {
          requireMark(node, "prepend");
          prepends = true;
        }
        case "Replace" -> {
          String pattern = json.text(node.path("pattern"), "String").orElse("");
          if (!pattern.equals(" ")) {
            throw json.refuse("normalizer.pattern", "a space", node.path("pattern"));
          }
          requireMark(node, "content");
          marksSpaces = true;
        }
        case String other ->
            throw json.refuse("normalizer", "NFC, or Prepend and Replace of a space", other);
      }
    }

    private void preTokenizer(JsonNode node) {
      switch (json.type(node)) {
        case "null" -> {}
        case "Sequence" -> json.array(node, "pretokenizers").forEach(this::preTokenizer);
        case "Split" -> split(node);
        case "Digits" -> {
          if (!json.flag(node, "individual_digits", false)) {
            throw json.refuse("pre_tokenizer.individual_digits", "true", "false");
          }
          expressions.add("\\p{N}");
        }
        case "ByteLevel" -> byteLevel(node);
        case "Metaspace" -> metaspace(node);
        case String other ->
            throw json.refuse("pre_tokenizer", "Split, Digits, ByteLevel or Metaspace", other);
      }
    }

    private void split(JsonNode node) {
      String behavior = json.text(node, "behavior").orElse("");
      if (!behavior.equals("Isolated") || json.flag(node, "invert", false)) {
        throw json.refuse("pre_tokenizer.behavior", "Isolated, not inverted", behavior);
      }
      JsonNode pattern = node.path("pattern");
      expressions.add(
          json.text(pattern, "Regex")
              .orElseThrow(() -> json.refuse("pre_tokenizer.pattern", "a Regex", pattern)));
    }

    private void byteLevel(JsonNode node) {
      bytes = true;
      if (json.flag(node, "add_prefix_space", true)) {
        throw json.refuse("pre_tokenizer.add_prefix_space", "false", "true");
      }
      if (json.flag(node, "use_regex", true)) {
        expressions.add(WordSplit.byteLevelExpression());
      }
    }

    private void metaspace(JsonNode node) {
      requireMark(node, "replacement");
      if (json.flag(node, "split", true)) {
        throw json.refuse("pre_tokenizer.split", "false", "true");
      }
      boolean adds = json.flag(node, "add_prefix_space", true);
      String scheme = json.text(node, "prepend_scheme").orElse(adds ? "always" : "never");
      Spacing.Prefix prefix =
          switch (scheme) {
            case "always" -> Spacing.Prefix.ALWAYS;
            case "first" -> Spacing.Prefix.FIRST;
            case "never" -> Spacing.Prefix.NEVER;
            default ->
                throw json.refuse("pre_tokenizer.prepend_scheme", "always, first or never", scheme);
          };
      metaspace = new Spacing(prefix, true, false);
    }

    private void requireMark(JsonNode node, String field) {
      String text = json.text(node, field).orElse("");
      if (!text.equals(MARK)) {
        throw json.refuse(field, "the mark U+2581", text);
      }
    }
  }
}
