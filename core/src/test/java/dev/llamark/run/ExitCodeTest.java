package dev.llamark.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ExitCodeTest {

  @Test
  void whatACallerMustKnowFirstWinsWhicheverWasFoundFirst() {
    List<Integer> order = List.of(130, 70, 2, 4, 1, 3, 5, 0);
    for (ExitCode a : ExitCode.values()) {
      for (ExitCode b : ExitCode.values()) {
        int first = Math.min(order.indexOf(a.code()), order.indexOf(b.code()));
        assertThat(a.and(b).code()).isEqualTo(order.get(first));
      }
    }
  }
}
