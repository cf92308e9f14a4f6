package dev.llamark.kernel.vector;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamark.kernel.Arithmetic;
import dev.llamark.kernel.KernelRegistry;
import dev.llamark.kernel.Operation;
import dev.llamark.run.ThreadTeam;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class VectorProviderTest {

  private static final String BITS = "llamark.vector.bits";
  private static final String EMULATE = "llamark.vector.emulate";

  private final String bits = System.getProperty(BITS, "");

  @AfterEach
  void restore() {
    System.setProperty(BITS, bits);
    System.setProperty(EMULATE, "true");
  }

  @Test
  void isFoundAsAServiceWithTheWidthThatWasAskedFor() {
    var variant = KernelRegistry.load(getClass().getClassLoader()).variant("vector");
    assertThat(variant.title()).isEqualTo("vector@" + bits);
  }

  @Test
  void int8IsAVariantOfItsOwnThatSaysSoAndBringsMatMulAlone() {
    KernelRegistry registry = KernelRegistry.load(getClass().getClassLoader());
    var provider = registry.variant("vector-int8").provider().orElseThrow();
    assertThat(provider.arithmetic()).isEqualTo(Arithmetic.INT8_ACTIVATIONS);
    try (var team = ThreadTeam.single();
        var kernels = registry.open("vector-int8", team)) {
      assertThat(kernels.origin(Operation.MATMUL)).isEqualTo("vector-int8");
      assertThat(kernels.origin(Operation.ATTENTION)).isEqualTo("vector");
    }
  }

  @Test
  void aWidthThatDoesNotExistIsRefused() {
    System.setProperty(BITS, "384");
    assertThat(new VectorProvider().unusable().orElseThrow().reason())
        .contains("128, 256 or 512")
        .contains("'384'");
  }

  @Test
  void aWidthThatTheCpuLacksIsRefusedUnlessEmulationIsAskedFor() {
    System.setProperty(BITS, "512");
    System.setProperty(EMULATE, "false");
    boolean native512 = Lanes.preferredBits() >= 512;
    assertThat(new VectorProvider().unusable().isEmpty()).isEqualTo(native512);
    System.setProperty(EMULATE, "true");
    assertThat(new VectorProvider().unusable()).isEmpty();
  }
}
