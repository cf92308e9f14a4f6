package dev.llamark.bench.claims;

import dev.llamark.bench.fork.ForkSpec;
import dev.llamark.bench.statistics.StoppingRule;
import java.util.List;

/** Claims whose contenders run interleaved. */
interface ClaimGroup {

  /** What is timed. */
  List<ForkSpec> contenders();

  /** How many forks these claims need, as long as there is time. */
  StoppingRule rule();

  /** What follows from the times. */
  List<Claim> judge(ClaimTimes times);
}
