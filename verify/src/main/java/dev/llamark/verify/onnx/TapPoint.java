package dev.llamark.verify.onnx;

import dev.llamark.model.LlamaConfig;
import dev.llamark.model.Tap;
import java.util.ArrayList;
import java.util.List;

/**
 * One step of one model: a tap and its block.
 *
 * @param layer the block, from 0; −1 outside the blocks
 */
public record TapPoint(Tap tap, int layer) {

  /** All steps of a model, in the order of the forward pass. */
  public static List<TapPoint> all(LlamaConfig config) {
    return all(config.layers());
  }

  /** All steps of a model of so many blocks, in the order of the forward pass. */
  public static List<TapPoint> all(int layers) {
    List<TapPoint> points = new ArrayList<>();
    points.add(new TapPoint(Tap.EMBEDDING, -1));
    for (int layer = 0; layer < layers; layer++) {
      for (Tap tap : Tap.values()) {
        if (tap.inLayer()) {
          points.add(new TapPoint(tap, layer));
        }
      }
    }
    points.add(new TapPoint(Tap.FINAL_NORM, -1));
    points.add(new TapPoint(Tap.LOGITS, -1));
    return points;
  }

  /** The result of each block alone, and what comes before and after them. */
  public static List<TapPoint> layerOutputs(LlamaConfig config) {
    return all(config).stream()
        .filter(p -> !p.tap().inLayer() || p.tap() == Tap.FFN_RESIDUAL)
        .toList();
  }

  /** Name of the value in a graph: {@code layer.3.ffn_norm}. */
  public String valueName() {
    String step = tap.title().replace(' ', '_');
    return layer < 0 ? step : "layer." + layer + "." + step;
  }

  /** As a person reads it: {@code layer 3 ffn norm}. */
  public String title() {
    return layer < 0 ? tap.title() : "layer " + layer + " " + tap.title();
  }
}
