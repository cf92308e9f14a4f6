package dev.llamark.verify;

import dev.llamark.kernel.Operation;
import dev.llamark.oracle.CaseId;
import dev.llamark.oracle.Conformance;
import dev.llamark.run.InputException;
import dev.llamark.tensor.DType;
import java.util.ArrayList;
import java.util.Arrays;
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

  @Option(names = "--shard", paramLabel = "I/N", description = "Every N-th case, from the I-th.")
  private String shard = "1/1";

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
    return shard(all);
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

  private List<CaseId> shard(List<CaseId> all) {
    int[] parts;
    try {
      parts = Arrays.stream(shard.split("/", -1)).mapToInt(Integer::parseInt).toArray();
    } catch (NumberFormatException e) {
      parts = new int[0];
    }
    if (parts.length != 2 || parts[0] < 1 || parts[0] > parts[1]) {
      throw new InputException("--shard must read I/N, such as 1/4, but is '%s'".formatted(shard));
    }
    List<CaseId> own = new ArrayList<>();
    for (int i = parts[0] - 1; i < all.size(); i += parts[1]) {
      own.add(all.get(i));
    }
    return own;
  }
}
