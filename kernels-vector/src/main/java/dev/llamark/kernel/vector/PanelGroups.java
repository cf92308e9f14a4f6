package dev.llamark.kernel.vector;

/**
 * Panels of a matrix in groups of consecutive ones, as even as they can be. How many there are
 * depends on the threads, what a panel's sums are does not. A product of one row has a thread go
 * over a group as a whole: where its panels lie section by section, side by side, the same inputs
 * serve them all before the next are read. Inputs that come back from the second-level cache while
 * weights come from memory were seen to cost a fifth of memory's rate.
 */
final class PanelGroups {

  /** Panels of a group, at most: more gain little, and groups become coarse parts of the work. */
  static final int MOST = 8;

  /** Groups that each thread should find: the last ones even out what came before. */
  private static final int GROUPS_PER_THREAD = 4;

  private final int panels;
  private final int count;

  private PanelGroups(int panels, int count) {
    this.panels = panels;
    this.count = count;
  }

  /** Groups of a matrix's panels, of {@code width} outputs each, for so many threads. */
  static PanelGroups of(int outputs, int width, int threads) {
    int panels = Math.ceilDiv(outputs, width);
    int needed = Math.ceilDiv(panels, MOST);
    int even = Math.ceilDiv(needed, threads) * threads;
    int wanted = Math.max(even, GROUPS_PER_THREAD * threads);
    return new PanelGroups(panels, Math.min(wanted, panels));
  }

  /** Number of panels. */
  int panels() {
    return panels;
  }

  /** Number of groups. */
  int count() {
    return count;
  }

  /** A group's first panel; of the group behind the last, the number of panels. */
  int first(int group) {
    return (int) ((long) group * panels / count);
  }
}
