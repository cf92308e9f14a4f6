package dev.llamark.bench.compare;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamark.bench.statistics.Comparison.Verdict;
import dev.llamark.run.ExitCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What fails a comparison. A gate that could not look is no pass: where what it had to judge is not
 * there, the input is incomplete.
 *
 * @param failOn what fails; nothing if empty
 * @param partial whether cases may be missing
 * @param expected which rows of the base the new run was to have
 */
record Gate(Set<FailOn> failOn, boolean partial, Predicate<ObjectNode> expected) {

  /** So many cases are named; the others are counted. */
  private static final int NAMED = 3;

  /** What makes the command fail. */
  enum FailOn {
    SLOWER,
    ALLOCATES
  }

  /**
   * What follows.
   *
   * @param failures what was found to be worse, a sentence each
   * @param unseen what could not be judged, a sentence each
   */
  record Judgement(List<String> failures, List<String> unseen) {

    private void addSlower(Findings found) {
      if (!found.slower().isEmpty()) {
        failures.add("slower: " + some(found.slower()));
      }
      if (!found.unjudged().isEmpty()) {
        unseen.add(
            "--fail-on slower does not pass what could not be judged: " + some(found.unjudged()));
      }
    }

    private void addAllocating(Findings found) {
      if (!found.allocating().isEmpty()) {
        failures.add("allocates more: " + some(found.allocating()));
      }
      if (!found.unmeasured().isEmpty()) {
        unseen.add(
            "--fail-on allocates does not pass what was not measured: " + some(found.unmeasured()));
      }
    }

    ExitCode code() {
      return !unseen.isEmpty()
          ? ExitCode.USAGE
          : failures.isEmpty() ? ExitCode.OK : ExitCode.SLOWER;
    }
  }

  Judgement judge(ResultComparison comparison) {
    if (failOn.isEmpty()) {
      return new Judgement(List.of(), List.of());
    }
    Judgement judgement = judge(failOn, found(comparison));
    if (failOn.contains(FailOn.ALLOCATES)
        && comparison.gating(row -> row.moreAllocated().isPresent()).isEmpty()) {
      judgement.unseen.add("--fail-on allocates: no case of both tells what a call allocates");
    }
    List<String> missing =
        comparison.onlyBase().stream()
            .filter(row -> !row.peer() && expected.test(row.row()))
            .map(TimedCase::key)
            .toList();
    if (!partial && !missing.isEmpty()) {
      judgement.unseen.add(
          "NEW lacks %d of BASE's cases, which --fail-on does not pass unseen: %s; --partial lets cases be missing"
              .formatted(missing.size(), some(missing)));
    }
    return judgement;
  }

  /** The same of what was compared in one run, where some may not have been. */
  static Judgement judge(Set<FailOn> failOn, Findings found, List<String> unpaired) {
    Judgement judgement = judge(failOn, found);
    if (!failOn.isEmpty() && !unpaired.isEmpty()) {
      judgement.unseen.add("--fail-on does not pass what was not compared: " + some(unpaired));
    }
    return judgement;
  }

  private static Judgement judge(Set<FailOn> failOn, Findings found) {
    Judgement judgement = new Judgement(new ArrayList<>(), new ArrayList<>());
    if (failOn.contains(FailOn.SLOWER)) {
      judgement.addSlower(found);
    }
    if (failOn.contains(FailOn.ALLOCATES)) {
      judgement.addAllocating(found);
    }
    return judgement;
  }

  private static Findings found(ResultComparison comparison) {
    return new Findings(
        comparison.gating(row -> row.verdict() == Verdict.SLOWER),
        comparison.gating(ResultComparison.Row::allocatesMore),
        comparison.unjudged(),
        comparison.gating(
            row ->
                row.moreAllocated().isPresent()
                    && Double.isNaN(row.moreAllocated().getAsDouble())));
  }

  private static String some(List<String> keys) {
    String named = String.join(", ", keys.subList(0, Math.min(NAMED, keys.size())));
    return keys.size() <= NAMED ? named : named + ", and %d more".formatted(keys.size() - NAMED);
  }
}
