package dev.llamark.bench.claims;

import dev.llamark.bench.claims.Claim.Topic;
import dev.llamark.bench.fork.ForkSpec;
import dev.llamark.bench.statistics.StoppingRule;
import java.util.List;
import java.util.Map;

/** RoPE against positions that are added, for sequences of one length. */
final class PositionClaims implements ClaimGroup {

  private final int tokens;
  private final ForkSpec rope;
  private final ForkSpec learned;
  private final ForkSpec sinusoidal;

  PositionClaims(Contenders contenders, int tokens) {
    this.tokens = tokens;
    rope = contender(contenders, "rope");
    learned = contender(contenders, "learned");
    sinusoidal = contender(contenders, "sinusoidal");
  }

  private ForkSpec contender(Contenders contenders, String way) {
    return contenders.of(
        way + " position · " + tokens + " tokens",
        PositionBenchmark.class,
        "place",
        Map.of(
            "way",
            way,
            "variant",
            contenders.variant(),
            "tokens",
            String.valueOf(tokens),
            "threads",
            "1",
            "cache",
            "hot"));
  }

  @Override
  public List<ForkSpec> contenders() {
    return List.of(rope, learned, sinusoidal);
  }

  /** Factors are expected. */
  @Override
  public StoppingRule rule() {
    return new StoppingRule(3, 10, 0.3);
  }

  @Override
  public List<Claim> judge(ClaimTimes times) {
    return List.of(
        Claim.faster(
            Topic.ROPE,
            "rope-vs-learned-" + tokens,
            "RoPE is cheaper than a learned position (%d tokens)".formatted(tokens),
            times,
            rope,
            learned,
            "one block's rotation of queries and keys, against an addition to the stream; and every block"
                + " rotates, while a position is added once (a sinusoid from a table costs the same)"),
        Claim.faster(
            Topic.ROPE,
            "rope-vs-sinusoidal-" + tokens,
            "RoPE is cheaper than a computed sinusoid (%d tokens)".formatted(tokens),
            times,
            rope,
            sinusoidal,
            "RoPE reads its sines and cosines from a table that all heads and blocks share; here each"
                + " element of the stream has a sinusoid of its own, computed when it is needed"));
  }
}
