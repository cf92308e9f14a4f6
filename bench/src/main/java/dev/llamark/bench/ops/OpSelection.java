package dev.llamark.bench.ops;

import dev.llamark.kernel.Operation;
import dev.llamark.model.Presets;
import dev.llamark.oracle.CaseId;
import dev.llamark.run.Environment;
import dev.llamark.run.InputException;
import dev.llamark.tensor.DType;
import dev.llamark.verify.ShardOptions;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which cases. */
final class OpSelection {

  private static final String QUICK_PRESET = "smollm2-135m";
  private static final String PRESET = "tinyllama-1.1b";

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
      names = "--shapes",
      split = ",",
      paramLabel = "MODEL",
      description =
          "Shapes of these models, such as llama-3.2-1b; by default ${DEFAULT-VALUE}"
              + PRESET
              + ", with --quick "
              + QUICK_PRESET
              + ".",
      defaultValue = "")
  private List<String> presets = List.of();

  @Option(
      names = "--shape",
      split = ",",
      paramLabel = "AxB…",
      description =
          "Shapes of the one operation named by --op; matmul: M x N x K, such as 512x5632x2048.")
  private List<String> shapes = List.of();

  @Option(
      names = "--case",
      split = ",",
      paramLabel = "ID",
      description = "Exactly these cases, such as matmul:q8_0:1x5632x2048:cache=cold.")
  private List<String> cases = List.of();

  @Option(
      names = "--cache",
      split = ",",
      paramLabel = "hot|cold",
      description =
          "Where operands lie. By default as in a forward pass: the weights of a step of decoding"
              + " cold, all else hot.")
  private List<String> caches = List.of();

  @Mixin private ShardOptions shard;

  /** The cases, in order. */
  List<OpCase> cases(boolean quick) {
    return shard.of(cached(all(quick)));
  }

  /** An environment that says which part of the cases it is, unless it is all. */
  Environment mark(Environment environment) {
    return shard.mark(environment);
  }

  private List<OpCase> all(boolean quick) {
    if (!cases.isEmpty()) {
      return cases.stream().map(CaseId::parse).map(OpCase::new).distinct().toList();
    }
    if (!shapes.isEmpty()) {
      return free();
    }
    List<String> names = presets.stream().filter(name -> !name.isEmpty()).toList();
    if (names.isEmpty()) {
      names = List.of(quick ? QUICK_PRESET : PRESET);
    }
    List<Operation> wanted = operations();
    return names.stream()
        .map(Presets::of)
        .flatMap(
            preset ->
                (quick ? OpCases.quick(preset, dtypes()) : OpCases.of(preset, dtypes())).stream())
        .filter(c -> wanted.contains(c.id().operation()))
        .distinct()
        .toList();
  }

  private List<OpCase> free() {
    if (operations.size() != 1) {
      throw new InputException(
          "--shape needs --op with the one operation whose shape it is, but there are %d"
              .formatted(operations.size()));
    }
    String operation = operations().getFirst().id();
    List<String> types =
        operation.equals("matmul") || operation.equals("attention")
            ? dtypes().stream().map(DType::id).toList()
            : List.of("f32");
    List<OpCase> free = new ArrayList<>();
    for (String type : types) {
      for (String shape : shapes) {
        free.add(new OpCase(CaseId.parse(operation + ":" + type + ":" + shape)));
      }
    }
    return free;
  }

  private List<OpCase> cached(List<OpCase> all) {
    if (caches.isEmpty()) {
      return all;
    }
    return all.stream()
        .flatMap(c -> caches.stream().map(cache -> new OpCase(c.id().with("cache", cache))))
        .distinct()
        .toList();
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
