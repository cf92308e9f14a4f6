package dev.llamark.verify.model;

import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import dev.llamark.format.ModelSource;
import dev.llamark.verify.onnx.OrtReference;
import dev.llamark.verify.onnx.OrtReference.Form;
import dev.llamark.verify.onnx.OrtRuntime.Settings;
import dev.llamark.verify.onnx.OrtSequence;
import dev.llamark.verify.onnx.OrtWeights;
import java.util.List;
import java.util.Optional;

/** The graph that llamark writes of a model, over the model's own weights. */
final class WrittenGraph implements ReferenceModel {

  private final ModelTask task;
  private final OrtWeights weights;
  private final Form form;

  WrittenGraph(ModelSource source, ModelTask task) {
    this.task = task;
    form =
        Form.oracle(task.capacity())
            .withFirstPosition(task.firstPosition())
            .withOpset(task.opset())
            .withTaps(task.taps(source.config()));
    weights = OrtWeights.of(source.config(), source.weights());
  }

  @Override
  public OrtSequence sequence() {
    return OrtReference.of(weights, form);
  }

  @Override
  public Optional<OrtSequence> unwatched() {
    return Optional.of(OrtReference.of(weights, form.withTaps(List.of())));
  }

  @Override
  public OrtSequence rewritten() {
    Settings optimised = Settings.oracle().withLevel(OptLevel.ALL_OPT);
    return OrtReference.of(weights, form.withTaps(List.of()).withSettings(optimised));
  }

  /** Where the graph is of operators: the one of primitives. */
  @Override
  public Optional<float[]> otherForm(int[] tokens) {
    if (task.opset() == OrtReference.PRIMITIVES) {
      return Optional.empty();
    }
    Form primitives = form.withTaps(List.of()).withOpset(OrtReference.PRIMITIVES);
    try (OrtReference other = OrtReference.of(weights, primitives)) {
      return Optional.of(other.forward(tokens));
    }
  }

  @Override
  public boolean written() {
    return true;
  }

  @Override
  public void close() {
    weights.close();
  }
}
