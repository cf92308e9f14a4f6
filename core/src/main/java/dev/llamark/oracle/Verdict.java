package dev.llamark.oracle;

/** What a check found. */
public sealed interface Verdict {

  /** Right within the bound. */
  record Pass() implements Verdict {}

  /** Wrong. */
  record Fail(String reason) implements Verdict {}

  /** The reference's own noise explains the difference. */
  record Ambiguous(String reason) implements Verdict {}

  /** It passed, but the check proves little. */
  record Mistrusted(String reason) implements Verdict {}

  /** It did not run. */
  record Skipped(String reason) implements Verdict {}

  /** As written in records: {@code PASS}. */
  default String name() {
    return switch (this) {
      case Pass() -> "PASS";
      case Fail f -> "FAIL";
      case Ambiguous a -> "AMBIGUOUS";
      case Mistrusted m -> "MISTRUSTED";
      case Skipped s -> "SKIPPED";
    };
  }

  /** Why; empty for {@link Pass}. */
  default String reason() {
    return switch (this) {
      case Pass() -> "";
      case Fail(String reason) -> reason;
      case Ambiguous(String reason) -> reason;
      case Mistrusted(String reason) -> reason;
      case Skipped(String reason) -> reason;
    };
  }
}
