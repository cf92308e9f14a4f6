package dev.llamark.run;

/** The machine lacks something. The message is one sentence with the reason and the remedy. */
public final class EnvironmentException extends LlamarkException {

  private static final long serialVersionUID = 1L;

  public EnvironmentException(String sentence) {
    this(sentence, null);
  }

  public EnvironmentException(String sentence, Throwable cause) {
    super(ExitCode.ENVIRONMENT, sentence, cause);
  }
}
