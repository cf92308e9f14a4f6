package dev.llamark.run;

import com.fasterxml.jackson.annotation.JsonInclude;
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
 * @param role {@code variant} or {@code peer}: a peer's times never gate
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
 * @param flags doubts about the figures: {@code two-humped}, {@code drift}, {@code few-forks} (too
 *     few to tell either), {@code above-roof}, {@code not-warm}
 * @param chain where the time is one node's share of a chain in one session: its length; otherwise
 *     absent
 * @param setting under which it ran, where two were compared; otherwise absent
 * @param verdict of the comparison with setting A; absent unless this is setting B
 */
public record OpRecord(
    String op,
    @JsonProperty("case") String caseId,
    String dtype,
    Map<String, Integer> shape,
    String variant,
    String role,
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
    Environment env,
    @JsonInclude(JsonInclude.Include.NON_NULL) Integer chain,
    @JsonInclude(JsonInclude.Include.NON_NULL) Setting setting,
    @JsonInclude(JsonInclude.Include.NON_NULL) String verdict)
    implements ResultRecord {

  /**
   * One of two settings that were compared.
   *
   * @param name {@code A} or {@code B}
   * @param options as they were given
   */
  public record Setting(String name, String options) {}

  /**
   * The limit that binds first.
   *
   * @param bound {@code compute} or {@code memory}
   * @param limit in GFLOP/s or GB/s
   * @param percent the share of it that was reached
   */
  public record Roof(String bound, double limit, double percent, Double lo, Double hi) {}

  /** The same with a verdict. */
  public OpRecord judged(String verdict) {
    return new OpRecord(
        op,
        caseId,
        dtype,
        shape,
        variant,
        role,
        vectorBits,
        threads,
        cache,
        timeNs,
        gflops,
        gbps,
        roof,
        allocBPerOp,
        vs,
        error,
        flags,
        env,
        chain,
        setting,
        verdict);
  }

  @Override
  public String kind() {
    return "op";
  }
}
