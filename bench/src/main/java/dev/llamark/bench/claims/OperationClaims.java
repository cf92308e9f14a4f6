package dev.llamark.bench.claims;

import dev.llamark.bench.claims.Claim.Topic;
import dev.llamark.bench.fork.ForkSpec;
import dev.llamark.bench.op.AttentionBenchmark;
import dev.llamark.bench.op.MatMulBenchmark;
import dev.llamark.bench.op.RmsNormBenchmark;
import dev.llamark.bench.op.RopeBenchmark;
import dev.llamark.bench.op.SwiGluBenchmark;
import dev.llamark.bench.statistics.StoppingRule;
import dev.llamark.kernel.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** One operation: plain loops against the variant, and its one thread against many. */
final class OperationClaims implements ClaimGroup {

  private static final String PLAIN = "scalar";

  private final Operation operation;
  private final String variant;
  private final String shape;
  private final int threads;
  private final ForkSpec plain;
  private final ForkSpec alone;
  private final ForkSpec together;

  /**
   * @param threads how many are many
   */
  OperationClaims(Contenders contenders, Operation operation, int threads) {
    this.operation = operation;
    this.variant = contenders.variant();
    this.shape = shape(operation);
    this.threads = threads;
    plain = contender(contenders, PLAIN, 1);
    alone = contender(contenders, variant, 1);
    together = contender(contenders, variant, threads);
  }

  /** A batch of a prompt, small enough for plain loops. */
  private static String shape(Operation operation) {
    return switch (operation) {
      case RMSNORM -> "64x2048";
      case ROPE -> "64x32x64";
      case MATMUL -> "32x1024x1024";
      case ATTENTION -> "64x256x9x3x64";
      case SWIGLU -> "64x5632";
    };
  }

  private ForkSpec contender(Contenders contenders, String id, int threads) {
    Class<?> benchmark =
        switch (operation) {
          case RMSNORM -> RmsNormBenchmark.class;
          case ROPE -> RopeBenchmark.class;
          case MATMUL -> MatMulBenchmark.class;
          case ATTENTION -> AttentionBenchmark.class;
          case SWIGLU -> SwiGluBenchmark.class;
        };
    String method =
        switch (operation) {
          case RMSNORM -> "normalize";
          case ROPE -> "rotate";
          case MATMUL -> "multiply";
          case ATTENTION -> "attend";
          case SWIGLU -> "gate";
        };
    return contenders.of(
        "%s · %s %s · %d threads".formatted(id, operation.id(), shape, threads),
        benchmark,
        method,
        Map.of("variant", id, "threads", String.valueOf(threads), "shape", shape, "cache", "hot"));
  }

  @Override
  public List<ForkSpec> contenders() {
    List<ForkSpec> all = new ArrayList<>(List.of(alone));
    if (!variant.equals(PLAIN)) {
      all.add(plain);
    }
    if (threads > 1) {
      all.add(together);
    }
    return all;
  }

  /** Factors are expected. */
  @Override
  public StoppingRule rule() {
    return new StoppingRule(3, 10, 0.3);
  }

  @Override
  public List<Claim> judge(ClaimTimes times) {
    List<Claim> claims = new ArrayList<>();
    if (!variant.equals(PLAIN)) {
      claims.add(
          Claim.faster(
              Topic.SIMD,
              "simd-" + operation.id(),
              "SIMD makes %s faster (%s, one thread)".formatted(operation.title(), shape),
              times,
              alone,
              plain,
              "%s against plain loops, which the compiler vectorises only where no sum runs through"
                  .formatted(variant)));
    }
    if (threads > 1) {
      claims.add(
          Claim.faster(
              Topic.THREADS,
              "threads-" + operation.id(),
              "%d threads make %s faster (%s)".formatted(threads, operation.title(), shape),
              times,
              together,
              alone,
              "%s on a team of %d against one; at best %d times"
                  .formatted(variant, threads, threads)));
    }
    return claims;
  }
}
