package dev.llamark.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PieceTableTest {

  private static final int SEED = 42;

  @Test
  void pieces_stretches_and_joined_halves_are_found_as_a_map_finds_them() {
    Random random = new Random(SEED);
    String[] pieces = IntStream.range(0, 5000).mapToObj(i -> word(random)).toArray(String[]::new);
    Map<String, Integer> expected = new HashMap<>();
    for (int id = 0; id < pieces.length; id++) {
      if (!pieces[id].isEmpty()) {
        expected.put(pieces[id], id);
      }
    }
    PieceTable table = new PieceTable(pieces);

    for (int i = 0; i < 20_000; i++) {
      String left = word(random);
      String right = word(random);
      String text = left + " " + right;
      assertThat(table.find(left)).isEqualTo(expected.getOrDefault(left, -1));
      assertThat(table.find(text, left.length() + 1, text.length()))
          .isEqualTo(expected.getOrDefault(right, -1));
      MergeSpelling merge = new MergeSpelling(text, left.length(), left.length() + 1);
      int joined = expected.getOrDefault(left + right, -1);
      assertThat(table.find(merge, random.nextInt(pieces.length))).isEqualTo(joined);
    }
  }

  @Test
  void a_guess_changes_no_answer() {
    PieceTable table = new PieceTable(new String[] {"ab", "b", "abc", ""});
    for (int guess = -1; guess <= 4; guess++) {
      assertThat(table.find(MergeSpelling.spaced("a b"), guess)).isZero();
      assertThat(table.find(MergeSpelling.pair("a", "bc"), guess)).isEqualTo(2);
      assertThat(table.find(MergeSpelling.spaced("b b"), guess)).isEqualTo(PieceTable.NONE);
    }
    PieceTable repeats = new PieceTable(new String[] {"ab", "c", "ab"});
    assertThat(repeats.find(MergeSpelling.spaced("a b"), 0)).isEqualTo(2);
  }

  @Test
  void a_piece_that_comes_twice_is_told_and_the_last_is_found() {
    PieceTable table = new PieceTable(new String[] {"a", "", "b", "a", ""});

    assertThat(table.repeated()).isEqualTo(3);
    assertThat(table.find("a")).isEqualTo(3);
    assertThat(table.find("")).isEqualTo(PieceTable.NONE);
    assertThat(new PieceTable(new String[] {"a", "", ""}).repeated()).isEqualTo(PieceTable.NONE);
  }

  @Test
  void texts_made_to_collide_as_strings_do_are_found_at_once() {
    String[] pieces =
        IntStream.range(0, 1 << 17).mapToObj(PieceTableTest::colliding).toArray(String[]::new);
    assertThat(pieces[0]).hasSameHashCodeAs(pieces[pieces.length - 1]);

    ThreadMXBean clock = ManagementFactory.getThreadMXBean();
    long begun = clock.getCurrentThreadCpuTime();
    PieceTable table = new PieceTable(pieces);

    assertThat(Duration.ofNanos(clock.getCurrentThreadCpuTime() - begun))
        .isLessThan(Duration.ofSeconds(10));
    assertThat(table.find(pieces[77_777])).isEqualTo(77_777);
  }

  /** {@code Aa} and {@code BB} have equal hash codes as Strings. */
  private static String colliding(int number) {
    StringBuilder text = new StringBuilder();
    for (int bit = 0; bit < 17; bit++) {
      text.append((number >> bit & 1) == 0 ? "Aa" : "BB");
    }
    return text.toString();
  }

  private static String word(Random random) {
    return random
        .ints(random.nextInt(4), 0, 6)
        .mapToObj("abc Ġ你"::charAt)
        .collect(StringBuilder::new, StringBuilder::append, StringBuilder::append)
        .toString();
  }
}
