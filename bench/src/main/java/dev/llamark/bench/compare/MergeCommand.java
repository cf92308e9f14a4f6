package dev.llamark.bench.compare;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamark.run.ExitCode;
import dev.llamark.run.InputException;
import dev.llamark.run.ResultWriter;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code llamark merge}. */
@Command(
    name = "merge",
    description = "Join the parts that --shard made into one result file.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
public final class MergeCommand implements Callable<Integer> {

  private static final String UNKNOWN = "unknown";

  @Parameters(arity = "1..*", paramLabel = "PART", description = "Result files.")
  private List<Path> files;

  @Option(names = "--out", required = true, paramLabel = "ALL", description = "The joined file.")
  private Path out;

  @Option(
      names = "--partial",
      description = "Join what there is, though parts are missing or did not come to their end.")
  private boolean partial;

  @Override
  public Integer call() {
    List<Part> parts = files.stream().map(Part::read).toList();
    requireOneRun(parts);
    requireOneRevision(parts);
    requireNoCaseTwice(parts);
    boolean whole = !partial || isWhole(parts);
    List<ObjectNode> rows = parts.stream().flatMap(part -> part.rows().stream()).toList();
    try (ResultWriter writer = ResultWriter.create(out)) {
      for (ObjectNode row : rows) {
        if (whole && row.path("env") instanceof ObjectNode env) {
          env.putNull("shard");
        }
        writer.write(row);
      }
    }
    System.out.printf(
        "%s: %d row%s of %d part%s%s%n",
        out,
        rows.size(),
        rows.size() == 1 ? "" : "s",
        parts.size(),
        parts.size() == 1 ? "" : "s",
        whole ? "" : "; others are missing or unfinished");
    note(parts, "cpu");
    note(parts, "jdk");
    return (rows.isEmpty() ? ExitCode.NOTHING_RAN : ExitCode.OK).code();
  }

  /** All parts of one run, each once and finished, or files that are no parts at all. */
  private void requireOneRun(List<Part> parts) {
    List<Part> sharded = parts.stream().filter(Part::sharded).toList();
    if (sharded.isEmpty()) {
      return;
    }
    Part first = sharded.getFirst();
    Map<Integer, Part> seen = new HashMap<>();
    for (Part part : parts) {
      if (part.sharded() && part.count() != first.count()) {
        throw new InputException(
            "parts of different runs cannot be joined: %s is part %s, %s is part %s"
                .formatted(first.file(), first.shard(), part.file(), part.shard()));
      }
      Part same = part.sharded() ? seen.put(part.number(), part) : null;
      if (same != null) {
        throw new InputException(
            "a part is there twice: %s and %s are both part %s"
                .formatted(same.file(), part.file(), part.shard()));
      }
      if (!partial && !part.ended()) {
        throw new InputException(
            "%s is not finished: it lacks the line that ends a part of --shard; --partial joins it nevertheless"
                .formatted(part.file()));
      }
    }
    if (!partial && seen.size() < first.count()) {
      throw new InputException(
          "of %d parts %s missing; --partial joins what there is"
              .formatted(first.count(), missing(first.count(), seen)));
    }
  }

  private static String missing(int count, Map<Integer, Part> seen) {
    List<String> missing =
        IntStream.rangeClosed(1, count)
            .filter(number -> !seen.containsKey(number))
            .mapToObj(number -> number + "/" + count)
            .toList();
    return String.join(", ", missing) + (missing.size() == 1 ? " is" : " are");
  }

  private static boolean isWhole(List<Part> parts) {
    return parts.stream().noneMatch(Part::sharded)
        || parts.stream().allMatch(Part::ended) && parts.size() == parts.getFirst().count();
  }

  private static void requireOneRevision(List<Part> parts) {
    List<Map.Entry<String, Path>> all = List.copyOf(values(parts, "revision").entrySet());
    if (all.size() > 1) {
      throw new InputException(
          "parts of different revisions cannot be joined: %s has env.revision %s, %s has %s"
              .formatted(
                  all.get(0).getValue(),
                  all.get(0).getKey(),
                  all.get(1).getValue(),
                  all.get(1).getKey()));
    }
  }

  /** Says that parts were not made alike, which makes their times hard to compare. */
  private static void note(List<Part> parts, String field) {
    Map<String, Path> values = values(parts, field);
    if (values.size() > 1) {
      System.out.printf(
          "note: parts differ in env.%s: %s%n",
          field,
          values.entrySet().stream()
              .map(value -> value.getKey() + " in " + value.getValue())
              .collect(Collectors.joining(", ")));
    }
  }

  /** What the parts say of their environment, each with the first that says it. */
  private static Map<String, Path> values(List<Part> parts, String field) {
    Map<String, Path> values = new LinkedHashMap<>();
    for (Part part : parts) {
      for (ObjectNode row : part.rows()) {
        if (row.path("env").isObject()) {
          values.putIfAbsent(row.path("env").path(field).asText(UNKNOWN), part.file());
        }
      }
    }
    return values;
  }

  private static void requireNoCaseTwice(List<Part> parts) {
    Map<String, Path> seen = new HashMap<>();
    for (Part part : parts) {
      for (ObjectNode row : part.rows()) {
        TimedCase.of(row)
            .map(TimedCase::key)
            .ifPresent(
                key -> {
                  Path before = seen.put(key, part.file());
                  if (before != null) {
                    throw new InputException(
                        "%s has a case that %s has too: %s".formatted(part.file(), before, key));
                  }
                });
      }
    }
  }
}
