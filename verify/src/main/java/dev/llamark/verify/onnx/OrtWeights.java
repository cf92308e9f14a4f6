package dev.llamark.verify.onnx;

import ai.onnxruntime.OnnxTensorLike;
import dev.llamark.model.LlamaConfig;
import dev.llamark.model.LlamaWeights;
import dev.llamark.run.EnvironmentException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A model's weights as inputs for any number of {@link OrtReference}s: floats are read where they
 * lie; other types are decoded into memory that is freed on {@link #close}.
 */
public final class OrtWeights implements AutoCloseable {

  private final OrtRuntime runtime;
  private final LlamaConfig config;
  private final LlamaWeights weights;
  private final WeightInputs inputs;
  private final List<FloatTensor> tensors = new ArrayList<>();
  private final Map<String, OnnxTensorLike> byName = new HashMap<>();

  private OrtWeights(
      OrtRuntime runtime, LlamaConfig config, LlamaWeights weights, WeightInputs inputs) {
    this.runtime = runtime;
    this.config = config;
    this.weights = weights;
    this.inputs = inputs;
    for (WeightInputs.Part part : inputs.all()) {
      FloatTensor floats = FloatTensor.of(runtime, part.matrix(), part.from(), part.rows());
      tensors.add(floats);
      byName.put(part.name(), floats.tensor());
    }
  }

  /**
   * The weights of a model.
   *
   * @param weights of the shapes that {@code config} gives; they must outlive this
   * @throws EnvironmentException if ONNX Runtime cannot run here
   */
  public static OrtWeights of(LlamaConfig config, LlamaWeights weights) {
    return of(config, weights, WeightInputs.MAX_BYTES);
  }

  /** With matrices in parts of at most {@code maxBytes}. */
  static OrtWeights of(LlamaConfig config, LlamaWeights weights, long maxBytes) {
    weights.require(config);
    return new OrtWeights(OrtRuntime.start(), config, weights, new WeightInputs(weights, maxBytes));
  }

  OrtRuntime runtime() {
    return runtime;
  }

  LlamaConfig config() {
    return config;
  }

  /** The model's graph, whose inputs are among these weights. */
  OnnxGraph graph(OrtReference.Form form) {
    return LlamaOnnx.graph(config, weights, inputs, form.opset(), form.taps());
  }

  WeightInputs inputs() {
    return inputs;
  }

  Map<String, OnnxTensorLike> byName() {
    return byName;
  }

  @Override
  public void close() {
    tensors.forEach(FloatTensor::close);
  }
}
