package dev.llamark.kernel.vector;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.llamark.oracle.Conformance;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class VectorConformanceTest {

  @TestFactory
  Stream<DynamicTest> conforms() {
    Conformance conformance = Conformance.of(new VectorProvider());
    return conformance.cases().stream()
        .map(id -> dynamicTest(id.toString(), () -> conformance.verify(id)))
        .onClose(conformance::close);
  }
}
