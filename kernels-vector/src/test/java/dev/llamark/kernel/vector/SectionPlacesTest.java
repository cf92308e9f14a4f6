package dev.llamark.kernel.vector;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SectionPlacesTest {

  private static final long WHOLE = 100_000_000;
  private static final long LAST = 60_000_000;

  /** In the order in which a product of one row reads them; more than an int could say. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 9})
  void sectionsFollowEachOtherWithoutGaps(int sections) {
    PanelGroups groups = PanelGroups.of(43, 1, 2);
    SectionPlaces places = new SectionPlaces(groups, sections, WHOLE, LAST);
    long next = 0;
    for (int group = 0; group < groups.count(); group++) {
      for (int section = 0; section < sections; section++) {
        for (int panel = groups.first(group); panel < groups.first(group + 1); panel++) {
          assertThat(places.at(panel, section)).isEqualTo(next);
          next += section < sections - 1 ? WHOLE : LAST;
        }
      }
    }
    assertThat(places.bytes()).isEqualTo(next);
  }
}
