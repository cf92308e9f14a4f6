package dev.llamark.run;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;

/**
 * How fast a variant does one operation.
 *
 * @param op the operation's id
 * @param caseId what {@code --case} takes: the same for every variant
 * @param dtype type of the weights, or of the KV cache
 * @param shape the operation's sizes by name: m, n, k for MatMul
 * @param variant id of the variant
 * @param vectorBits width of its vectors, 0 if it has none of its own
 * @param threads size of its team
 * @param cache {@code hot} or {@code cold}
 * @param timeNs time of one call in nanoseconds
 * @param gflops 10⁹ floating-point operations per second
 * @param gbps 10⁹ bytes read and written per second
 * @param roof what this machine could do at most
 * @param allocBPerOp bytes allocated per call
 * @param vs our speed over each other variant's
 * @param error distance to the oracle on the benchmark's own operands
 * @param flags doubts about the figures: {@code two-humped}, {@code drift}, {@code above-roof}
 */
public record OpRecord(
    String op,
    @JsonProperty("case") String caseId,
    String dtype,
    Map<String, Integer> shape,
    String variant,
    int vectorBits,
    int threads,
    String cache,
    Interval timeNs,
    Double gflops,
    Double gbps,
    Roof roof,
    @JsonProperty("alloc_b_per_op") Double allocBPerOp,
    Map<String, Ratio> vs,
    OpError error,
    List<String> flags,
    Environment env)
    implements ResultRecord {

  /**
   * The limit that binds first.
   *
   * @param bound {@code compute} or {@code memory}
   * @param limit in GFLOP/s or GB/s
   * @param percent the share of it that was reached
   */
  public record Roof(String bound, double limit, double percent, Double lo, Double hi) {}

  @Override
  public String kind() {
    return "op";
  }
}
