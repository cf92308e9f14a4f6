package dev.llamark.run;

/**
 * The command line or an input file is at fault. The message is one sentence that names the file,
 * the key or operand, what was expected and what was found.
 */
public final class InputException extends LlamarkException {

  private static final long serialVersionUID = 1L;

  public InputException(String sentence) {
    this(sentence, null);
  }

  public InputException(String sentence, Throwable cause) {
    super(ExitCode.USAGE, sentence, cause);
  }
}
