package dev.llamark.kernel.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.sun.management.ThreadMXBean;
import dev.llamark.format.ModelSource;
import dev.llamark.format.ModelSources;
import dev.llamark.kernel.KeyValues;
import dev.llamark.kernel.PackedMatrix;
import dev.llamark.model.KvCache;
import dev.llamark.model.Llama;
import dev.llamark.model.Logits;
import dev.llamark.model.TapListener;
import dev.llamark.rope.Pairing;
import dev.llamark.rope.RopeScaling;
import dev.llamark.rope.RopeTable;
import dev.llamark.run.ThreadTeam;
import dev.llamark.tensor.DType;
import dev.llamark.tensor.Matrix;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A vector that reaches the heap makes a kernel many times slower, and shows here. */
class VectorAllocationTest {

  private static final int CALLS = 300;

  /** Less than one vector a call. */
  private static final long ALLOWED_PER_CALL = 16;

  /** Until then the compilers must be done, beside the threads that keep the cores busy. */
  private static final long WARM_UP_NANOS = 20_000_000_000L;

  private final ThreadTeam team = new ThreadTeam(2);
  private final float[] a = new float[64 * 1024];
  private final float[] b = new float[64 * 1024];
  private final float[] c = new float[64 * 1024];

  @BeforeEach
  void vectorsAreInRegisters() {
    assumeFalse(VectorWidth.emulated(), "emulated vectors are objects");
  }

  @AfterEach
  void close() {
    team.close();
  }

  private static void assertAllocatesNothing(Runnable call) {
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long end = System.nanoTime() + WARM_UP_NANOS;
    long allocated;
    do {
      long before = threads.getTotalThreadAllocatedBytes();
      for (int i = 0; i < CALLS; i++) {
        call.run();
      }
      allocated = threads.getTotalThreadAllocatedBytes() - before;
    } while (allocated > ALLOWED_PER_CALL * CALLS && System.nanoTime() < end);
    assertThat(allocated).isLessThanOrEqualTo(ALLOWED_PER_CALL * CALLS);
  }

  @Test
  void rmsNorm() {
    var kernel = new VectorRmsNorm(team);
    assertAllocatesNothing(() -> kernel.apply(a, 0, b, 0, 32, 1001, 1e-5f, c, 0));
    assertAllocatesNothing(() -> kernel.addAndNormalize(a, 0, c, 0, b, 0, 32, 1001, 1e-5f, c, 0));
  }

  @Test
  void rope() {
    var kernel = new VectorRope(team);
    RopeTable table = RopeTable.of(new RopeScaling.None(), 10_000, 124, 64); // body and both tails
    int[] positions = new int[60];
    for (Pairing pairing : Pairing.values()) {
      assertAllocatesNothing(
          () -> kernel.apply(a, 0, positions, 0, table, pairing, 60, 8, 132, c, 0));
    }
  }

  @Test
  void swiGlu() {
    var kernel = new VectorSwiGlu(team);
    assertAllocatesNothing(() -> kernel.apply(a, 0, b, 0, 50_001, c, 0));
  }

  @Test
  void matMul() {
    var kernel = new VectorMatMul(team);
    PackedMatrix w = kernel.pack(Matrix.of("w", 301, 77, new float[301 * 77]));
    for (int rows : new int[] {1, 3, 17}) {
      assertAllocatesNothing(() -> kernel.apply(a, 0, rows, w, c, 0));
    }
  }

