package dev.llamark.kernel.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.llamark.kernel.MatMul;
import dev.llamark.run.ThreadTeam;
import dev.llamark.tensor.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StreamsTest {

  private final SplittableRandom random = new SplittableRandom(22);
  private final String streams = System.getProperty(Streams.PROPERTY, "");

  @TempDir private Path folder;

  @AfterEach
  void restore() {
    System.setProperty(Streams.PROPERTY, streams);
  }

  @Test
  void areThoseThatAreAskedFor() {
    System.setProperty(Streams.PROPERTY, "1");
    assertThat(Streams.preferred()).isEqualTo(Streams.ONE);
    System.setProperty(Streams.PROPERTY, "3");
    assertThat(Streams.preferred()).isEqualTo(Streams.THREE);
    assertThat(new VectorProvider().unusable()).isEmpty();
  }

  @Test
  void anotherNumberIsRefused() {
    System.setProperty(Streams.PROPERTY, "2");
    assertThat(new VectorProvider().unusable().orElseThrow().reason())
        .contains("1 or 3")
        .contains("'2'");
    assertThat(new Int8Provider().unusable()).isPresent();
  }

  @Test
  void intelIsKnownByWhatLinuxTells() throws IOException {
    assertThat(Streams.isIntel(info("processor : 0", "vendor_id : GenuineIntel"))).isTrue();
    assertThat(Streams.isIntel(info("processor : 0", "vendor_id : AuthenticAMD"))).isFalse();
    assertThat(Streams.isIntel(info("processor : 0", "CPU implementer : 0x41"))).isFalse();
  }

  private Path info(String... lines) throws IOException {
    return Files.write(folder.resolve("cpuinfo"), List.of(lines));
  }

  /**
   * Where the weights lie and how many panels are read together is all that differs. The sections
   * at the end are short where they can be, and groups have one to four panels.
   */
  @ParameterizedTest
  @EnumSource(DType.class)
  void anyNumberGivesTheSameBitsOnAnyNumberOfThreads(DType dtype) {
    assumeFalse(VectorWidth.emulated() && dtype != DType.F32, "emulated vectors are slow");
    switch (dtype.blockElements()) {
      case 256 -> assertSameBits(dtype, 512);
      case 32 -> {
        assertSameBits(dtype, 288);
        assertSameBits(dtype, 352);
      }
      default -> assertSameBits(dtype, 351);
    }
  }

  private void assertSameBits(DType dtype, int columns) {
    int outputs = 9 * VectorWeights.WIDTH + 5;
    float[] values = fractions(outputs * columns);
    float[] x = fractions(4 * columns);
    for (int rows : new int[] {1, 4}) {
      float[][] expected = new float[2][];
      for (int threads = 1; threads <= 2; threads++) {
        try (ThreadTeam team = new ThreadTeam(threads)) {
          List<MatMul> kernels = VectorMatMulTest.kernels(team); // by streams, float before int8
          for (int i = 0; i < kernels.size(); i++) {
            float[] out =
                VectorMatMulTest.multiply(kernels.get(i), dtype, values, columns, x, rows);
            if (expected[i % 2] == null) {
              expected[i % 2] = out;
            }
            assertThat(out)
                .as("kernel %d, %d rows, %d threads", i, rows, threads)
                .isEqualTo(expected[i % 2]);
          }
        }
      }
    }
  }

  private float[] fractions(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    return values;
  }
}
