package dev.llamark.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ThreadTeamTest {

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 8})
  void everyPartOfEveryRegionRunsOnce(int size) {
    try (ThreadTeam team = new ThreadTeam(size)) {
      for (int round = 0; round < 2000; round++) {
        int parts = round % 7;
        AtomicIntegerArray runs = new AtomicIntegerArray(7);
        team.run(parts, runs::incrementAndGet);
        for (int part = 0; part < 7; part++) {
          assertThat(runs.get(part))
              .as("round %d, part %d", round, part)
              .isEqualTo(part < parts ? 1 : 0);
        }
      }
    }
  }

  @Test
  void writesOfAllPartsAreSeenByTheCaller() {
    try (ThreadTeam team = new ThreadTeam(2)) {
      int[] values = new int[64];
      for (int round = 1; round < 5000; round++) {
        int value = round;
        team.run(values.length, part -> values[part] = value);
        assertThat(Arrays.stream(values).allMatch(v -> v == value)).isTrue();
      }
    }
  }

  @Test
  void partsRunWithAThreadIndexThatNoOtherPartUsesMeanwhile() {
    try (ThreadTeam team = new ThreadTeam(3)) {
      AtomicIntegerArray inUse = new AtomicIntegerArray(3);
      for (int round = 0; round < 1000; round++) {
        team.run(
            16,
            (part, thread) -> {
              assertThat(inUse.incrementAndGet(thread)).isEqualTo(1);
              inUse.decrementAndGet(thread);
            });
      }
    }
  }

  @Test
  void parkedWorkersComeBack() throws InterruptedException {
    try (ThreadTeam team = new ThreadTeam(2)) {
      AtomicIntegerArray runs = new AtomicIntegerArray(4);
      for (int round = 1; round <= 5; round++) {
        Thread.sleep(20); // long enough for the worker to park
        team.run(4, runs::incrementAndGet);
        assertThat(runs.toString())
            .isEqualTo(Arrays.toString(new int[] {round, round, round, round}));
      }
    }
  }

  @Test
  void anExceptionOfAPartReachesTheCallerAndTheTeamGoesOn() {
    try (ThreadTeam team = new ThreadTeam(2)) {
      for (int failing = 0; failing < 4; failing++) {
        int bad = failing;
        AtomicIntegerArray runs = new AtomicIntegerArray(4);
        assertThatThrownBy(
                () ->
                    team.run(
                        4,
                        part -> {
                          runs.incrementAndGet(part);
                          if (part == bad) {
                            throw new IllegalArgumentException("part " + part);
                          }
                        }))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessage("part " + bad);
        assertThat(runs.toString()).isEqualTo("[1, 1, 1, 1]");
      }
    }
  }

  @Test
  void aClosedTeamRefusesRegions() {
    ThreadTeam team = new ThreadTeam(2);
    team.close();
    assertThatThrownBy(() -> team.run(2, part -> {})).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aRegionAllocatesNothing() {
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (ThreadTeam team = new ThreadTeam(2)) {
      ThreadTeam.Region empty = part -> {};
      Runnable regions =
          () -> {
            for (int i = 0; i < 20_000; i++) {
              team.run(4, empty);
            }
          };
      regions.run();
      long before = threads.getTotalThreadAllocatedBytes();
      long own = threads.getCurrentThreadAllocatedBytes();
      regions.run();
      long allocated = threads.getCurrentThreadAllocatedBytes() - own;
      long everywhere = threads.getTotalThreadAllocatedBytes() - before;
      assertThat(allocated).isLessThan(20_000);
      assertThat(everywhere).isLessThan(16 * 20_000); // less than the smallest object a region
    }
  }

  @Test
  void ofSeveralExceptionsTheFirstReachesTheCaller() {
    try (ThreadTeam team = ThreadTeam.single()) {
      assertThatThrownBy(
              () ->
                  team.run(
                      3,
                      part -> {
                        throw new IllegalArgumentException("part " + part);
                      }))
          .hasMessage("part 0");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void aPartThatStartsARegionIsRefusedAndTheTeamGoesOn(int size) {
    try (ThreadTeam team = new ThreadTeam(size)) {
      assertThatThrownBy(() -> team.run(2, part -> team.run(2, inner -> {})))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("must not start another");
      AtomicIntegerArray runs = new AtomicIntegerArray(2);
      team.run(2, runs::incrementAndGet);
      assertThat(runs.toString()).isEqualTo("[1, 1]");
    }
  }

  @Test
  void aWorkerThatAPartInterruptedParksAllTheSame() throws InterruptedException {
    try (ThreadTeam team = new ThreadTeam(2)) {
      Thread[] threads = new Thread[2];
      CountDownLatch both = new CountDownLatch(2);
      team.run(
          2,
          (part, thread) -> {
            threads[thread] = Thread.currentThread();
            if (thread == 1) {
              Thread.currentThread().interrupt();
            }
            both.countDown();
            while (both.getCount() > 0) {
              Thread.onSpinWait();
            }
          });
      for (int i = 0; i < 500 && threads[1].getState() != Thread.State.WAITING; i++) {
        Thread.sleep(10);
      }
      assertThat(threads[1].getState()).isEqualTo(Thread.State.WAITING);
    }
  }
}
