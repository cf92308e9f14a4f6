package dev.llamark.verify.model;

import dev.llamark.model.LlamaConfig;
import dev.llamark.run.InputException;
import dev.llamark.tensor.DType;
import dev.llamark.verify.onnx.OrtReference;
import dev.llamark.verify.onnx.TapPoint;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What to compare of a model.
 *
 * @param tokens ids of the prompt, at least one
 * @param kv type of the variants' KV cache; the reference's is always float
 * @param opset of the reference's graph: {@link OrtReference#PRIMITIVES} or {@link
 *     OrtReference#OPERATORS}
 * @param layers whether to look where the error enters
 * @param generate tokens to decode greedily after the prompt; 0 for none
 * @param firstPosition where the prompt begins: a sample of a long context
 * @param oracleLimit multiplications beyond which the model in double does not run
 */
public record ModelTask(
    int[] tokens,
    DType kv,
    int opset,
    boolean layers,
    int generate,
    int firstPosition,
    double oracleLimit) {

  /** A minute or so on two cores. */
  private static final double DEFAULT_ORACLE_LIMIT = 1e11;

  /** Beyond any context; a table of angles for so many still fits. */
  private static final int MOST_POSITIONS = 1 << 23;

  public ModelTask {
    if (opset != OrtReference.PRIMITIVES && opset != OrtReference.OPERATORS) {
      throw new InputException("opset must be 21 or 23, but is " + opset);
    }
    if (tokens.length == 0) {
      throw new InputException("a comparison needs at least one token");
    }
    if (generate < 0 || firstPosition < 0) {
      throw new InputException(
          "tokens to generate and first position must not be negative, but are %d and %d"
              .formatted(generate, firstPosition));
    }
    long positions = (long) firstPosition + tokens.length + generate;
    if (positions > MOST_POSITIONS) {
      throw new InputException(
          "positions must be at most %d, but first position, tokens and generated ones reach %d"
              .formatted(MOST_POSITIONS, positions));
    }
  }

  /** These tokens, with all defaults: a float cache, the graph of primitives, layers looked at. */
  public static ModelTask of(int... tokens) {
    return new ModelTask(
        tokens, DType.F32, OrtReference.PRIMITIVES, true, 0, 0, DEFAULT_ORACLE_LIMIT);
  }

  /** Seeded tokens, spread over the vocabulary. */
  public static int[] randomTokens(LlamaConfig config, int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    return random.ints(count, 0, config.vocab()).toArray();
  }

  public ModelTask withKv(DType other) {
    return new ModelTask(tokens, other, opset, layers, generate, firstPosition, oracleLimit);
  }

  public ModelTask withOpset(int other) {
    return new ModelTask(tokens, kv, other, layers, generate, firstPosition, oracleLimit);
  }

  public ModelTask withLayers(boolean wanted) {
    return new ModelTask(tokens, kv, opset, wanted, generate, firstPosition, oracleLimit);
  }

  public ModelTask withGenerate(int count) {
    return new ModelTask(tokens, kv, opset, layers, count, firstPosition, oracleLimit);
  }

  public ModelTask withFirstPosition(int position) {
    return new ModelTask(tokens, kv, opset, layers, generate, position, oracleLimit);
  }

  public ModelTask withOracleLimit(double limit) {
    return new ModelTask(tokens, kv, opset, layers, generate, firstPosition, limit);
  }

  /** Tokens of the first batch of the phase that then goes on token by token. */
  public int firstBatch() {
    return Math.max(1, tokens.length / 3);
  }

  /** Number of positions that a cache must hold. */
  public int capacity() {
    return tokens.length + generate;
  }

  /** The steps to be seen. */
  List<TapPoint> taps(LlamaConfig config) {
    return layers ? TapPoint.all(config) : List.of();
  }
}
