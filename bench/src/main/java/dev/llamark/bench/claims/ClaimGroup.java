package dev.llamark.bench.claims;

import dev.llamark.bench.fork.ForkSpec;
import java.util.List;

/** Claims whose contenders run interleaved. */
interface ClaimGroup {

  /** What is timed. */
  List<ForkSpec> contenders();

  /** What follows from the times. */
  List<Claim> judge(ClaimTimes times);
}
