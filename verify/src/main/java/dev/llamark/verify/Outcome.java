package dev.llamark.verify;

import dev.llamark.run.ExitCode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What a whole command found: the sentences of its last line, and with what code it ends. */
final class Outcome {

  private final List<String> wrong = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private final List<String> missing = new ArrayList<>();
  private final List<String> right = new ArrayList<>();
  private final List<String> remarks = new ArrayList<>();

  /** A variant is wrong: {@code vector@512 is wrong in MatMul}. */
  void wrong(String sentence) {
    wrong.add(sentence);
  }

  /** AMBIGUOUS or MISTRUSTED: wrong only where the user is strict. */
  void warning(String sentence) {
    warnings.add(sentence);
  }

  /** Something that the machine lacks. */
  void missing(String sentence) {
    missing.add(sentence);
  }

  /** Something to know that changes nothing: a peer's own error. */
  void remark(String sentence) {
    remarks.add(sentence);
  }

  /** What did not run, and why. */
  void skipped(String sentence) {
    remarks.add(sentence);
  }

  /** What passed: {@code scalar}. */
  void right(String sentence) {
    if (!right.contains(sentence)) {
      right.add(sentence);
    }
  }

  /** The code of the most important finding. */
  ExitCode exitCode(boolean strict) {
    if (!missing.isEmpty()) {
      return ExitCode.ENVIRONMENT;
    }
    if (!wrong.isEmpty() || strict && !warnings.isEmpty()) {
      return ExitCode.WRONG;
    }
    return right.isEmpty() && warnings.isEmpty() ? ExitCode.NOTHING_RAN : ExitCode.OK;
  }

  /** The verdict over all, in one line, or one line per finding. */
  String text(double seconds) {
    List<String> sentences = new ArrayList<>();
    sentences.addAll(missing);
    sentences.addAll(wrong);
    sentences.addAll(warnings);
    List<String> passed = right.stream().filter(this::unblemished).toList();
    if (!passed.isEmpty()) {
      sentences.add(String.join(", ", passed) + (passed.size() == 1 ? " passes" : " pass"));
    }
    sentences.addAll(remarks);
    if (sentences.isEmpty()) {
      sentences.add("nothing ran");
    }
    return "%s: %s. %.1f s".formatted(head(), String.join("; ", sentences), seconds);
  }

  private boolean unblemished(String variant) {
    return Stream.concat(wrong.stream(), remarks.stream())
        .noneMatch(sentence -> sentence.startsWith(variant + " "));
  }

  private String head() {
    if (!wrong.isEmpty()) {
      return "FAIL";
    }
    if (!missing.isEmpty()) {
      return "INCOMPLETE";
    }
    return right.isEmpty() && warnings.isEmpty() ? "NOTHING" : "PASS";
  }
}
