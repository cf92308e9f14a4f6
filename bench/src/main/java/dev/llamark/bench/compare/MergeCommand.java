package dev.llamark.bench.compare;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamark.run.ExitCode;
import dev.llamark.run.InputException;
import dev.llamark.run.ResultReader;
import dev.llamark.run.ResultWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
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

  @Parameters(arity = "1..*", paramLabel = "PART", description = "Result files.")
  private List<Path> parts;

  @Option(names = "--out", required = true, paramLabel = "ALL", description = "The joined file.")
  private Path out;

  @Override
  public Integer call() {
    List<ObjectNode> rows = joined();
    try (ResultWriter writer = ResultWriter.create(out)) {
      rows.forEach(writer::write);
    }
    System.out.printf("%s: %d rows of %d parts%n", out, rows.size(), parts.size());
    return (rows.isEmpty() ? ExitCode.NOTHING_RAN : ExitCode.OK).code();
  }

  private List<ObjectNode> joined() {
    List<ObjectNode> rows = new ArrayList<>();
    Map<String, Path> revisions = new LinkedHashMap<>();
    Map<String, Path> seen = new LinkedHashMap<>();
    for (Path part : parts) {
      for (ObjectNode row : ResultReader.read(part)) {
        requireNew(row, part, seen);
        if (row.path("env").isObject()) {
          revisions.putIfAbsent(row.at("/env/revision").asText(), part);
        }
        rows.add(row);
      }
    }
    requireOne(revisions);
    return rows;
  }

  private static void requireOne(Map<String, Path> revisions) {
    if (revisions.size() > 1) {
      List<Map.Entry<String, Path>> all = List.copyOf(revisions.entrySet());
      throw new InputException(
          "parts of different revisions cannot be joined: %s has env.revision %s, %s has %s"
              .formatted(
                  all.get(0).getValue(),
                  all.get(0).getKey(),
                  all.get(1).getValue(),
                  all.get(1).getKey()));
    }
  }

  private static void requireNew(ObjectNode row, Path part, Map<String, Path> seen) {
    TimedCase.of(row)
        .map(TimedCase::key)
        .ifPresent(
            key -> {
              Path before = seen.putIfAbsent(key, part);
              if (before != null) {
                throw new InputException(
                    "%s has a case that %s has too: %s".formatted(part, before, key));
              }
            });
  }
}
