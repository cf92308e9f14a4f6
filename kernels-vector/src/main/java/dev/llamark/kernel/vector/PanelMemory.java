package dev.llamark.kernel.vector;

import dev.llamark.run.ThreadTeam;
import dev.llamark.tensor.Matrix;
import java.lang.foreign.MemorySegment;

/**
 * A matrix of a type with blocks as it is packed: panels in the sections of {@link PanelLayout},
 * which lie as {@link SectionPlaces} says.
 *
 * <p>A core reads ahead of loads that ascend line by line ({@link Streams}), while the compiler
 * orders the loads of a step as it likes: so the loops that read packed weights have fences of
 * loads, over which no load moves, and which are no instruction on x86. (On Arm they are; what they
 * cost there was not measured.) Where a fence after each load would cost registers there is one
 * after the loads of a step, and none where measurement found no use for it or, as with rests,
 * loads are few.
 */
final class PanelMemory {

  private final PanelLayout layout;
  private final PanelLayout.Section whole;

  /** What is left of a row, perhaps nothing. */
  private final PanelLayout.Section last;

  private final int sections;
  private final PanelGroups groups;
  private final SectionPlaces places;
  private final MemorySegment data;

  /** Whether no half float is infinite or NaN. */
  private boolean finite = true;

  private PanelMemory(Matrix matrix, int width, Streams streams, int threads) {
    layout = PanelLayout.of(matrix.dtype(), width);
    whole = layout.section(PanelLayout.SECTION);
    last = layout.section(matrix.columns() % PanelLayout.SECTION);
    sections = Math.ceilDiv(matrix.columns(), PanelLayout.SECTION);
    groups = PanelGroups.of(matrix.rows(), width, threads);
    SectionPlaces.Size end = size(section(sections - 1));
    boolean apart = layout.rests() > 0;
    places = new SectionPlaces(groups, sections, size(whole), end, streams, apart);
    data = VectorWeights.allocate(places.bytes());
  }

  private static SectionPlaces.Size size(PanelLayout.Section section) {
    return new SectionPlaces.Size(section.bytes(), section.steps());
  }

  /**
   * Packs a matrix, with the help of the team.
   *
   * @param width outputs of a panel
   * @param halves as in {@link PanelPacker}
   */
  static PanelMemory of(
      Matrix matrix, int width, boolean halves, Streams streams, ThreadTeam team) {
    PanelMemory memory = new PanelMemory(matrix, width, streams, team.size());
    PanelPacker[] packers = new PanelPacker[team.size()];
    for (int i = 0; i < packers.length; i++) {
      packers[i] = new PanelPacker(matrix, memory.layout, halves, streams);
    }
    team.run(
        memory.groups.panels(),
        (panel, thread) -> {
          int first = panel * width;
          int rows = Math.min(width, matrix.rows() - first);
          packers[thread].pack(first, rows, memory, panel);
        });
    for (PanelPacker packer : packers) {
      memory.finite &= packer.finite();
    }
    return memory;
  }

  PanelLayout layout() {
    return layout;
  }

  /** Whether no half float is infinite or NaN. */
  boolean finite() {
    return finite;
  }

  MemorySegment data() {
    return data;
  }

  PanelGroups groups() {
    return groups;
  }

  /** Sections of a panel. */
  int sections() {
    return sections;
  }

  /** How a section lies. */
  PanelLayout.Section section(int section) {
    return section < sections - 1 || last.inputs() == 0 ? whole : last;
  }

  /** Where sections begin. */
  SectionPlaces places() {
    return places;
  }

  /** Number of a section's first part in its row. */
  int firstPart(int section) {
    return section * whole.parts();
  }
}
