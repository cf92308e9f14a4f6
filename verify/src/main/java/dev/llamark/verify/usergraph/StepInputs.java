package dev.llamark.verify.usergraph;

import dev.llamark.kernel.Operation;
import dev.llamark.model.Tap;
import dev.llamark.verify.model.Steps;
import dev.llamark.verify.onnx.TapPoint;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Which steps read which, so that a graph that does not show some of them is still understood. */
final class StepInputs {

  private final int layers;
  private final Set<TapPoint> shown;

  /**
   * @param layers of the model
   * @param shown the steps that can be seen
   */
  StepInputs(int layers, Set<TapPoint> shown) {
    this.layers = layers;
    this.shown = shown;
  }

  /**
   * The operations between a step and those it reads that can be seen: {@code Rope or Attention}.
   */
  String operations(TapPoint point) {
    Set<String> titles = new LinkedHashSet<>();
    add(point, titles);
    return String.join(" or ", titles);
  }

  private void add(TapPoint point, Set<String> titles) {
    of(point).filter(input -> !shown.contains(input)).forEach(input -> add(input, titles));
    Steps.operationOf(point.tap()).map(Operation::title).ifPresent(titles::add);
  }

  private Stream<TapPoint> of(TapPoint point) {
    int layer = point.layer();
    TapPoint before =
        layer > 0 ? new TapPoint(Tap.FFN_RESIDUAL, layer - 1) : new TapPoint(Tap.EMBEDDING, -1);
    return switch (point.tap()) {
      case EMBEDDING -> Stream.empty();
      case ATTENTION_NORM -> Stream.of(before);
      case QUERY, KEY, VALUE -> of(layer, Tap.ATTENTION_NORM);
      case ROTATED_QUERY -> of(layer, Tap.QUERY);
      case ROTATED_KEY -> of(layer, Tap.KEY);
      case ATTENTION -> of(layer, Tap.ROTATED_QUERY, Tap.ROTATED_KEY, Tap.VALUE);
      case PROJECTION -> of(layer, Tap.ATTENTION);
      case ATTENTION_RESIDUAL -> Stream.concat(Stream.of(before), of(layer, Tap.PROJECTION));
      case FFN_NORM -> of(layer, Tap.ATTENTION_RESIDUAL);
      case GATE, UP -> of(layer, Tap.FFN_NORM);
      case ACTIVATION -> of(layer, Tap.GATE, Tap.UP);
      case DOWN -> of(layer, Tap.ACTIVATION);
      case FFN_RESIDUAL -> of(layer, Tap.ATTENTION_RESIDUAL, Tap.DOWN);
      case FINAL_NORM -> of(layers - 1, Tap.FFN_RESIDUAL);
      case LOGITS -> Stream.of(new TapPoint(Tap.FINAL_NORM, -1));
    };
  }

  private static Stream<TapPoint> of(int layer, Tap... taps) {
    return List.of(taps).stream().map(tap -> new TapPoint(tap, layer));
  }
}
