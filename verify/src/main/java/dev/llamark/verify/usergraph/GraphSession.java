package dev.llamark.verify.usergraph;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.llamark.model.LlamaConfig;
import dev.llamark.run.InputException;
import dev.llamark.verify.onnx.OrtRuntime;
import dev.llamark.verify.usergraph.GraphInputs.Input;
import dev.llamark.verify.usergraph.GraphInputs.Role;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntUnaryOperator;

/** A user's graph in a session of ONNX Runtime: takes batches of tokens, gives values by name. */
final class GraphSession implements AutoCloseable {

  private final OrtRuntime runtime;
  private final OrtSession session;
  private final LlamaConfig config;
  private final int firstPosition;
  private final String file;
  private final GraphInputs inputs;

  /**
   * @param config of the model that the graph is said to be
   * @param firstPosition of every sequence
   * @param names of inputs and outputs
   * @param file the graph's, for messages
   */
  GraphSession(
      OrtRuntime runtime,
      OrtSession session,
      LlamaConfig config,
      int firstPosition,
      ValueNames names,
      String file)
      throws OrtException {
    this.runtime = runtime;
    this.session = session;
    this.config = config;
    this.firstPosition = firstPosition;
    this.file = file;
    this.inputs = GraphInputs.of(session, names, file);
    requireOutputs();
    if (firstPosition > 0 && !inputs.has(Role.POSITIONS)) {
      throw new InputException(
          "%s takes no positions, so its sequences begin at 0, but --depth is %d"
              .formatted(file, firstPosition));
    }
  }

  private void requireOutputs() throws OrtException {
    Set<String> there = session.getOutputInfo().keySet();
    for (String needed : cachedOutputs()) {
      if (!there.contains(needed)) {
        throw new InputException(
            "%s has no output '%s'; its outputs are %s"
                .formatted(file, needed, String.join(", ", there)));
      }
    }
  }

  GraphInputs inputs() {
    return inputs;
  }

  OrtSession session() {
    return session;
  }

  /** The logits, and for graphs with a past what the next batch needs. */
  Set<String> cachedOutputs() {
    Set<String> outputs = new LinkedHashSet<>();
    outputs.add(inputs.names().logits());
    for (Input past : inputs.all()) {
      switch (past.role()) {
        case PAST_KEY -> outputs.add(present(inputs.names().presentKey(), past));
        case PAST_VALUE -> outputs.add(present(inputs.names().presentValue(), past));
        case TOKENS, MASK, POSITIONS, CACHE_BRANCH -> {}
      }
    }
    return outputs;
  }

  private static String present(String pattern, Input past) {
    return ValueNames.of(pattern, past.layer());
  }

  /**
   * Runs a batch of tokens.
   *
   * @param past number of tokens before them
   * @param cache what the batch before gave; null for the first
   * @param outputs names of the values wanted
   */
  OrtSession.Result run(int[] tokens, int past, OrtSession.Result cache, Set<String> outputs) {
    List<OnnxTensor> made = new ArrayList<>();
    try {
      Map<String, OnnxTensor> feeds = new HashMap<>();
      for (Input input : inputs.all()) {
        feeds.put(input.name(), feed(input, tokens, past, cache, made));
      }
      return session.run(feeds, outputs);
    } catch (OrtException e) {
      throw new InputException(
          "%s: ONNX Runtime failed on %d tokens after %d: %s"
              .formatted(file, tokens.length, past, line(e)),
          e);
    } finally {
      made.forEach(OnnxTensor::close);
    }
  }

  /** The first line of ONNX Runtime's message. */
  static String line(OrtException e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }

  private OnnxTensor feed(
      Input input, int[] tokens, int past, OrtSession.Result cache, List<OnnxTensor> made)
      throws OrtException {
    return switch (input.role()) {
      case TOKENS -> integers(input, tokens.length, t -> tokens[t], made);
      case MASK -> integers(input, past + tokens.length, _ -> 1, made);
      case POSITIONS -> integers(input, tokens.length, t -> firstPosition + past + t, made);
      case CACHE_BRANCH -> branch(past > 0, made);
      case PAST_KEY -> past(input, inputs.names().presentKey(), cache, made);
      case PAST_VALUE -> past(input, inputs.names().presentValue(), cache, made);
    };
  }

  /** One row of integers, (1 × count). */
  private OnnxTensor integers(
      Input input, int count, IntUnaryOperator values, List<OnnxTensor> made) throws OrtException {
    ByteBuffer memory = direct(count * input.type().size);
    for (int i = 0; i < count; i++) {
      if (input.type() == OnnxJavaType.INT64) {
        memory.putLong(values.applyAsInt(i));
      } else {
        memory.putInt(values.applyAsInt(i));
      }
    }
    return tensor(memory.flip(), input.type(), made, 1, count);
  }

  private OnnxTensor branch(boolean withPast, List<OnnxTensor> made) throws OrtException {
    ByteBuffer memory = direct(1).put(0, (byte) (withPast ? 1 : 0));
    return tensor(memory, OnnxJavaType.BOOL, made, 1);
  }

  private OnnxTensor past(
      Input input, String pattern, OrtSession.Result cache, List<OnnxTensor> made)
      throws OrtException {
    if (cache != null) {
      return (OnnxTensor) cache.get(present(pattern, input)).orElseThrow();
    }
    return tensor(direct(0), input.type(), made, 1, config.kvHeads(), 0, config.headDim());
  }

  private OnnxTensor tensor(
      ByteBuffer memory, OnnxJavaType type, List<OnnxTensor> made, long... shape)
      throws OrtException {
    OnnxTensor tensor = OnnxTensor.createTensor(runtime.environment(), memory, shape, type);
    made.add(tensor);
    return tensor;
  }

  private static ByteBuffer direct(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
  }

  /**
   * The last rows of the logits of a run, in float.
   *
   * @param most number of rows at most; a graph may give the last one alone
   */
  float[] logits(OrtSession.Result result, int most) {
    OnnxTensor tensor = (OnnxTensor) result.get(inputs.names().logits()).orElseThrow();
    float[] values = SessionFloats.of(tensor);
    long[] shape = tensor.getInfo().getShape();
    if (shape.length == 0 || shape[shape.length - 1] != config.vocab()) {
      throw new InputException(
          "%s gives logits of shape %s, but the model's vocabulary is %d"
              .formatted(file, Arrays.toString(shape), config.vocab()));
    }
    int rows = Math.min(most, values.length / config.vocab());
    return Arrays.copyOfRange(values, values.length - rows * config.vocab(), values.length);
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime cannot close: " + e.getMessage(), e);
    }
  }
}
