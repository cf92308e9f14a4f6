package dev.llamark.verify;

import dev.llamark.kernel.KernelRegistry.Variant;
import dev.llamark.run.EnvironmentException;
import dev.llamark.run.ExitCode;
import dev.llamark.run.InputException;
import dev.llamark.run.LlamarkException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What a whole command found: the sentences of its last line, and with what code it ends. */
final class Outcome {

  private final List<String> wrong = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private final List<String> refused = new ArrayList<>();
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

  /** A variant that could not be opened or closed: who wrote it is at fault, or the machine. */
  void atFault(LlamarkException why) {
    switch (why) {
      case InputException _ -> refused.add(why.getMessage());
      case EnvironmentException _ -> missing.add(why.getMessage());
    }
  }

  /** A variant that nobody named, and that cannot run. */
  void leftOut(Variant variant) {
    (variant.broken() ? refused : remarks).add(variant.leftOut());
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
    if (!refused.isEmpty()) {
      return ExitCode.USAGE;
    }
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
    refused.stream().distinct().forEach(sentences::add);
    missing.stream().distinct().forEach(sentences::add);
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
    if (!refused.isEmpty() || !missing.isEmpty()) {
      return "INCOMPLETE";
    }
    return right.isEmpty() && warnings.isEmpty() ? "NOTHING" : "PASS";
  }
}
