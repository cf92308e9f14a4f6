package dev.llamark.bench.compare;

import static dev.llamark.bench.compare.Rows.env;
import static dev.llamark.bench.compare.Rows.row;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamark.bench.compare.Rows.Call;
import dev.llamark.run.ResultReader;
import dev.llamark.run.ResultWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MergeTest {

  private static final ObjectNode ONE = row("swiglu:f32:1x64", 1);
  private static final ObjectNode TWO = row("swiglu:f32:1x65", 1);

  @TempDir Path folder;

  private Path all() {
    return folder.resolve("all.jsonl");
  }

  private Call merge(Object... args) {
    List<Object> words = new ArrayList<>(Arrays.asList(args));
    words.addAll(List.of("--out", all()));
    return Call.of(new MergeCommand(), words.toArray());
  }

  private Path file(String name, ObjectNode... rows) {
    return Rows.write(folder.resolve(name), List.of(rows));
  }

  /** What {@code --shard} leaves, with the line that ends it or without. */
  private Path part(String name, String shard, boolean ended, ObjectNode... rows) {
    List<ObjectNode> lines = new ArrayList<>();
    Arrays.stream(rows).map(row -> env(row, "shard", shard)).forEach(lines::add);
    if (ended) {
      lines.add(ResultWriter.object(Rows.end(shard, rows.length)));
    }
    return Rows.write(folder.resolve(name), lines);
  }

  @Test
  void partsMakeTheWhole() {
    Path whole = file("whole.jsonl", ONE, TWO);
    Call call = merge(part("1", "1/2", true, ONE), part("2", "2/2", true, TWO));
    assertThat(call.code()).as(call.err()).isZero();
    assertThat(call.out()).endsWith("all.jsonl: 2 rows of 2 parts\n").hasLineCount(1);
    assertThat(ResultReader.read(all())).isEqualTo(ResultReader.read(whole));
  }

  @Test
  void filesThatAreNoPartsAreJoinedToo() {
    assertThat(merge(file("1", ONE), file("2", TWO)).code()).isZero();
    assertThat(ResultReader.read(all())).hasSize(2);
  }

  private void refused(Call call, String... why) {
    assertThat(call.code()).isEqualTo(2);
    assertThat(call.err()).hasLineCount(1).contains(why);
    assertThat(all()).doesNotExist();
  }

  @Test
  void missingPartIsNamed() {
    Path one = part("1", "1/4", true, ONE);
    Path three = part("3", "3/4", true, TWO);
    refused(merge(one, three), "of 4 parts 2/4, 4/4 are missing", "--partial");
    Call told = merge(one, three, "--partial");
    assertThat(told.code()).isZero();
    assertThat(told.out()).contains("2 rows of 2 parts; others are missing or unfinished");
    assertThat(ResultReader.read(all()).getFirst().at("/env/shard").asText()).isEqualTo("1/4");
  }

  @Test
  void partWithNothingToDoIsNotMissing() {
    Call call = merge(part("1", "1/2", true, ONE), part("2", "2/2", true));
    assertThat(call.code()).as(call.err()).isZero();
    assertThat(ResultReader.read(all())).hasSize(1);
  }

  @Test
  void partThatDidNotComeToItsEndIsNamed() {
    Path one = part("1", "1/2", true, ONE);
    refused(merge(one, part("2", "2/2", false, TWO)), "2 is not finished", "--partial");
    refused(merge(one, file("2")), "2 is not finished");
    refused(merge(part("1", "1/2", false, ONE), part("2", "2/2", false, TWO)), "not finished");
    assertThat(merge(one, part("2", "2/2", false, TWO), "--partial").out())
        .contains("2 rows of 2 parts; others are missing");
  }

  @Test
  void samePartTwiceIsRefused() {
    Path one = part("1", "1/2", true, ONE);
    Path again = part("again", "1/2", true, TWO);
    refused(merge(one, again), "a part is there twice", "both part 1/2");
    refused(merge(one, again, "--partial"), "a part is there twice");
  }

  @Test
  void partsOfRunsThatWereCutDifferentlyAreRefused() {
    refused(
        merge(part("1", "1/2", true, ONE), part("2", "2/3", true, TWO)),
        "parts of different runs",
        "part 1/2",
        "part 2/3");
  }

  @Test
  void partsOfDifferentRevisionsAreRefused() {
    refused(
        merge(file("1", ONE), file("2", env(TWO, "revision", "another revision"))),
        "different revisions",
        "another revision");
  }

  @Test
  void sameCaseTwiceIsRefused() {
    Path one = file("1", ONE);
    refused(merge(one, one), "has a case that", "swiglu:f32:1x64");
  }

  @Test
  void partsOfDifferentMachinesAreJoinedAndItIsSaid() {
    Call call = merge(file("1", ONE), file("2", env(TWO, "cpu", "Another CPU")));
    assertThat(call.code()).isZero();
    assertThat(call.out()).contains("note: parts differ in env.cpu: ", "Another CPU in ");
  }
}
