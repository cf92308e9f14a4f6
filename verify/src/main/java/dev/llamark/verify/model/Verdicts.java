package dev.llamark.verify.model;

import dev.llamark.oracle.Verdict;
import java.util.stream.Stream;

/** How verdicts over parts make one over all. */
public final class Verdicts {

  private Verdicts() {}

  /** The worst of them, of equally bad ones the first; a pass where there is none. */
  public static Verdict worst(Stream<Verdict> verdicts) {
    return verdicts
        .reduce((a, b) -> severity(b) > severity(a) ? b : a)
        .orElseGet(Verdict.Pass::new);
  }

  private static int severity(Verdict verdict) {
    return switch (verdict) {
      case Verdict.Pass _ -> 0;
      case Verdict.Skipped _ -> 1;
      case Verdict.Mistrusted _ -> 2;
      case Verdict.Ambiguous _ -> 3;
      case Verdict.Fail _ -> 4;
    };
  }
}
