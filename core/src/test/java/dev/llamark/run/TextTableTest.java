package dev.llamark.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class TextTableTest {

  private final TextTable table =
      new TextTable("name", "n", "what").alignRight(1).row("é", "7", "x|y").row("long", "10");

  @Test
  void columnsAreAlignedAndLinesEndWithoutBlanks() {
    assertThat(table.note("  a note").text())
        .isEqualTo("name    n   what\né       7   x|y\nlong   10\n  a note\n");
  }

  @Test
  void markdownEscapesBarsAndPutsNotesBelow() {
    assertThat(table.note("  a note").markdown())
        .isEqualTo(
            """
            | name | n | what |
            | --- | ---: | --- |
            | é | 7 | x\\|y |
            | long | 10 |  |

            a note
            """);
  }

  @Test
  void refusesARowOfMoreCellsThanColumns() {
    assertThatIllegalArgumentException().isThrownBy(() -> table.row("1", "2", "3", "4"));
  }
}
