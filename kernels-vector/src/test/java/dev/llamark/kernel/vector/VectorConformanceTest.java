package dev.llamark.kernel.vector;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.llamark.kernel.Operation;
import dev.llamark.oracle.CaseId;
import dev.llamark.oracle.Conformance;
import dev.llamark.tensor.DType;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class VectorConformanceTest {

  /** Emulated vectors are slow: their cases are small ones. */
  private static final long LARGEST_CASE = VectorWidth.emulated() ? 30_000 : 4_000_000;

  @TestFactory
  Stream<DynamicTest> conforms() {
    Conformance conformance = Conformance.of(new VectorProvider());
    return Stream.concat(conformance.cases().stream(), quantisedProducts())
        .filter(id -> size(id) <= LARGEST_CASE)
        .map(id -> dynamicTest(id.toString(), () -> conformance.verify(id)))
        .onClose(conformance::close);
  }

  private static Stream<CaseId> quantisedProducts() {
    return Arrays.stream(DType.values())
        .filter(dtype -> dtype != DType.F32)
        .flatMap(dtype -> Conformance.cases(Operation.MATMUL, dtype, Lanes.COUNT).stream());
  }

  private static long size(CaseId id) {
    return id.shape().stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
  }
}
