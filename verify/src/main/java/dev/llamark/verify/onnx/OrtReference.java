package dev.llamark.verify.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.llamark.model.LlamaConfig;
import dev.llamark.model.Tap;
import dev.llamark.rope.RopeTable;
import dev.llamark.verify.onnx.OrtRuntime.Settings;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A model on ONNX Runtime: one sequence that grows by batches of tokens, with its own KV cache in
 * float.
 */
public final class OrtReference implements OrtSequence {

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

  private static final TapPoint LOGITS = new TapPoint(Tap.LOGITS, -1);

  private final OrtRuntime runtime;
  private final LlamaConfig config;
  private final Form form;
  private final OrtSession session;
  private final List<OnnxTensor> constants = new ArrayList<>();
  private final Map<String, OnnxTensorLike> inputs = new HashMap<>();
  private OrtSession.Result last;
  private int length;

  private OrtReference(OrtWeights weights, Form form) {
    this.runtime = weights.runtime();
    this.config = weights.config();
    this.form = form;
    session = runtime.session(weights.graph(form).bytes(), form.settings());
    inputs.putAll(weights.byName());
    int positions = Math.addExact(form.firstPosition(), form.capacity());
    RopeTable table = RopeTable.of(config.scaling(), config.theta(), config.rotaryDim(), positions);
    constant("cosines", table.cosines(), positions, table.pairs());
    constant("sines", table.sines(), positions, table.pairs());
  }

  /**
   * How a model is written and run.
   *
   * @param capacity number of positions
   * @param firstPosition where the sequence begins, as if nothing had been before it
   * @param opset {@link #PRIMITIVES} or {@link #OPERATORS}
   * @param taps steps to be given besides the logits
   * @param settings of the session
   */
  public record Form(
      int capacity, int firstPosition, int opset, List<TapPoint> taps, Settings settings) {

    /** The reference: primitives, one thread, nothing rewritten. */
    public static Form oracle(int capacity) {
      return new Form(capacity, 0, PRIMITIVES, List.of(), Settings.oracle());
    }

    public Form withFirstPosition(int position) {
      return new Form(capacity, position, opset, taps, settings);
    }

    public Form withOpset(int other) {
      return new Form(capacity, firstPosition, other, taps, settings);
    }

    public Form withTaps(List<TapPoint> others) {
      return new Form(capacity, firstPosition, opset, List.copyOf(others), settings);
    }

    public Form withSettings(Settings others) {
      return new Form(capacity, firstPosition, opset, taps, others);
    }
  }

  /** An empty sequence of a model, whose weights must stay open. */
  public static OrtReference of(OrtWeights weights, Form form) {
    return new OrtReference(weights, form);
  }

  @Override
  public String name() {
    return "onnxruntime " + runtime.version();
  }

  /** Number of tokens so far. */
  public int length() {
    return length;
  }

  @Override
  public void reset() {
    if (last != null) {
      last.close();
      last = null;
    }
    length = 0;
  }

  @Override
  public float[] forward(int... tokens) {
    return forward(List.of(), tokens).logits();
  }

  /** With the steps that the form names. */
  @Override
  public Output forwardWithTaps(int... tokens) {
    return forward(form.taps(), tokens);
  }

  private Output forward(List<TapPoint> taps, int[] tokens) {
    config.requireTokens(tokens);
    if (length + tokens.length > form.capacity()) {
      throw new IllegalArgumentException(
          "reference: %d tokens after %d do not fit into its %d positions"
              .formatted(tokens.length, length, form.capacity()));
    }
    List<OnnxTensor> passing = new ArrayList<>();
    try {
      OrtSession.Result result = session.run(bind(tokens, passing), outputs(taps));
      Output output = read(result, taps);
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

  private Set<String> outputs(List<TapPoint> taps) {
    Set<String> names = new LinkedHashSet<>(Set.of(LOGITS.valueName()));
    taps.forEach(tap -> names.add(tap.valueName()));
    for (int layer = 0; layer < config.layers(); layer++) {
      names.add(LlamaOnnx.cacheName("present", layer, "key"));
      names.add(LlamaOnnx.cacheName("present", layer, "value"));
    }
    return names;
  }

  private Map<String, OnnxTensorLike> bind(int[] tokens, List<OnnxTensor> passing) {
    Map<String, OnnxTensorLike> all = new HashMap<>(inputs);
    ByteBuffer ids = direct(Long.BYTES * tokens.length);
    ByteBuffer positions = direct(Long.BYTES * tokens.length);
    LongBuffer idValues = ids.asLongBuffer();
    LongBuffer positionValues = positions.asLongBuffer();
    for (int t = 0; t < tokens.length; t++) {
      idValues.put(tokens[t]);
      positionValues.put(form.firstPosition() + length + t);
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

  private static Output read(OrtSession.Result result, List<TapPoint> taps) {
    Map<TapPoint, float[]> values = new HashMap<>();
    for (TapPoint tap : taps) {
      values.put(tap, floats(output(result, tap.valueName())));
    }
    float[] logits = values.get(LOGITS);
    return new Output(logits == null ? floats(output(result, LOGITS.valueName())) : logits, values);
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
    inputs.put(name, tensor(memory, OnnxJavaType.FLOAT, constants, shape));
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

  /** Ends the session; the weights stay. */
  @Override
  public void close() {
    reset();
    constants.forEach(OnnxTensor::close);
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime cannot close: " + e.getMessage(), e);
    }
  }
}
