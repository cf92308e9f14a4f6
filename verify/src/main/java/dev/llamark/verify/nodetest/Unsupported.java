package dev.llamark.verify.nodetest;

/** A test asks for something that our operations do not do; the message says what. */
final class Unsupported extends RuntimeException {

  private static final long serialVersionUID = 1L;

  Unsupported(String reason) {
    super(reason);
  }

  static void unless(boolean holds, String reason) {
    if (!holds) {
      throw new Unsupported(reason);
    }
  }
}
