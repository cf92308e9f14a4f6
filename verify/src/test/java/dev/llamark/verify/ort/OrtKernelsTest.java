package dev.llamark.verify.ort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.llamark.kernel.KernelRegistry;
import dev.llamark.kernel.Kernels;
import dev.llamark.kernel.KeyValues;
import dev.llamark.kernel.PackedMatrix;
import dev.llamark.kernel.Role;
import dev.llamark.rope.Pairing;
import dev.llamark.rope.RopeTable;
import dev.llamark.run.ThreadTeam;
import dev.llamark.tensor.DType;
import dev.llamark.tensor.Matrix;
import java.lang.foreign.MemorySegment;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Each operation of {@code ort} against answers that can be worked out on paper. */
class OrtKernelsTest {

  private static final Offset<Float> NEAR = within(2e-6f);

  private static ThreadTeam team;
  private static Kernels ort;

  @BeforeAll
  static void open() {
    team = new ThreadTeam(2);
    ort = KernelRegistry.load(OrtProvider.class.getClassLoader()).open("ort", team);
  }

  @AfterAll
  static void close() {
    ort.close();
    team.close();
  }

  @Test
  void isAPeerThatBringsAllItsOperations() {
    var variant = KernelRegistry.load(OrtProvider.class.getClassLoader()).variant("ort");
    assertThat(variant.role()).isEqualTo(Role.PEER);
    assertThat(ort.inherited()).isEmpty();
  }

  @Test
  void rmsNormDividesByTheRootMeanSquareAndKeepsWhatIsAround() {
    float[] x = {99, 3, 4, 0, 0, 6, 8, 0, 0};
    float[] weight = {99, 1, 2, 3, 4};
    float[] out = new float[10];
    ort.rmsNorm().apply(x, 1, weight, 1, 2, 4, 0, out, 1);
    // Mean squares 6.25 and 25: roots 2.5 and 5
    assertThat(out).containsExactly(new float[] {0, 1.2f, 3.2f, 0, 0, 1.2f, 3.2f, 0, 0, 0}, NEAR);
  }

  @Test
  void rmsNormAddsEpsilonWithinTheRoot() {
    float[] out = new float[2];
    ort.rmsNorm().apply(new float[] {0.3f, 0.4f}, 0, new float[] {1, 1}, 0, 1, 2, 0.125f, out, 0);
    // 0.125 + 0.125 = 0.25
    assertThat(out).containsExactly(new float[] {0.6f, 0.8f}, NEAR);
  }

  @Test
  void ropeTurnsInterleavedPairs() {
    float[] out = new float[8];
    RopeTable table = RopeTable.of(new float[] {1, 1, 0, -1}, new float[] {0, 0, 1, 0}, 2);
    float[] x = {1, 2, 3, 4, 5, 6, 7, 8};
    ort.rope().apply(x, 0, new int[] {0, 1}, 0, table, Pairing.INTERLEAVED, 2, 1, 4, out, 0);
    assertThat(out).containsExactly(1, 2, 3, 4, -6, 5, -7, -8);
  }

  @Test
  void ropeTurnsHalvesOfEachHeadInPlace() {
    RopeTable table = RopeTable.of(new float[] {1, 1, 0, -1}, new float[] {0, 0, 1, 0}, 2);
    float[] x = {1, 2, 3, 4, 5, 6, 7, 8};
    ort.rope().apply(x, 0, new int[] {9, 1}, 1, table, Pairing.HALVES, 1, 2, 4, x, 0);
    assertThat(x).containsExactly(-3, -2, 1, -4, -7, -6, 5, -8);
  }

  @Test
  void partialRopeLeavesTheRestOfAHead() {
    float[] out = new float[8];
    float[] x = {1, 2, 3, 4, 5, 6, 7, 8};
    RopeTable quarterTurn = RopeTable.of(new float[] {0}, new float[] {1}, 1);
    for (Pairing pairing : Pairing.values()) {
      ort.rope().apply(x, 0, new int[] {0}, 0, quarterTurn, pairing, 1, 2, 4, out, 0);
      assertThat(out).containsExactly(-2, 1, 3, 4, -6, 5, 7, 8);
    }
  }

  @Test
  void ropeSeesThatTheTableChanged() {
    float[] out = new float[2];
    float[] x = {1, 2};
    RopeTable quarterTurn = RopeTable.of(new float[] {0}, new float[] {1}, 1);
    RopeTable halfTurn = RopeTable.of(new float[] {-1}, new float[] {0}, 1);
    ort.rope().apply(x, 0, new int[] {0}, 0, quarterTurn, Pairing.HALVES, 1, 1, 2, out, 0);
    assertThat(out).containsExactly(-2, 1);
    ort.rope().apply(x, 0, new int[] {0}, 0, halfTurn, Pairing.HALVES, 1, 1, 2, out, 0);
    assertThat(out).containsExactly(-1, -2);
  }

