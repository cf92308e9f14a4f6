package dev.llamark.bench;

import dev.llamark.format.ModelDescription;
import dev.llamark.format.ModelSource;
import dev.llamark.format.ModelSources;
import dev.llamark.model.LlamaConfig;
import dev.llamark.run.TextTable;
import java.util.Locale;

/** What a model holds, for a person. */
final class ModelInfo {

  private static final double MEGA = 1e6;

  private ModelInfo() {}

  /**
   * Opens the model and describes it.
   *
   * @param all whether to list every tensor and every key of the metadata
   * @throws dev.llamark.run.InputException if there is no such model, or it is damaged
   */
  static String of(String model, boolean all) {
    try (ModelSource source = ModelSources.open(model)) {
      ModelDescription d = source.description();
      StringBuilder out = new StringBuilder(facts(d).text());
      if (!d.types().isEmpty()) {
        out.append('\n').append(types(d).text());
      }
      if (all) {
        out.append('\n').append(tensors(d).text()).append('\n').append(metadata(d).text());
      }
      return out.toString();
    }
  }

  private static TextTable facts(ModelDescription d) {
    LlamaConfig c = d.config();
    TextTable facts = new TextTable(d.name(), d.format());
    facts.row("architecture", c.architecture());
    facts.row(
        "weights", "%.1f M, most of them %s".formatted(d.parameters() / MEGA, d.dtype().id()));
    if (d.bytes() > 0) {
      facts.row("file", "%.1f MB".formatted(d.bytes() / MEGA));
    }
    facts.row("layers", String.valueOf(c.layers()));
    facts.row("hidden", "%d, ffn %d".formatted(c.hidden(), c.ffn()));
    facts.row("heads", "%d of %d, %d KV heads".formatted(c.heads(), c.headDim(), c.kvHeads()));
    facts.row("vocabulary", String.valueOf(c.vocab()));
    facts.row("context", c.context() + " positions");
    facts.row(
        "RoPE",
        "theta %s, %d of %d elements, %s, scaling %s"
            .formatted(
                number(c.theta()),
                c.rotaryDim(),
                c.headDim(),
                c.pairing().name().toLowerCase(Locale.ROOT),
                c.scaling().getClass().getSimpleName().toLowerCase(Locale.ROOT)));
    facts.row("epsilon", String.valueOf(c.epsilon()));
    facts.row("tokenizer", d.tokenizer());
    return facts;
  }

  private static String number(double value) {
    return value == Math.rint(value) ? "%.0f".formatted(value) : String.valueOf(value);
  }

  private static TextTable types(ModelDescription d) {
    TextTable table = new TextTable("type", "tensors", "elements", "MB").alignRight(1, 2, 3);
    for (ModelDescription.TypeShare share : d.types()) {
      table.row(
          share.dtype().id(),
          String.valueOf(share.tensors()),
          String.valueOf(share.elements()),
          "%.1f".formatted(share.bytes() / MEGA));
    }
    return table;
  }

  private static TextTable tensors(ModelDescription d) {
    TextTable table = new TextTable("tensor", "type", "shape", "MB").alignRight(3);
    for (ModelDescription.Entry tensor : d.tensors()) {
      table.row(
          tensor.name(),
          tensor.dtype().id(),
          tensor.shape(),
          "%.2f".formatted(tensor.bytes() / MEGA));
    }
    return table;
  }

  private static TextTable metadata(ModelDescription d) {
    TextTable table = new TextTable("key", "value");
    d.metadata().forEach((key, value) -> table.row(key, value));
    return table;
  }
}
