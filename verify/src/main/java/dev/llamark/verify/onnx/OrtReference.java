package dev.llamark.verify.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.llamark.model.LlamaConfig;
import dev.llamark.model.LlamaWeights;
import dev.llamark.model.Tap;
import dev.llamark.rope.RopeTable;
import dev.llamark.run.EnvironmentException;
import dev.llamark.verify.onnx.OrtRuntime.Settings;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A model on ONNX Runtime: one sequence that grows by batches of tokens, with its own KV cache in
 * float. The weights are read where they lie; those of other types are decoded into memory that is
 * freed on {@link #close}.
 */
public final class OrtReference implements AutoCloseable {

  /** Opset of the graph of primitives. */
  public static final int PRIMITIVES = 21;

  /** Opset of the graph with RMSNormalization and RotaryEmbedding. */
  public static final int OPERATORS = 23;

  /**
   * What a batch of tokens gave.
   *
   * @param logits (tokens × vocab)
   * @param taps the steps asked for, (tokens × columns of the step)
   */
  public record Output(float[] logits, Map<TapPoint, float[]> taps) {}

  private final OrtRuntime runtime;
  private final LlamaConfig config;
  private final List<TapPoint> taps;
  private final OrtSession session;
  private final int capacity;
  private final List<AutoCloseable> constants = new ArrayList<>();
  private final Map<String, OnnxTensorLike> inputs = new HashMap<>();
  private OrtSession.Result last;
  private int length;

  private OrtReference(
      OrtRuntime runtime,
      LlamaConfig config,
      LlamaWeights weights,
      WeightInputs weightInputs,
      Form form) {
    this.runtime = runtime;
    this.config = config;
    this.taps = form.taps();
    this.capacity = form.capacity();
    OnnxGraph graph = LlamaOnnx.graph(config, weights, weightInputs, form.opset(), taps);
    session = runtime.session(graph.bytes(), form.settings());
    for (WeightInputs.Part part : weightInputs.all()) {
      FloatTensor floats = FloatTensor.of(runtime, part.matrix(), part.from(), part.rows());
      constants.add(floats);
      inputs.put(part.name(), floats.tensor());
    }
    RopeTable table = RopeTable.of(config.scaling(), config.theta(), config.rotaryDim(), capacity);
    constant("cosines", table.cosines(), capacity, table.pairs());
    constant("sines", table.sines(), capacity, table.pairs());
  }

  /**
   * How a model is written and run.
   *
   * @param capacity number of positions, for which the rotary table is made
   * @param opset {@link #PRIMITIVES} or {@link #OPERATORS}
   * @param taps steps to be given besides the logits
   * @param settings of the session
   */
  public record Form(int capacity, int opset, List<TapPoint> taps, Settings settings) {

    /** The reference: primitives, one thread, nothing rewritten. */
    public static Form oracle(int capacity) {
      return new Form(capacity, PRIMITIVES, List.of(), Settings.oracle());
    }

    public Form withOpset(int other) {
      return new Form(capacity, other, taps, settings);
    }

    public Form withTaps(List<TapPoint> others) {
      return new Form(capacity, opset, List.copyOf(others), settings);
    }

    public Form withSettings(Settings others) {
      return new Form(capacity, opset, taps, others);
    }
  }

  /**
   * An empty sequence of a model.
   *
   * @param weights of the shapes that {@code config} gives; they must outlive the reference
   * @throws EnvironmentException if ONNX Runtime cannot run here
   */
  public static OrtReference of(LlamaConfig config, LlamaWeights weights, Form form) {
    return of(config, weights, form, WeightInputs.MAX_BYTES);
  }

  /** With matrices in parts of at most {@code maxBytes}. */
  static OrtReference of(LlamaConfig config, LlamaWeights weights, Form form, long maxBytes) {
    weights.require(config);
    WeightInputs inputs = new WeightInputs(weights, maxBytes);
    return new OrtReference(OrtRuntime.start(), config, weights, inputs, form);
  }

  /** As headlines and records name it: {@code onnxruntime 1.29.0}. */
  public String name() {
    return "onnxruntime " + runtime.version();
  }

  /** Number of tokens so far. */
  public int length() {
    return length;
  }

  /** Forgets all tokens. */
  public void reset() {
    if (last != null) {
      last.close();
      last = null;
    }
    length = 0;
  }

  /**
   * Appends tokens to the sequence.
   *
   * @param tokens their ids, at least one
   */
  public Output forward(int... tokens) {
    config.requireTokens(tokens);
    if (length + tokens.length > capacity) {
      throw new IllegalArgumentException(
          "reference: %d tokens after %d do not fit into its %d positions"
              .formatted(tokens.length, length, capacity));
    }
    List<OnnxTensor> passing = new ArrayList<>();
    try {
      OrtSession.Result result = session.run(bind(tokens, passing));
      Output output = read(result);
      if (last != null) {
        last.close();
      }
      last = result; // the next batch reads its keys and values
      length += tokens.length;
      return output;
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime failed: " + e.getMessage(), e);
    } finally {
      passing.forEach(OnnxTensor::close);
    }
  }

  private Map<String, OnnxTensorLike> bind(int[] tokens, List<OnnxTensor> passing) {
    Map<String, OnnxTensorLike> all = new HashMap<>(inputs);
    ByteBuffer ids = direct(Long.BYTES * tokens.length);
    ByteBuffer positions = direct(Long.BYTES * tokens.length);
    LongBuffer idValues = ids.asLongBuffer();
    LongBuffer positionValues = positions.asLongBuffer();
    for (int t = 0; t < tokens.length; t++) {
      idValues.put(tokens[t]);
      positionValues.put(length + t);
    }
    all.put("input_ids", tensor(ids, OnnxJavaType.INT64, passing, tokens.length));
    all.put("position_ids", tensor(positions, OnnxJavaType.INT64, passing, tokens.length));
    int total = length + tokens.length;
    all.put("mask", tensor(mask(tokens.length), OnnxJavaType.FLOAT, passing, tokens.length, total));
    for (int layer = 0; layer < config.layers(); layer++) {
      past(layer, "key", all, passing);
      past(layer, "value", all, passing);
    }
    return all;
  }

  private void past(
      int layer, String part, Map<String, OnnxTensorLike> all, List<OnnxTensor> passing) {
    String name = LlamaOnnx.cacheName("past_key_values", layer, part);
    if (last == null) {
      long[] empty = {config.kvHeads(), 0, config.headDim()};
      all.put(name, tensor(direct(0), OnnxJavaType.FLOAT, passing, empty));
    } else {
      all.put(name, output(last, LlamaOnnx.cacheName("present", layer, part)));
    }
  }

  /** 0 where a token sees a position, −∞ beyond its own: (tokens × length + tokens). */
  private ByteBuffer mask(int tokens) {
    ByteBuffer memory = direct(Math.toIntExact((long) Float.BYTES * tokens * (length + tokens)));
    FloatBuffer mask = memory.asFloatBuffer();
    for (int t = 0; t < tokens; t++) {
      for (int position = 0; position < length + tokens; position++) {
        mask.put(position <= length + t ? 0 : Float.NEGATIVE_INFINITY);
      }
    }
    return memory;
  }

  private Output read(OrtSession.Result result) {
    Map<TapPoint, float[]> values = new HashMap<>();
    for (TapPoint tap : taps) {
      values.put(tap, floats(output(result, tap.valueName())));
    }
    float[] logits = values.get(new TapPoint(Tap.LOGITS, -1));
    return new Output(logits == null ? floats(output(result, "logits")) : logits, values);
  }

  private static OnnxTensor output(OrtSession.Result result, String name) {
    return (OnnxTensor) result.get(name).orElseThrow();
  }

  /** A copy of a tensor's elements. */
  private static float[] floats(OnnxTensor tensor) {
    FloatBuffer copy = tensor.getByteBuffer().order(ByteOrder.nativeOrder()).asFloatBuffer();
    float[] values = new float[copy.remaining()];
    copy.get(values);
    return values;
  }

  private void constant(String name, float[] values, long... shape) {
    ByteBuffer memory = direct(Math.multiplyExact(Float.BYTES, values.length));
    memory.asFloatBuffer().put(values);
    List<OnnxTensor> made = new ArrayList<>();
    inputs.put(name, tensor(memory, OnnxJavaType.FLOAT, made, shape));
    constants.addAll(made);
  }

  private OnnxTensor tensor(
      ByteBuffer memory, OnnxJavaType type, List<OnnxTensor> made, long... shape) {
    try {
      OnnxTensor tensor = OnnxTensor.createTensor(runtime.environment(), memory, shape, type);
      made.add(tensor);
      return tensor;
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime refuses a tensor: " + e.getMessage(), e);
    }
  }

  private static ByteBuffer direct(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
  }

  /** Ends the session and frees what was decoded for it. */
  @Override
  public void close() {
    reset();
    Optional<Exception> failure = closeAll();
    if (failure.isPresent()) {
      throw new IllegalStateException("ONNX Runtime cannot close", failure.get());
    }
  }

  private Optional<Exception> closeAll() {
    Optional<Exception> failure = Optional.empty();
    constants.add(session);
    for (AutoCloseable constant : constants) {
      try {
        constant.close();
      } catch (Exception e) {
        failure = Optional.of(e);
      }
    }
    return failure;
  }
}