  @Test
  void matMulMultipliesRowsOfTheWeights() {
    Matrix weights = Matrix.of("w", 3, 2, new float[] {1, 2, 3, 4, 5, 6});
    float[] out = new float[7];
    try (PackedMatrix packed = ort.matMul().pack(weights)) {
      ort.matMul().apply(new float[] {0, 1, 10, 2, 20}, 1, 2, packed, out, 1);
      assertThat(out).containsExactly(0, 21, 43, 65, 42, 86, 130);
      ort.matMul().apply(new float[] {1, -1}, 0, 1, packed, out, 0);
      assertThat(out).startsWith(-1, -1, -1);
      assertThat(packed.bytes()).isEqualTo(24);
    }
  }

  @Test
  void matMulTakesWeightsOnTheHeap() {
    byte[] bytes = new byte[16];
    MemorySegment.copy(
        MemorySegment.ofArray(new float[] {0.5f, 2, -3, 0}),
        0,
        MemorySegment.ofArray(bytes),
        0,
        16);
    Matrix weights = new Matrix("w", DType.F32, 2, 2, MemorySegment.ofArray(bytes));
    float[] out = new float[2];
    try (PackedMatrix packed = ort.matMul().pack(weights)) {
      ort.matMul().apply(new float[] {4, 1}, 0, 1, packed, out, 0);
    }
    assertThat(out).containsExactly(4, -12);
  }

  @Test
  void matMulDecodesOtherTypes() {
    short[] halves = {
      Float.floatToFloat16(0.5f), Float.floatToFloat16(2), Float.floatToFloat16(-3), 0
    };
    byte[] bytes = new byte[8];
    MemorySegment.copy(
        MemorySegment.ofArray(halves), 0, MemorySegment.ofArray(bytes), 0, bytes.length);
    Matrix weights = new Matrix("w", DType.F16, 2, 2, MemorySegment.ofArray(bytes));
    float[] out = new float[2];
    try (PackedMatrix packed = ort.matMul().pack(weights)) {
      assertThat(packed.dtype()).isEqualTo(DType.F16);
      ort.matMul().apply(new float[] {4, 1}, 0, 1, packed, out, 0);
    }
    assertThat(out).containsExactly(4, -12);
  }

  @Test
  void attentionOverOneKeyReturnsItsValueToEveryHeadOfTheGroup() {
    KeyValues cache = new KeyValues(DType.F32, 2, 5, 2);
    cache.store(new float[] {1, 1, 2, 2}, 0, new float[] {7, 8, 9, 10}, 0, 0, 1);
    float[] out = new float[8];
    ort.attention().apply(new float[8], 0, cache, 0, 1, 4, 1, out, 0);
    assertThat(out).containsExactly(7, 8, 7, 8, 9, 10, 9, 10);
  }

  @Test
  void attentionIsCausalAndWeighsBySoftmax() {
    for (DType dtype : new DType[] {DType.F32, DType.F16}) {
      KeyValues cache = new KeyValues(dtype, 1, 4, 1);
      float[] keys = {0, 1, 2};
      float[] values = {4, 8, 16};
      cache.store(keys, 0, values, 0, 0, 3);
      float[] out = new float[2];
      // Scores ln 3 · key: weights 1 : 3 for position 1, and 1 : 3 : 9 for position 2
      float scale = (float) Math.log(3);
      ort.attention().apply(new float[] {1, 1}, 0, cache, 1, 2, 1, scale, out, 0);
      assertThat(out).containsExactly(new float[] {28f / 4, 172f / 13}, within(1e-5f));
    }
  }

  @Test
  void swiGluIsTheGateTimesItsSigmoidTimesUp() {
    float[] out = {99, 99, 99, 99};
    float gate = (float) Math.log(3); // sigmoid 3/4
    ort.swiGlu().apply(new float[] {0, gate, -gate}, 0, new float[] {5, 2, 4}, 0, 3, out, 1);
    assertThat(out).containsExactly(new float[] {99, 0, 1.5f * gate, -gate}, NEAR);
  }

  @Test
  void aSecondShapeOverwritesTheFirst() {
    float[] out = new float[3];
    ort.swiGlu().apply(new float[] {40, 41, 42}, 0, new float[] {1, 1, 1}, 0, 3, out, 0);
    assertThat(out).containsExactly(40, 41, 42);
    ort.swiGlu().apply(new float[] {50}, 0, new float[] {2}, 0, 1, out, 1);
    assertThat(out).containsExactly(40, 100, 42);
  }
}
