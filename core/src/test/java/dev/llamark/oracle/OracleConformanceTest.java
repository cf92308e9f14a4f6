package dev.llamark.oracle;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The oracle as a variant must at least pass its own examination: offsets, aliasing, threads. */
class OracleConformanceTest {

  @TestFactory
  Stream<DynamicTest> conforms() {
    Conformance conformance = Conformance.of(new OracleProvider());
    return conformance.cases().stream()
        .map(id -> dynamicTest(id.toString(), () -> conformance.verify(id)))
        .onClose(conformance::close);
  }
}
