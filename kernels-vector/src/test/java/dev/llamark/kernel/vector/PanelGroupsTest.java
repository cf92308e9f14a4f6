package dev.llamark.kernel.vector;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PanelGroupsTest {

  @Test
  void takeEveryPanelOnceAndAreEven() {
    for (int panels = 1; panels < 700; panels++) {
      for (int threads = 1; threads <= 16; threads++) {
        PanelGroups groups = PanelGroups.of(panels, 1, threads);
        assertThat(groups.first(0)).isZero();
        assertThat(groups.first(groups.count())).isEqualTo(panels);
        int smallest = panels / groups.count();
        for (int group = 0; group < groups.count(); group++) {
          int size = groups.first(group + 1) - groups.first(group);
          assertThat(size)
              .as("group %d of %d panels", group, panels)
              .isBetween(Math.max(1, smallest), Math.min(PanelGroups.MOST, smallest + 1));
        }
      }
    }
  }

  @Test
  void giveEachThreadAsManyWhereThereAreEnough() {
    assertThat(PanelGroups.of(118, 1, 2).count()).isEqualTo(16);
    assertThat(PanelGroups.of(43, 1, 2).count()).isEqualTo(8);
    assertThat(PanelGroups.of(6, 1, 2).count()).isEqualTo(6);
  }
}
