package dev.llamark.bench.openblas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.llamark.kernel.KernelRegistry;
import dev.llamark.kernel.Kernels;
import dev.llamark.kernel.Operation;
import dev.llamark.kernel.PackedMatrix;
import dev.llamark.kernel.Role;
import dev.llamark.run.ThreadTeam;
import dev.llamark.tensor.DType;
import dev.llamark.tensor.Matrix;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OpenBlasTest {

  @BeforeEach
  void requireNatives() {
    assumeTrue(OpenBlas.present(), "no OpenBLAS for this platform");
  }

  private static Kernels open(ThreadTeam team) {
    return KernelRegistry.load(OpenBlasTest.class.getClassLoader()).open("openblas", team);
  }

  /** Whole numbers: 1·5 + 2·6 = 17 and so on, worked out by hand. */
  @Test
  void multipliesByTheTransposedWeightsFromAnOffset() {
    try (ThreadTeam team = new ThreadTeam(2);
        Kernels kernels = open(team)) {
      Matrix w = Matrix.of("w", 3, 2, new float[] {5, 6, 7, 8, 9, 10});
      PackedMatrix packed = kernels.matMul().pack(w);
      float[] out = new float[7];
      kernels.matMul().apply(new float[] {-1, 1, 2, 3, 4}, 1, 2, packed, out, 1);
      assertThat(out).containsExactly(0, 17, 23, 29, 39, 53, 67);
    }
  }

  @Test
  void isAPeerThatBringsMatMulAlone() {
    assertThat(new OpenBlasProvider().role()).isEqualTo(Role.PEER);
    assertThat(new OpenBlasProvider().onRequest()).isTrue();
    try (ThreadTeam team = ThreadTeam.single();
        Kernels kernels = open(team)) {
      assertThat(kernels.origin(Operation.MATMUL)).isEqualTo("openblas");
      assertThat(kernels.origin(Operation.ROPE)).isEqualTo("scalar");
      assertThat(kernels.matMul().supports(DType.Q8_0)).isFalse();
    }
  }
}
