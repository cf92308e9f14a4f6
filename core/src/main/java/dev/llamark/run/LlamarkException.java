package dev.llamark.run;

/** A failure that one sentence explains to the user; its kind decides the exit code. */
public abstract sealed class LlamarkException extends RuntimeException
    permits InputException, EnvironmentException {

  private static final long serialVersionUID = 1L;

  private final ExitCode exitCode;

  LlamarkException(ExitCode exitCode, String sentence, Throwable cause) {
    super(sentence, cause);
    this.exitCode = exitCode;
  }

  /** The code with which the process ends if nobody handles this. */
  public ExitCode exitCode() {
    return exitCode;
  }
}
