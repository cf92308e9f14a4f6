package dev.llamark.bench.claims;

import dev.llamark.bench.claims.Claim.Topic;
import dev.llamark.bench.fork.ForkSpec;
import dev.llamark.bench.statistics.StoppingRule;
import java.util.List;
import java.util.Map;

/** RMSNorm against LayerNorm and against partial RMSNorm, all written alike. */
final class NormSpeedClaims implements ClaimGroup {

  private final String setting;
  private final String suffix;
  private final ForkSpec rms;
  private final ForkSpec layer;
  private final ForkSpec partial;

  /**
   * @param code {@code vector} for the Vector API, {@code scalar} for plain loops
   * @param shape rows x size
   */
  NormSpeedClaims(Contenders contenders, String code, String shape) {
    setting = (code.equals("scalar") ? "plain loops" : "SIMD") + ", " + shape;
    suffix = "-" + code + "-" + shape;
    rms = contender(contenders, NormForm.RMSNORM, code, shape);
    layer = contender(contenders, NormForm.LAYERNORM, code, shape);
    partial = contender(contenders, NormForm.PRMSNORM, code, shape);
  }

  private static ForkSpec contender(
      Contenders contenders, NormForm form, String code, String shape) {
    return contenders.of(
        form.id() + " · " + code + " · " + shape,
        NormBenchmark.class,
        "normalize",
        Map.of("norm", form.id(), "variant", code, "shape", shape, "threads", "1", "cache", "hot"));
  }

  @Override
  public List<ForkSpec> contenders() {
    return List.of(rms, layer, partial);
  }

  /** Some ten per cent are expected. */
  @Override
  public StoppingRule rule() {
    return new StoppingRule(3, 20, 0.03);
  }

  @Override
  public List<Claim> judge(ClaimTimes times) {
    return List.of(
        Claim.faster(
            Topic.NORM,
            "rmsnorm-vs-layernorm" + suffix,
            "RMSNorm is cheaper than LayerNorm (%s)".formatted(setting),
            times,
            rms,
            layer,
            "one sum instead of two, no mean to subtract, no bias to read and add; the rows that both"
                + " read and write are the same"),
        Claim.faster(
            Topic.NORM,
            "prmsnorm-vs-rmsnorm" + suffix,
            "Partial RMSNorm is cheaper than RMSNorm (%s)".formatted(setting),
            times,
            partial,
            rms,
            "the mean square of 6.25 % of a row: its sum shrinks to a sixteenth; every element is still"
                + " read, scaled and written"));
  }
}
