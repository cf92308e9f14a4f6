package dev.llamark.kernel.vector;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.llamark.kernel.Operation;
import dev.llamark.oracle.CaseId;
import dev.llamark.oracle.Conformance;
import dev.llamark.tensor.DType;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Against an oracle that quantises its input likewise. */
class Int8ConformanceTest {

  /** Emulated vectors are slow: their cases are small ones. */
  private static final long LARGEST_CASE = VectorWidth.emulated() ? 20_000 : 1_000_000;

  @TestFactory
  Stream<DynamicTest> conforms() {
    Conformance conformance = Conformance.of(new Int8Provider());
    return Stream.of(DType.values())
        .flatMap(dtype -> Conformance.cases(Operation.MATMUL, dtype, Lanes.COUNT).stream())
        .filter(id -> size(id) <= LARGEST_CASE)
        .map(id -> dynamicTest(id.toString(), () -> conformance.verify(id)))
        .onClose(conformance::close);
  }

  private static long size(CaseId id) {
    return id.shape().stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
  }
}
