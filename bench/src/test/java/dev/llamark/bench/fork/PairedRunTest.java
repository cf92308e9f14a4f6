package dev.llamark.bench.fork;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamark.bench.statistics.StoppingRule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PairedRunTest {

  private static final Duration LONG = Duration.ofHours(1);
  private static final ForkSpec A = spec("A");
  private static final ForkSpec B = spec("B");

  private final List<String> order = new ArrayList<>();

  private static ForkSpec spec(String title) {
    return new ForkSpec(
        title, new ForkSpec.Method(Object.class, "x"), Map.of(), List.of(), List.of());
  }

  private ForkResult measured(ForkSpec spec, double nanos) {
    order.add(spec.title());
    return new ForkResult.Measured(nanos, 0, "", null);
  }

  @Test
  void contendersAreInterleavedAndTurnedRound() {
    PairedRun run = new PairedRun(s -> measured(s, 1), new StoppingRule(4, 4, 0.02), LONG);
    run.run(List.of(A, B), what -> {});
    assertThat(order).containsExactly("A", "B", "B", "A", "A", "B", "B", "A");
  }

  @Test
  void endsAsSoonAsRatiosArePrecise() {
    PairedRun run = new PairedRun(s -> measured(s, 1), new StoppingRule(3, 9, 0.02), LONG);
    assertThat(run.run(List.of(A, B), what -> {}).nanos(A)).hasSize(3);
  }

  @Test
  void goesOnWhileRatiosAreNotPrecise() {
    PairedRun run =
        new PairedRun(
            s -> measured(s, s == A ? 1 : 1 + 0.08 * (order.size() % 3)),
            new StoppingRule(3, 9, 0.02),
            LONG);
    assertThat(run.run(List.of(A, B), what -> {}).nanos(A)).hasSize(9);
  }

  @Test
  void forkThatWasNotWarmIsNoReasonToGiveUp() {
    int[] fork = new int[1];
    Forks oneCold =
        spec -> {
          double nanos = spec == A ? 1 : 1 + 0.05 * (++fork[0] % 3); // nine make some percent
          boolean cold = spec == B && fork[0] == 2;
          return new ForkResult.Measured(cold ? 3 * nanos : nanos, 0, !cold, "", null);
        };
    PairedRun run = new PairedRun(oneCold, new StoppingRule(3, 9, 0.02), LONG);
    assertThat(run.run(List.of(A, B), what -> {}).nanos(A)).hasSize(9);
  }

  @Test
  void budgetAllowsAtLeastOneRound() {
    PairedRun run =
        new PairedRun(s -> measured(s, 1), new StoppingRule(5, 9, 0.02), Duration.ofNanos(1));
    assertThat(run.run(List.of(A, B), what -> {}).nanos(B)).hasSize(1);
  }

  @Test
  void failureOfOneDoesNotStopTheOther() {
    Forks forks =
        s -> s == A ? new ForkResult.Failed("crashed with exit code 134", "tail") : measured(s, 1);
    PairedRun.Rounds rounds =
        new PairedRun(forks, new StoppingRule(3, 3, 0.02), LONG).run(List.of(A, B), what -> {});
    assertThat(rounds.nanos(B)).hasSize(3);
    assertThat(rounds.measured()).doesNotContainKey(A);
    assertThat(rounds.failed().get(A).reason()).contains("134");
  }
}