  /** The whole forward pass: what a token costs beyond its kernels, too. */
  @ParameterizedTest
  @ValueSource(strings = {"f32", "q8_0", "q4_0"})
  void decodingOfAToken(String dtype) {
    try (ModelSource source = ModelSources.open("synthetic:probe256:" + dtype);
        Llama llama =
            Llama.of(source.config(), source.weights(), new VectorProvider().create(team))) {
      KvCache cache = llama.newCache(8, DType.F16);
      float[] logits = new float[source.config().vocab()];
      int[] token = {3};
      assertAllocatesNothing(
          () -> {
            cache.truncate(Math.min(cache.length(), 7));
            llama.forward(token, cache, Logits.LAST, TapListener.NONE, logits);
          });
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"F32", "F16", "Q4_0", "Q5_1"})
  void matMulOverSeveralBlocksOfInputs(DType dtype) {
    var kernel = new VectorMatMul(team);
    int columns = 2048 + 64; // more than a block of any type, at any width
    Matrix zeros = Matrix.of("w", 96, columns, new float[96 * columns]);
    PackedMatrix w = kernel.pack(dtype == DType.F32 ? zeros : zeros.quantise(dtype));
    float[] x = new float[48 * columns];
    for (int rows : new int[] {7, 48}) {
      assertAllocatesNothing(() -> kernel.apply(x, 0, rows, w, c, 0));
    }
  }

  @Test
  void matMulBySeveralMatrices() {
    var kernel = new VectorMatMul(team);
    PackedMatrix[] w = {
      kernel.pack(Matrix.of("q", 96, 64, new float[96 * 64])),
      kernel.pack(Matrix.of("k", 40, 64, new float[40 * 64]))
    };
    float[][] outs = {b, c};
    for (int rows : new int[] {1, 13}) {
      assertAllocatesNothing(() -> kernel.applyAll(a, 0, rows, w, outs));
    }
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void matMulOfEveryWeightType(DType dtype) {
    var kernel = new VectorMatMul(team);
    Matrix weights = Matrix.of("w", 96, 512, new float[96 * 512]).quantise(dtype);
    PackedMatrix w = kernel.pack(weights);
    for (int rows : new int[] {1, 4}) {
      assertAllocatesNothing(() -> kernel.apply(a, 0, rows, w, c, 0));
    }
  }

  @Test
  void matMulOfInfiniteWeights() {
    var kernel = new VectorMatMul(team);
    float[] weights = new float[96 * 513];
    weights[77] = Float.POSITIVE_INFINITY;
    PackedMatrix w = kernel.pack(Matrix.of("w", 96, 513, weights).quantise(DType.F16));
    for (int rows : new int[] {1, 4}) {
      assertAllocatesNothing(() -> kernel.apply(a, 0, rows, w, c, 0));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"Q4_0", "Q4_1", "Q4_K", "Q6_K", "Q8_0"})
  void int8MatMul(DType dtype) {
    var kernel = new Int8MatMul(team);
    Matrix weights = Matrix.of("w", 100, 768, new float[100 * 768]).quantise(dtype);
    PackedMatrix w = kernel.pack(weights);
    for (int rows : new int[] {1, 3, 13, 65}) {
      assertAllocatesNothing(() -> kernel.apply(a, 0, rows, w, c, 0));
    }
  }

  @Test
  void int8MatMulOfColumnsThatAreNoWholeBlocks() {
    var kernel = new Int8MatMul(team);
    PackedMatrix w = kernel.pack(Matrix.of("w", 100, 77, new float[100 * 77]));
    for (int rows : new int[] {1, 65}) {
      assertAllocatesNothing(() -> kernel.apply(a, 0, rows, w, c, 0));
    }
  }

  @Test
  void attention() {
    var kernel = new VectorAttention(team);
    for (DType dtype : new DType[] {DType.F32, DType.F16}) {
      KeyValues cache = new KeyValues(dtype, 2, 1100, 48);
      assertAllocatesNothing(() -> kernel.apply(a, 0, cache, 1090, 1, 6, 0.1f, c, 0));
      assertAllocatesNothing(() -> kernel.apply(a, 0, cache, 300, 8, 6, 0.1f, c, 0));
      assertAllocatesNothing(() -> kernel.apply(a, 0, cache, 0, 40, 6, 0.1f, c, 0));
    }
  }
}
