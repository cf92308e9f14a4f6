package dev.llamark.bench.compare;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamark.run.ResultReader;
import java.nio.file.Path;
import java.util.List;

/**
 * One of the files to be joined.
 *
 * @param rows its results, without the line that ends a part
 * @param shard which part of a run it says it is, {@code 2/4}; empty if it says nothing
 * @param ended whether it has the line that ends a part
 */
record Part(Path file, List<ObjectNode> rows, String shard, boolean ended) {

  static Part read(Path file) {
    List<ObjectNode> all = ResultReader.read(file);
    List<ObjectNode> rows = all.stream().filter(row -> !isEnd(row)).toList();
    String shard =
        all.stream()
            .map(row -> row.at("/env/shard").asText(""))
            .filter(text -> text.matches("\\d{1,6}/\\d{1,6}"))
            .findFirst()
            .orElse("");
    return new Part(file, rows, shard, !shard.isEmpty() && rows.size() < all.size());
  }

  private static boolean isEnd(ObjectNode row) {
    return row.get("kind").asText().equals("part");
  }

  boolean sharded() {
    return !shard.isEmpty();
  }

  /** Its number, from 1. */
  int number() {
    return Integer.parseInt(shard.substring(0, shard.indexOf('/')));
  }

  /** How many parts the run has. */
  int count() {
    return Integer.parseInt(shard.substring(shard.indexOf('/') + 1));
  }
}
