package dev.llamark.kernel.vector;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SectionPlacesTest {

  private static final long VECTOR = Lanes.INTS.vectorByteSize();

  /** More bytes than an int could say. */
  private static final SectionPlaces.Size WHOLE = new SectionPlaces.Size(64_000_000, 1_000_000);

  private static final SectionPlaces.Size LAST = new SectionPlaces.Size(6_400, 16_001);

  private record Piece(long from, long bytes) {}

  private static SectionPlaces.Size size(int section, int sections) {
    return section < sections - 1 ? WHOLE : LAST;
  }

  /** Fields, and of the numbers what lies together. */
  private static List<Piece> pieces(
      SectionPlaces places, PanelGroups groups, int sections, Streams streams) {
    List<Piece> pieces = new ArrayList<>();
    for (int panel = 0; panel < groups.panels(); panel++) {
      for (int section = 0; section < sections; section++) {
        SectionPlaces.Size size = size(section, sections);
        pieces.add(new Piece(places.fields(panel, section), size.fields()));
        for (int stream = 0; stream < streams.count(); stream++) {
          long from = places.numbers(panel, section) + stream * places.apart(panel, section);
          pieces.add(new Piece(from, VectorWeights.align((int) (size.steps() * places.step()))));
        }
      }
    }
    pieces.sort(Comparator.comparingLong(Piece::from));
    return pieces;
  }

  @ParameterizedTest
  @CsvSource({
    "1, ONE, BEFORE_PANEL", "2, ONE, BEFORE_PANEL", "9, ONE, BEFORE_PANEL",
    "1, ONE, BEFORE_GROUP", "2, ONE, BEFORE_GROUP", "9, ONE, BEFORE_GROUP",
    "1, THREE, BEFORE_SECTION", "2, THREE, BEFORE_SECTION", "9, THREE, BEFORE_SECTION",
    "1, THREE, BEFORE_GROUP", "2, THREE, BEFORE_GROUP", "9, THREE, BEFORE_GROUP"
  })
  void allMemoryIsUsedOnce(int sections, Streams streams, SectionPlaces.Fields place) {
    PanelGroups groups = PanelGroups.of(43, 1, 2);
    SectionPlaces places = new SectionPlaces(groups, sections, WHOLE, LAST, streams, place);
    long next = 0;
    for (Piece piece : pieces(places, groups, sections, streams)) {
      assertThat(piece.from).isEqualTo(next).matches(at -> at % VectorWeights.ALIGNMENT == 0);
      next += piece.bytes;
    }
    assertThat(places.bytes()).isEqualTo(next);
  }

  /** In the order in which a product of one row reads them. */
  @ParameterizedTest
  @CsvSource({
    "ONE, BEFORE_PANEL, 0, 3",
    "ONE, BEFORE_GROUP, 0, 3",
    "THREE, BEFORE_SECTION, 0, 1",
    "THREE, BEFORE_SECTION, 1, 1",
    "THREE, BEFORE_SECTION, 2, 1",
    "THREE, BEFORE_GROUP, 0, 1",
    "THREE, BEFORE_GROUP, 1, 1",
    "THREE, BEFORE_GROUP, 2, 1"
  })
  void eachStreamAscendsOverTheSectionsOfAGroup(
      Streams streams, SectionPlaces.Fields place, int stream, int vectors) {
    PanelGroups groups = PanelGroups.of(43, 1, 2);
    SectionPlaces places = new SectionPlaces(groups, 3, WHOLE, LAST, streams, place);
    assertThat(places.step()).isEqualTo(vectors * VECTOR);
    for (int group = 0; group < groups.count(); group++) {
      long end = 0;
      for (int section = 0; section < 3; section++) {
        SectionPlaces.Size size = size(section, 3);
        long between = place == SectionPlaces.Fields.BEFORE_PANEL ? size.fields() : 0;
        for (int panel = groups.first(group); panel < groups.first(group + 1); panel++) {
          long at = places.numbers(panel, section) + stream * places.apart(panel, section);
          if (panel == groups.first(group)) {
            assertThat(at).isGreaterThanOrEqualTo(end + between);
          } else {
            assertThat(at).isEqualTo(end + between);
          }
          end = at + VectorWeights.align((int) (size.steps() * places.step()));
        }
      }
    }
  }

  /** What other instructions read lies elsewhere. */
  @Test
  void fieldsBeforeTheGroupLeaveNoGapAmongItsNumbers() {
    PanelGroups groups = PanelGroups.of(43, 1, 2);
    SectionPlaces places =
        new SectionPlaces(groups, 3, WHOLE, LAST, Streams.ONE, SectionPlaces.Fields.BEFORE_GROUP);
    for (int group = 0; group < groups.count(); group++) {
      int first = groups.first(group);
      long fields = places.fields(first, 0);
      long numbers = places.numbers(first, 0);
      for (int section = 0; section < 3; section++) {
        SectionPlaces.Size size = size(section, 3);
        for (int panel = first; panel < groups.first(group + 1); panel++) {
          assertThat(places.fields(panel, section)).isEqualTo(fields);
          assertThat(places.numbers(panel, section)).isEqualTo(numbers);
          fields += size.fields();
          numbers += VectorWeights.align((int) (size.steps() * places.step()));
        }
      }
    }
  }
}
