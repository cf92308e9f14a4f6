package dev.llamark.format;

import dev.llamark.format.LlamaTensor.Naming;
import dev.llamark.model.LlamaConfig;
import dev.llamark.model.LlamaWeights;
import dev.llamark.tensor.Matrix;
import java.util.ArrayList;
import java.util.List;

/** Finds the weights of a Llama-family model among the tensors of a file. */
public final class LlamaReader {

  private static final float[] NONE = {};

  private final WeightReader reader;
  private final Naming naming;
  private final Architecture architecture;
  private final LlamaConfig config;

  private LlamaReader(
      WeightReader reader, Naming naming, Architecture architecture, LlamaConfig config) {
    this.reader = reader;
    this.naming = naming;
    this.architecture = architecture;
    this.config = config;
  }

  /** The weights of a GGUF file; it ties the output to the embedding by leaving it out. */
  public static LlamaWeights gguf(
      WeightReader reader, Architecture architecture, LlamaConfig config) {
    String output = LlamaTensor.OUTPUT.name(Naming.GGUF, 0);
    return new LlamaReader(reader, Naming.GGUF, architecture, config).weights(!reader.has(output));
  }

  /** The weights of a Hugging Face folder, whose configuration says whether the output is tied. */
  public static LlamaWeights huggingFace(
      WeightReader reader, Architecture architecture, LlamaConfig config, boolean tied) {
    return new LlamaReader(reader, Naming.HUGGING_FACE, architecture, config).weights(tied);
  }

  private LlamaWeights weights(boolean tied) {
    Matrix embedding = matrix(LlamaTensor.EMBEDDING, 0, config.vocab(), config.hidden());
    List<LlamaWeights.Layer> layers = new ArrayList<>();
    for (int layer = 0; layer < config.layers(); layer++) {
      layers.add(layer(layer));
    }
    float[] finalNorm = vector(LlamaTensor.FINAL_NORM, 0, config.hidden());
    Matrix output =
        tied ? embedding : matrix(LlamaTensor.OUTPUT, 0, config.vocab(), config.hidden());
    return new LlamaWeights(embedding, List.copyOf(layers), finalNorm, output);
  }

  private LlamaWeights.Layer layer(int layer) {
    List<Matrix> queryKeyValue = queryKeyValue(layer);
    List<Matrix> gateUp = gateUp(layer);
    boolean biased = architecture.biased() || has(LlamaTensor.QUERY_BIAS, layer);
    boolean normsHeads = architecture.normsHeads();
    return new LlamaWeights.Layer(
        vector(LlamaTensor.ATTENTION_NORM, layer, config.hidden()),
        queryKeyValue.get(0),
        queryKeyValue.get(1),
        queryKeyValue.get(2),
        biased ? vector(LlamaTensor.QUERY_BIAS, layer, config.queryWidth()) : NONE,
        biased ? vector(LlamaTensor.KEY_BIAS, layer, config.kvWidth()) : NONE,
        biased ? vector(LlamaTensor.VALUE_BIAS, layer, config.kvWidth()) : NONE,
        normsHeads ? vector(LlamaTensor.QUERY_NORM, layer, config.headDim()) : NONE,
        normsHeads ? vector(LlamaTensor.KEY_NORM, layer, config.headDim()) : NONE,
        matrix(LlamaTensor.ATTENTION_OUTPUT, layer, config.hidden(), config.queryWidth()),
        vector(LlamaTensor.FFN_NORM, layer, config.hidden()),
        gateUp.get(0),
        gateUp.get(1),
        matrix(LlamaTensor.DOWN, layer, config.hidden(), config.ffn()));
  }

  private List<Matrix> queryKeyValue(int layer) {
    int query = config.queryWidth();
    int kv = config.kvWidth();
    if (!has(LlamaTensor.QUERY_KEY_VALUE, layer)) {
      return List.of(
          matrix(LlamaTensor.QUERY, layer, query, config.hidden()),
          matrix(LlamaTensor.KEY, layer, kv, config.hidden()),
          matrix(LlamaTensor.VALUE, layer, kv, config.hidden()));
    }
    Matrix fused = matrix(LlamaTensor.QUERY_KEY_VALUE, layer, query + 2L * kv, config.hidden());
    return List.of(
        WeightReader.rows(fused, "query", 0, query),
        WeightReader.rows(fused, "key", query, kv),
        WeightReader.rows(fused, "value", query + kv, kv));
  }

  private List<Matrix> gateUp(int layer) {
    int ffn = config.ffn();
    boolean apart = has(LlamaTensor.GATE, layer) || !has(LlamaTensor.GATE_UP, layer);
    if (apart) {
      return List.of(
          matrix(LlamaTensor.GATE, layer, ffn, config.hidden()),
          matrix(LlamaTensor.UP, layer, ffn, config.hidden()));
    }
    Matrix fused = matrix(LlamaTensor.GATE_UP, layer, 2L * ffn, config.hidden());
    return List.of(
        WeightReader.rows(fused, "gate", 0, ffn), WeightReader.rows(fused, "up", ffn, ffn));
  }

  private boolean has(LlamaTensor tensor, int layer) {
    return reader.has(tensor.name(naming, layer));
  }

  private Matrix matrix(LlamaTensor tensor, int layer, long rows, long columns) {
    return reader.matrix(tensor.name(naming, layer), rows, columns);
  }

  private float[] vector(LlamaTensor tensor, int layer, long length) {
    return reader.vector(tensor.name(naming, layer), length);
  }
}
