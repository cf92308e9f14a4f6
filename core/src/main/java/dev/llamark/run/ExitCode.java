package dev.llamark.run;

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

  private final int code;

  ExitCode(int code) {
    this.code = code;
  }

  /** The number given to the operating system. */
  public int code() {
    return code;
  }
}
