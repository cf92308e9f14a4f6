package dev.llamark.verify.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.llamark.model.LlamaConfig;
import dev.llamark.model.LlamaWeights;
import dev.llamark.rope.RopeTable;
import dev.llamark.run.EnvironmentException;
import dev.llamark.verify.onnx.OrtRuntime.Settings;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A model on ONNX Runtime as fast as it runs there, to be timed: the graph of fused operators, all
 * rewriting allowed, weights packed by the session, the KV cache extended in place. The weights are
 * the session's own; weights of any other type are floats to it.
 *
 * <p>One sequence, in float. Where the reference role is wanted, see {@link OrtReference}.
 */
public final class FusedOrtModel implements AutoCloseable {

  private final OrtRuntime runtime;
  private final LlamaConfig config;
  private final int capacity;
  private final OrtSession session;
  private final Arena memory = Arena.ofShared();
  private final List<OnnxTensor> tensors = new ArrayList<>();
  private final Map<String, OnnxTensorLike> inputs = new HashMap<>();
  private final Map<String, OnnxTensor> outputs = new HashMap<>();
  private final FloatBuffer logits;
  private int length;

  private FusedOrtModel(OrtWeights weights, LlamaWeights source, int capacity, int threads) {
    runtime = weights.runtime();
    config = weights.config();
    this.capacity = capacity;
    byte[] graph = FusedLlamaOnnx.graph(config, source, weights.inputs(), capacity).bytes();
    session = runtime.session(graph, Settings.fast(threads), weights.byName());
    RopeTable table = RopeTable.of(config.scaling(), config.theta(), config.rotaryDim(), capacity);
    floats("cosines", table.cosines(), table.pairs());
    floats("sines", table.sines(), table.pairs());
    for (int layer = 0; layer < config.layers(); layer++) {
      cache(layer, "key");
      cache(layer, "value");
    }
    ByteBuffer row = buffer((long) Float.BYTES * config.vocab());
    logits = row.asFloatBuffer();
    outputs.put("logits", kept(row, OnnxJavaType.FLOAT, 1, config.vocab()));
  }

  /**
   * An empty sequence of a model.
   *
   * @param weights of the shapes that {@code config} gives; not needed any more afterwards
   * @param capacity number of positions
   * @param threads of one operator
   * @throws EnvironmentException if ONNX Runtime cannot run here
   */
  public static FusedOrtModel of(
      LlamaConfig config, LlamaWeights weights, int capacity, int threads) {
    try (OrtWeights floats = OrtWeights.of(config, weights)) {
      return new FusedOrtModel(floats, weights, capacity, threads);
    }
  }

  /** How such a model is written, for a person: what is fused, and where the cache lies. */
  public static String form(LlamaConfig config) {
    return FusedLlamaOnnx.rotatesApart(config)
        ? "GroupQueryAttention after RotaryEmbedding, cache in place"
        : "GroupQueryAttention with rotation, cache in place";
  }

  /** Number of tokens so far. */
  public int length() {
    return length;
  }

  /** Forgets all tokens from {@code length} on. */
  public void truncate(int length) {
    if (length < 0 || length > this.length) {
      throw new IllegalArgumentException(
          "sequence: truncate takes 0 to %d, its length, but got %d"
              .formatted(this.length, length));
    }
    this.length = length;
  }

  /**
   * Appends tokens to the sequence.
   *
   * @param tokens their ids, at least one
   * @return the logits of the last, (vocab); overwritten by the next call
   */
  public FloatBuffer forward(int... tokens) {
    config.requireTokens(tokens);
    if (length + tokens.length > capacity) {
      throw new IllegalArgumentException(
          "sequence: %d tokens after %d do not fit into its %d positions"
              .formatted(tokens.length, length, capacity));
    }
    List<OnnxTensor> passing = new ArrayList<>();
    try {
      session.run(bind(tokens, passing), Set.of(), outputs).close();
      length += tokens.length;
      return logits.rewind();
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime failed: " + e.getMessage(), e);
    } finally {
      passing.forEach(OnnxTensor::close);
    }
  }

  private Map<String, OnnxTensorLike> bind(int[] tokens, List<OnnxTensor> passing) {
    Map<String, OnnxTensorLike> all = new HashMap<>(inputs);
    ByteBuffer ids = direct(Long.BYTES * tokens.length);
    LongBuffer values = ids.asLongBuffer();
    for (int token : tokens) {
      values.put(token);
    }
    all.put("input_ids", passing(ids, OnnxJavaType.INT64, passing, tokens.length));
    int total = length + tokens.length;
    all.put("last_position", passing(integer(total - 1), OnnxJavaType.INT32, passing, 1));
    all.put("total", passing(integer(total), OnnxJavaType.INT32, passing));
    if (FusedLlamaOnnx.rotatesApart(config)) {
      ByteBuffer positions = direct(Long.BYTES * tokens.length);
      LongBuffer numbers = positions.asLongBuffer();
      for (int position = length; position < total; position++) {
        numbers.put(position);
      }
      all.put("position_ids", passing(positions, OnnxJavaType.INT64, passing, tokens.length));
    }
    return all;
  }

  /** Past and present are one tensor: that is what "in place" means. */
  private void cache(int layer, String part) {
    long[] shape = {1, config.kvHeads(), capacity, FusedLlamaOnnx.cachedHead(config)};
    long elements = config.kvHeads() * (long) capacity * FusedLlamaOnnx.cachedHead(config);
    OnnxTensor tensor = kept(buffer(Float.BYTES * elements), OnnxJavaType.FLOAT, shape);
    inputs.put(LlamaOnnx.cacheName("past_key_values", layer, part), tensor);
    outputs.put(LlamaOnnx.cacheName("present", layer, part), tensor);
  }

  private void floats(String name, float[] values, int columns) {
    ByteBuffer bytes = buffer((long) Float.BYTES * values.length);
    bytes.asFloatBuffer().put(values);
    inputs.put(name, kept(bytes, OnnxJavaType.FLOAT, values.length / columns, columns));
  }

  private ByteBuffer buffer(long bytes) {
    return memory.allocate(bytes, 64).asByteBuffer().order(ByteOrder.nativeOrder());
  }

  private static ByteBuffer integer(int value) {
    ByteBuffer bytes = direct(Integer.BYTES);
    bytes.asIntBuffer().put(value);
    return bytes;
  }

  private static ByteBuffer direct(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
  }

  private OnnxTensor kept(ByteBuffer bytes, OnnxJavaType type, long... shape) {
    return passing(bytes, type, tensors, shape);
  }

  private OnnxTensor passing(
      ByteBuffer bytes, OnnxJavaType type, List<OnnxTensor> made, long... shape) {
    try {
      OnnxTensor tensor = OnnxTensor.createTensor(runtime.environment(), bytes, shape, type);
      made.add(tensor);
      return tensor;
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime refuses a tensor: " + e.getMessage(), e);
    }
  }

  /** Ends the session and frees the cache. */
  @Override
  public void close() {
    tensors.forEach(OnnxTensor::close);
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime cannot close: " + e.getMessage(), e);
    } finally {
      memory.close();
    }
  }
}
