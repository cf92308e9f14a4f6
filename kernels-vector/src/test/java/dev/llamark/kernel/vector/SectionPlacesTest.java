package dev.llamark.kernel.vector;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamark.run.ThreadTeam;
import dev.llamark.tensor.DType;
import dev.llamark.tensor.Matrix;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SectionPlacesTest {

  private static final long VECTOR = Lanes.INTS.vectorByteSize();

  /** More bytes than an int could say. */
  private static final SectionPlaces.Size WHOLE = new SectionPlaces.Size(64_000_000, 10_000_000);

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
          long from = places.numbers(panel, section) + stream * places.apart(panel);
          pieces.add(new Piece(from, VectorWeights.align((int) (size.steps() * places.step()))));
        }
      }
    }
    pieces.sort(Comparator.comparingLong(Piece::from));
    return pieces;
  }

  @ParameterizedTest
  @CsvSource({
    "1, ONE, false", "2, ONE, false", "9, ONE, false",
    "1, ONE, true", "2, ONE, true", "9, ONE, true",
    "1, THREE, false", "2, THREE, false", "9, THREE, false",
    "1, THREE, true", "2, THREE, true", "9, THREE, true"
  })
  void allMemoryIsUsedOnce(int sections, Streams streams, boolean apart) {
    PanelGroups groups = PanelGroups.of(43, 1, 2);
    SectionPlaces places = new SectionPlaces(groups, sections, WHOLE, LAST, streams, apart);
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
    "ONE, false, 0, 3",
    "ONE, true, 0, 3",
    "THREE, false, 0, 1",
    "THREE, false, 1, 1",
    "THREE, false, 2, 1",
    "THREE, true, 0, 1",
    "THREE, true, 1, 1",
    "THREE, true, 2, 1"
  })
  void eachStreamAscendsOverTheSectionsOfAGroup(
      Streams streams, boolean apart, int stream, int vectors) {
    PanelGroups groups = PanelGroups.of(43, 1, 2);
    SectionPlaces places = new SectionPlaces(groups, 3, WHOLE, LAST, streams, apart);
    assertThat(places.step()).isEqualTo(vectors * VECTOR);
    for (int group = 0; group < groups.count(); group++) {
      int first = groups.first(group);
      long end = places.numbers(first, 0) + stream * places.apart(first);
      for (int section = 0; section < 3; section++) {
        SectionPlaces.Size size = size(section, 3);
        for (int panel = first; panel < groups.first(group + 1); panel++) {
          boolean begins = panel == first && section == 0;
          long between = streams == Streams.ONE && !apart && !begins ? size.fields() : 0;
          long at = places.numbers(panel, section) + stream * places.apart(panel);
          assertThat(at).isEqualTo(end + between);
          end = at + VectorWeights.align((int) (size.steps() * places.step()));
        }
      }
    }
  }

  /** They are a stream of their own, before the numbers. */
  @ParameterizedTest
  @CsvSource({"ONE, true", "THREE, true", "THREE, false"})
  void fieldsThatLieApartAscendWithoutAGap(Streams streams, boolean apart) {
    PanelGroups groups = PanelGroups.of(43, 1, 2);
    SectionPlaces places = new SectionPlaces(groups, 3, WHOLE, LAST, streams, apart);
    for (int group = 0; group < groups.count(); group++) {
      int first = groups.first(group);
      int end = groups.first(group + 1);
      long fields = places.fields(first, 0);
      for (int section = 0; section < 3; section++) {
        for (int panel = first; panel < end; panel++) {
          assertThat(places.fields(panel, section)).isEqualTo(fields);
          fields += size(section, 3).fields();
        }
      }
      assertThat(fields).isEqualTo(places.numbers(first, 0));
    }
  }

  /** As types with rests have them in one stream, and no others. */
  @ParameterizedTest
  @CsvSource({"Q5_0, true", "Q5_1, true", "Q5_K, true", "Q6_K, true", "Q4_0, false", "Q8_0, false"})
  void typesWithRestsHaveTheirFieldsApart(DType dtype, boolean apart) {
    Matrix matrix = Matrix.allocate("w", dtype, 20 * VectorWeights.WIDTH, 512, Arena.ofAuto());
    PanelMemory memory =
        PanelMemory.of(matrix, VectorWeights.WIDTH, false, Streams.ONE, ThreadTeam.single());
    SectionPlaces places = memory.places();
    int last = memory.groups().first(1) - 1;
    long stream = memory.section(0).steps() * places.step();
    boolean gapless = places.numbers(0, 1) == places.numbers(last, 0) + stream;
    assertThat(gapless).isEqualTo(apart);
  }
}
