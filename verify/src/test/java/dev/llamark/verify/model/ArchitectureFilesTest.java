package dev.llamark.verify.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamark.format.ModelSource;
import dev.llamark.format.ModelSources;
import dev.llamark.format.gguf.GgufWriter;
import dev.llamark.kernel.KernelRegistry;
import dev.llamark.oracle.Verdict;
import dev.llamark.run.ThreadTeam;
import dev.llamark.tensor.DType;
import dev.llamark.tensor.Matrix;
import dev.llamark.verify.onnx.OrtReference;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A file of each architecture, with what is its own, from disk to the verdict. */
class ArchitectureFilesTest {

  private static final int HIDDEN = 32;
  private static final int FFN = 64;
  private static final int LAYERS = 2;
  private static final int HEADS = 4;
  private static final int VOCAB = 50;
  private static final int[] TOKENS = {1, 7, 40, 0, 13, 7, 49, 22, 5, 39, 2, 30};

  @TempDir Path folder;
  private final Random random = new Random(5);
  private String architecture;
  private GgufWriter file;

  @BeforeEach
  void begin() {
    file = new GgufWriter();
  }

  @ParameterizedTest
  @CsvSource({
    "llama, f32, 8", "mistral, f16, 8", "smollm, bf16, 8",
    "qwen2, q8_0, 8", "qwen3, f32, 16", "phi3, q4_0, 8"
  })
  void scalarAgreesWithOnnxRuntime(String architecture, String dtype, int headDim) {
    this.architecture = architecture;
    Path path = folder.resolve(architecture + ".gguf");
    write(DType.of(dtype), headDim, path);

    try (ModelSource source = ModelSources.open(path.toString());
        ThreadTeam team = new ThreadTeam(2)) {
      assertThat(source.config().architecture()).isEqualTo(architecture);
      assertThat(source.dtype()).isEqualTo(DType.of(dtype));
      KernelRegistry registry = KernelRegistry.load(getClass().getClassLoader());
      for (int opset : new int[] {OrtReference.PRIMITIVES, OrtReference.OPERATORS}) {
        ModelTask task = ModelTask.of(TOKENS).withOpset(opset);
        ModelReference reference = ModelReference.compute(source, task, team, _ -> {});
        VariantResult result =
            new ModelComparison(reference, _ -> {}).check(registry, "scalar", team);
        assertThat(result.verdict()).as("opset %d", opset).isEqualTo(new Verdict.Pass());
      }
    }
  }

  private void write(DType dtype, int headDim, Path path) {
    int queries = HEADS * headDim;
    int keys = 2 * headDim;
    file.text("general.architecture", architecture);
    number("embedding_length", HIDDEN);
    number("feed_forward_length", FFN);
    number("block_count", LAYERS);
    number("attention.head_count", HEADS);
    number("attention.head_count_kv", 2);
    number("context_length", 64);
    file.float32(architecture + ".attention.layer_norm_rms_epsilon", 1e-5f);
    matrix("token_embd", dtype, VOCAB, HIDDEN);
    vector("output_norm.weight", HIDDEN);
    for (int i = 0; i < LAYERS; i++) {
      String layer = "blk." + i + ".";
      vector(layer + "attn_norm.weight", HIDDEN);
      vector(layer + "ffn_norm.weight", HIDDEN);
      matrix(layer + "attn_output", dtype, HIDDEN, queries);
      matrix(layer + "ffn_down", dtype, HIDDEN, FFN);
      if (architecture.equals("phi3")) {
        matrix(layer + "attn_qkv", dtype, queries + 2 * keys, HIDDEN);
        matrix(layer + "ffn_up", dtype, 2 * FFN, HIDDEN);
      } else {
        matrix(layer + "attn_q", dtype, queries, HIDDEN);
        matrix(layer + "attn_k", dtype, keys, HIDDEN);
        matrix(layer + "attn_v", dtype, keys, HIDDEN);
        matrix(layer + "ffn_gate", dtype, FFN, HIDDEN);
        matrix(layer + "ffn_up", dtype, FFN, HIDDEN);
      }
      addTraits(layer, queries, keys, headDim);
    }
    addTraits(dtype, headDim);
    file.write(path);
  }

  /** What the layers of one architecture alone hold. */
  private void addTraits(String layer, int queries, int keys, int headDim) {
    switch (architecture) {
      case "qwen2" -> {
        vector(layer + "attn_q.bias", queries);
        vector(layer + "attn_k.bias", keys);
        vector(layer + "attn_v.bias", keys);
      }
      case "qwen3" -> {
        vector(layer + "attn_q_norm.weight", headDim);
        vector(layer + "attn_k_norm.weight", headDim);
      }
      default -> {}
    }
  }

  /** What files of one architecture alone hold, or often leave out. */
  private void addTraits(DType dtype, int headDim) {
    switch (architecture) {
      case "llama" -> file.vector("rope_freqs.weight", new float[] {1, 1, 4, 8});
      case "qwen3" -> {
        number("attention.key_length", headDim);
        number("attention.value_length", headDim);
      }
      case "phi3" -> { // longer than the original context: the long factors count
        number("rope.dimension_count", 6);
        number("rope.scaling.original_context_length", 8);
        file.float32("phi3.rope.scaling.attn_factor", 1.2f);
        file.vector("rope_factors_short.weight", new float[] {1, 1.5f, 2});
        file.vector("rope_factors_long.weight", new float[] {1, 3, 9});
      }
      default -> file.float32(architecture + ".rope.freq_base", 1e6f);
    }
    if (!architecture.equals("smollm")) { // which ties its output to the embedding
      matrix("output", dtype, VOCAB, HIDDEN);
    }
  }

  private void number(String key, int value) {
    file.uint32(architecture + "." + key, value);
  }

  private void matrix(String name, DType dtype, int rows, int columns) {
    file.matrix(
        name + ".weight",
        Matrix.of(name + ".weight", dtype, rows, columns, values(rows * columns, 0, 0.3)));
  }

  private void vector(String name, int size) {
    file.vector(name, values(size, 1, 0.2));
  }

  private float[] values(int count, double mean, double deviation) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (mean + deviation * random.nextGaussian());
    }
    return values;
  }
}
