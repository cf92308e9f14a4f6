package dev.llamark.bench.ops;

import dev.llamark.bench.fork.ForkSpec;
import dev.llamark.bench.op.AttentionBenchmark;
import dev.llamark.bench.op.MatMulBenchmark;
import dev.llamark.bench.op.OrtChainBenchmark;
import dev.llamark.bench.op.RmsNormBenchmark;
import dev.llamark.bench.op.RopeBenchmark;
import dev.llamark.bench.op.SwiGluBenchmark;
import dev.llamark.oracle.CaseId;
import dev.llamark.run.InputException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;

/**
 * One case of an operation, such as {@code matmul:q8_0:1x5632x2048:cache=cold}: its benchmark, and
 * how much arithmetic and data it is. Data is what must move at least: every operand once.
 *
 * @param id operation, weight type, shape; the option {@code cache} is {@code hot} (default) or
 *     {@code cold}, {@code pairing} that of RoPE
 */
public record OpCase(CaseId id) {

  private static final Map<String, List<String>> SIZES =
      Map.of(
          "rmsnorm", List.of("rows", "size"),
          "rope", List.of("tokens", "heads", "head_dim"),
          "matmul", List.of("m", "n", "k"),
          "attention", List.of("tokens", "positions", "heads", "kv_heads", "head_dim"),
          "swiglu", List.of("rows", "size"));

  public OpCase {
    List<String> names = SIZES.get(id.operation().id());
    if (id.shape().size() != names.size() || id.shape().stream().anyMatch(size -> size < 1)) {
      throw new InputException(
          "case '%s' must have the shape %s, of positive numbers"
              .formatted(id, String.join(" x ", names)));
    }
    for (Map.Entry<String, String> option : id.options().entrySet()) {
      List<String> known =
          switch (option.getKey()) {
            case "cache" -> List.of("hot", "cold");
            case "pairing" -> List.of("interleaved", "halves");
            default -> List.of();
          };
      if (!known.contains(option.getValue())) {
        throw new InputException(
            "case '%s': '%s=%s' is no option of a benchmark; known: cache=hot|cold, pairing=interleaved|halves"
                .formatted(id, option.getKey(), option.getValue()));
      }
    }
    if (id.operation().id().equals("matmul")
        && id.shape().get(2) % id.dtype().blockElements() != 0) {
      throw new InputException(
          "case '%s': K must be a multiple of %d for %s"
              .formatted(id, id.dtype().blockElements(), id.dtype().id()));
    }
  }

  /** Sizes by name. */
  public SequencedMap<String, Integer> shape() {
    SequencedMap<String, Integer> shape = new LinkedHashMap<>();
    List<String> names = SIZES.get(id.operation().id());
    for (int i = 0; i < names.size(); i++) {
      shape.put(names.get(i), id.shape().get(i));
    }
    return shape;
  }

  public String cache() {
    return id.options().getOrDefault("cache", "hot");
  }

  /** Sizes as typed: {@code 1x5632x2048}. */
  public String shapeText() {
    return String.join("x", id.shape().stream().map(String::valueOf).toList());
  }

  private long size(int i) {
    return id.shape().get(i);
  }

  /** Query-key pairs that a causal mask leaves. */
  private double visiblePairs() {
    long tokens = size(0);
    long before = size(1) - tokens;
    return tokens * before + tokens * (tokens + 1) / 2.0;
  }

  /** Floating-point operations of one call; an exponential, a root or a division counts as one. */
  public double flops() {
    return switch (id.operation()) {
      case RMSNORM -> 4.0 * size(0) * size(1);
      case ROPE -> 3.0 * size(0) * size(1) * size(2);
      case SWIGLU -> 5.0 * size(0) * size(1);
      case MATMUL -> 2.0 * size(0) * size(1) * size(2);
      case ATTENTION -> size(2) * visiblePairs() * (4.0 * size(4) + 3);
    };
  }

  private double bytesRead() {
    return switch (id.operation()) {
      case RMSNORM -> 4.0 * (size(0) * size(1) + size(1));
      case ROPE -> 4.0 * (size(0) * size(1) * size(2) + size(0) * size(2));
      case SWIGLU -> 8.0 * size(0) * size(1);
      case MATMUL -> id.dtype().bytes(size(1) * size(2)) + 4.0 * size(0) * size(2);
      case ATTENTION ->
          id.dtype().bytes(2 * size(1) * size(3) * size(4)) + 4.0 * size(0) * size(2) * size(4);
    };
  }

  private double bytesWritten() {
    return switch (id.operation()) {
      case RMSNORM, SWIGLU -> 4.0 * size(0) * size(1);
      case ROPE -> 4.0 * size(0) * size(1) * size(2);
      case MATMUL -> 4.0 * size(0) * size(1);
      case ATTENTION -> 4.0 * size(0) * size(2) * size(4);
    };
  }

  /** Bytes that one call must move. */
  public double bytes() {
    return bytesRead() + bytesWritten();
  }

  /** Share of the bytes that are written. */
  public double writtenShare() {
    return bytesWritten() / bytes();
  }

  /** The benchmark method. */
  public ForkSpec.Method benchmark() {
    return switch (id.operation()) {
      case RMSNORM -> new ForkSpec.Method(RmsNormBenchmark.class, "normalize");
      case ROPE -> new ForkSpec.Method(RopeBenchmark.class, "rotate");
      case SWIGLU -> new ForkSpec.Method(SwiGluBenchmark.class, "gate");
      case MATMUL -> new ForkSpec.Method(MatMulBenchmark.class, "multiply");
      case ATTENTION -> new ForkSpec.Method(AttentionBenchmark.class, "attend");
    };
  }

  /** Whether a peer's call costs as much as the operation, so that a chain of them is timed too. */
  public boolean hasChain() {
    return switch (id.operation()) {
      case RMSNORM, ROPE, SWIGLU -> cache().equals("hot");
      case MATMUL, ATTENTION -> false;
    };
  }

  /** Parameters of {@link OrtChainBenchmark}. */
  public Map<String, String> chainParameters(int threads) {
    Map<String, String> parameters = new LinkedHashMap<>(parameters("", threads));
    parameters.keySet().removeAll(List.of("variant", "cache"));
    parameters.put("op", id.operation().id());
    return parameters;
  }

  /** The benchmark's parameters. */
  public Map<String, String> parameters(String variant, int threads) {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("variant", variant);
    parameters.put("threads", String.valueOf(threads));
    parameters.put("cache", cache());
    parameters.put("shape", shapeText());
    switch (id.operation()) {
      case MATMUL, ATTENTION -> parameters.put("dtype", id.dtype().id());
      case ROPE ->
          parameters.put(
              "pairing",
              id.options().getOrDefault("pairing", "interleaved").toUpperCase(Locale.ROOT));
      case RMSNORM, SWIGLU -> {}
    }
    return parameters;
  }
}
