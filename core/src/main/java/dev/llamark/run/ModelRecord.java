package dev.llamark.run;

import java.util.Map;

/**
 * How fast a variant runs a whole model.
 *
 * @param test {@code pp512}: a prompt of 512 tokens; {@code tg128}: 128 tokens generated
 * @param depth tokens in the cache before the test
 * @param kv type of the KV cache
 * @param role {@code variant} or {@code peer}: a peer's times never gate
 * @param probe what this machine reached beside it; null if that was not probed
 * @param vs our speed over each other variant's
 * @param peakRssBytes largest resident memory of the fork
 * @param loadMs from opening the file to the first token's being possible
 * @param firstTokenMs time to first token after a prompt, where the test has one
 */
public record ModelRecord(
    String test,
    int depth,
    String kv,
    ModelId model,
    String variant,
    String role,
    int vectorBits,
    int threads,
    Samples tokensPerS,
    Probe probe,
    Map<String, Ratio> vs,
    Long peakRssBytes,
    Double loadMs,
    Double firstTokenMs,
    Environment env)
    implements ResultRecord {

  /** Tokens per second: one sample per fork. */
  public record Samples(double median, Double lo, Double hi, double[] samples) {}

  /**
   * What a loop that is the same in every run reached, alternating with the test: by it two runs
   * tell how the machine itself differed.
   *
   * @param bound {@code compute} or {@code memory}: the limit that the test meets first
   * @param limit in GFLOP/s or GB/s
   */
  public record Probe(String bound, double limit) {}

  @Override
  public String kind() {
    return "model";
  }
}
