package dev.llamark.verify;

import dev.llamark.kernel.Operation;
import dev.llamark.oracle.CaseId;
import dev.llamark.oracle.Conformance;
import dev.llamark.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** Which cases of the operations. */
final class CaseOptions {

  @Option(
      names = "--op",
      split = ",",
      paramLabel = "OP",
      description = "Operations: rmsnorm, rope, matmul, attention, swiglu; by default all.")
  private List<String> operations = List.of();

  @Option(
      names = "--dtype",
      split = ",",
      paramLabel = "TYPE",
      description = "Weight types of matmul: f32, f16, …, q6_k, or all; by default f32.")
  private List<String> dtypes = List.of("f32");

  @Option(
      names = "--case",
      split = ",",
      paramLabel = "ID",
      description = "Exactly these cases, such as matmul:f32:17x4096x4096:seed=7.")
  private List<String> cases = List.of();

  /**
   * The cases, in order.
   *
   * @param lanes floats of a vector
   */
  List<CaseId> cases(int lanes, long seed) {
    if (!cases.isEmpty()) {
      return cases.stream().map(CaseId::parse).toList();
    }
    List<CaseId> all = new ArrayList<>();
    for (Operation operation : operations()) {
      for (DType dtype : dtypes()) {
        Conformance.cases(operation, dtype, lanes).stream()
            .map(id -> seed == CaseId.DEFAULT_SEED ? id : id.with("seed", seed))
            .forEach(all::add);
      }
    }
    return all;
  }

  private List<Operation> operations() {
    return operations.isEmpty()
        ? List.of(Operation.values())
        : operations.stream().map(Operation::of).distinct().toList();
  }

  private List<DType> dtypes() {
    return dtypes.contains("all")
        ? List.of(DType.values())
        : dtypes.stream().map(DType::of).distinct().toList();
  }
}
