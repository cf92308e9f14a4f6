package dev.llamark.bench.claims;

import dev.llamark.bench.claims.Claim.Basis;
import dev.llamark.bench.claims.Claim.Topic;
import dev.llamark.bench.claims.Claim.Verdict;
import dev.llamark.run.TextTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The claims as a person reads them, by topic. */
final class ClaimsReport {

  private static final int WIDTH = 100;

  private final List<Claim> claims;

  ClaimsReport(List<Claim> claims) {
    this.claims = claims;
  }

  /** For a terminal: verdict, claim, figure; and below those that have it in common, why. */
  String text() {
    StringBuilder out = new StringBuilder();
    for (Topic topic : Topic.values()) {
      SequencedMap<String, List<Claim>> byReason = new LinkedHashMap<>();
      claims.stream()
          .filter(claim -> claim.topic() == topic)
          .forEach(
              claim -> byReason.computeIfAbsent(why(claim), _ -> new ArrayList<>()).add(claim));
      if (!byReason.isEmpty()) {
        out.append(topic.title()).append('\n');
        byReason.forEach((why, alike) -> add(alike, why, out));
        out.append('\n');
      }
    }
    return out.append(summary()).toString();
  }

  private void add(List<Claim> alike, String why, StringBuilder out) {
    int verdicts = width(ClaimsReport::word);
    int statements = width(Claim::statement);
    for (Claim claim : alike) {
      String line =
          "  %s  %s  %s"
              .formatted(
                  padded(word(claim), verdicts),
                  padded(claim.statement(), statements),
                  claim.figure());
      out.append(line.stripTrailing()).append('\n');
    }
    String margin = " ".repeat(2 + verdicts + 2);
    String bullet = "· ";
    for (String line : lines(why)) {
      out.append(margin).append(bullet).append(line).append('\n');
      bullet = "  ";
    }
  }

  private static String why(Claim claim) {
    return (claim.basis() == Basis.DERIVED ? "derived: " : "") + claim.reason();
  }

  private static String word(Claim claim) {
    return claim.verdict() == Verdict.NOT_TESTABLE ? "–" : claim.verdict().word();
  }

  private int width(Function<Claim, String> column) {
    return claims.stream().map(column).mapToInt(String::length).max().orElse(0);
  }

  private static String padded(String text, int width) {
    return text + " ".repeat(width - text.length());
  }

  /** Broken between words. */
  private static List<String> lines(String text) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : text.split(" ")) {
      if (!line.isEmpty() && line.length() + 1 + word.length() > WIDTH) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.isEmpty() ? "" : " ").append(word);
    }
    lines.add(line.toString());
    return lines;
  }

  /** {@code 8 hold, 3 fail, 1 undecided, 4 not testable here}. */
  private String summary() {
    return Arrays.stream(Verdict.values())
        .map(
            verdict -> {
              long count = claims.stream().filter(claim -> claim.verdict() == verdict).count();
              return switch (verdict) {
                case HOLDS -> count + " hold";
                case FAILS -> count + " fail";
                case UNDECIDED -> count + " undecided";
                case NOT_TESTABLE -> count + " not testable here";
              };
            })
        .collect(Collectors.joining(", "));
  }

  /** As a table. */
  String markdown() {
    TextTable table = new TextTable("claim", "verdict", "basis", "figure", "why");
    for (Claim claim : claims) {
      table.row(
          claim.statement(),
          claim.verdict().word(),
          claim.basis().word(),
          claim.figure(),
          claim.reason());
    }
    return table.markdown() + "\n" + summary();
  }
}
