package dev.llamark.run;

import java.util.List;

/** What the process tells its caller when it ends. */
public enum ExitCode {
  /** All right. */
  OK(0),
  /** A variant computed a wrong result. */
  WRONG(1),
  /** The command line or an input file is at fault. */
  USAGE(2),
  /** Slower than the baseline allows. */
  SLOWER(3),
  /** The machine lacks something: a JDK, the vector module, ONNX Runtime. */
  ENVIRONMENT(4),
  /** Nothing ran, or all was skipped. */
  NOTHING_RAN(5),
  /** llamark's own fault. */
  INTERNAL(70),
  /** Interrupted by the user. */
  INTERRUPTED(130);

  /** What a caller must know first comes first. */
  private static final List<ExitCode> URGENCY =
      List.of(INTERRUPTED, INTERNAL, USAGE, ENVIRONMENT, WRONG, SLOWER, NOTHING_RAN, OK);

  private final int code;

  ExitCode(int code) {
    this.code = code;
  }

  /** The more urgent of two findings about one run. */
  public ExitCode and(ExitCode other) {
    return URGENCY.indexOf(this) <= URGENCY.indexOf(other) ? this : other;
  }

  /** The number given to the operating system. */
  public int code() {
    return code;
  }
}
