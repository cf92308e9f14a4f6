package dev.llamark.kernel.vector;

import dev.llamark.tensor.DType;
import dev.llamark.tensor.Matrix;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Brings rows from a file's order into that of {@link PanelLayout}, a panel at a time, by way of
 * arrays: rows are read as they lie and their ints are dealt out over a section. The same block of
 * all rows comes before the next: what is dealt out then lies close together. For one thread.
 */
final class PanelPacker {

  private static final VarHandle SHORTS = view(short[].class);
  private static final VarHandle INTS = view(int[].class);

  /** All its bits are set in the infinities and NaN of binary16. */
  private static final int HALF_EXPONENT = 0x7C00;

  private final Matrix matrix;
  private final PanelLayout layout;
  private final int width;

  /** The rows of a panel as they lie in the file. */
  private final byte[] source;

  private final BlockReader reader;
  private final short[] heads;
  private final byte[] scales;

  /** A section's numbers, (stream × step × output). */
  private final int[] ints;

  /** A section's rests, (int × output). */
  private final int[] rests;

  private final int streams;

  /** Outputs of a step in one stream. */
  private final int lanes;

  /** Steps of the section that is being packed. */
  private int steps;

  private final boolean halves;
  private boolean finite = true;

  /**
   * @param halves whether the two halves of an int go to lanes of 16 bits: for types of half-bytes
   */
  PanelPacker(Matrix matrix, PanelLayout layout, boolean halves, Streams streams) {
    this.matrix = matrix;
    this.layout = layout;
    width = layout.width();
    this.halves = halves;
    this.streams = streams.count();
    lanes = VectorWeights.WIDTH / this.streams;
    source = new byte[Math.toIntExact(matrix.rowBytes() * width)];
    reader = new BlockReader(matrix.dtype(), layout);
    PanelLayout.Section section = layout.section(PanelLayout.SECTION);
    heads = new short[section.scales() / Short.BYTES];
    scales = new byte[layout.heads() * (section.minima() - section.scales())];
    ints = new int[section.steps() * VectorWeights.WIDTH];
    rests = new int[(section.bytes() - section.rests()) / Integer.BYTES];
  }

  private static VarHandle view(Class<?> array) {
    return MethodHandles.byteArrayViewVarHandle(array, ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Packs a panel.
   *
   * @param first its first row
   * @param rows those that there are; the others become zeros
   * @param memory where its sections get their places
   * @param panel its number
   */
  void pack(int first, int rows, PanelMemory memory, int panel) {
    if (rows < width) {
      Arrays.fill(heads, (short) 0);
      Arrays.fill(scales, (byte) 0);
    }
    int rowBytes = (int) matrix.rowBytes();
    long from = (long) first * rowBytes;
    MemorySegment.copy(matrix.data(), ValueLayout.JAVA_BYTE, from, source, 0, rows * rowBytes);
    for (int i = 0; i < memory.sections(); i++) {
      PanelLayout.Section section = memory.section(i);
      packSection(section, i * PanelLayout.SECTION / layout.blockInputs(), rows);
      long fields = memory.places().fields(panel, i);
      copyFields(section, memory.data(), fields);
      copyInts(memory, panel, i);
    }
  }

  private void packSection(PanelLayout.Section section, int firstBlock, int rows) {
    // halves and rests are put together in them, and rows may be missing
    Arrays.fill(ints, 0);
    Arrays.fill(rests, 0);
    steps = section.steps();
    int rowBytes = (int) matrix.rowBytes();
    int blockBytes = matrix.dtype().blockBytes();
    int minimaAt = section.minimumHeads() / Short.BYTES;
    for (int block = 0; block < section.inputs() / layout.blockInputs(); block++) {
      for (int r = 0; r < rows; r++) {
        packBlock(block, r * rowBytes + (firstBlock + block) * blockBytes, r, minimaAt);
      }
    }
  }

  private void copyFields(PanelLayout.Section section, MemorySegment target, long to) {
    MemorySegment.copy(
        heads, 0, target, ValueLayout.JAVA_SHORT, to, section.scales() / Short.BYTES);
    MemorySegment.copy(
        scales, 0, target, ValueLayout.JAVA_BYTE, to + section.scales(), scales.length);
    int count = (section.bytes() - section.rests()) / Integer.BYTES;
    MemorySegment.copy(rests, 0, target, ValueLayout.JAVA_INT, to + section.rests(), count);
  }

  private void copyInts(PanelMemory memory, int panel, int section) {
    SectionPlaces places = memory.places();
    long to = places.numbers(panel, section);
    int count = steps * lanes;
    for (int from = 0; from < streams * count; from += count, to += places.apart(panel)) {
      MemorySegment.copy(ints, from, memory.data(), ValueLayout.JAVA_INT, to, count);
    }
  }

  /** Whether none of the half floats that were packed was infinite or NaN. */
  boolean finite() {
    return finite;
  }

  private void packBlock(int block, int at, int r, int minimaAt) {
    packHeads(block, at, r, minimaAt);
    if (layout.partScales()) {
      packScales(block, at, r);
    }
    int[] words = reader.read(source, at);
    if (halves) {
      dealHalves(words, 2 * block * words.length, r);
    } else {
      deal(words, block, r);
    }
  }

  /** The ints of the block's parts, and their rests. */
  private void deal(int[] words, int block, int r) {
    int perPart = layout.intsPerPart();
    int from = 0;
    for (int part = block * layout.parts(); from < words.length; part++) {
      int to = at(layout.intAt(part), r);
      for (int end = from + perPart; from < end; from++, to += lanes) {
        ints[to] = words[from];
      }
    }
    byte[] bytes = reader.rests();
    for (int i = 0; i < bytes.length; i++) {
      int rest = block * bytes.length + i;
      int to = layout.restInt(rest / layout.rests()) * width + r;
      rests[to] |= (bytes[i] & 0xFF) << rest % Integer.BYTES * Byte.SIZE;
    }
  }

  /**
   * Output r has half of an int in each of two rows of lanes. Outputs that share an int are a
   * vector of floats apart.
   */
  private void dealHalves(int[] words, int firstStep, int r) {
    int n = Lanes.COUNT;
    int shift = r / n % 2 * Short.SIZE;
    int to = at(firstStep, r / (2 * n) * n + r % n);
    for (int i = 0; i < words.length; i++, to += 2 * lanes) {
      ints[to] |= (words[i] & 0xFFFF) << shift;
      ints[to + lanes] |= words[i] >>> 16 << shift;
    }
  }

  /** Index of an output's int. */
  private int at(int step, int output) {
    return (output / lanes * steps + step) * lanes + output % lanes;
  }

  private void packHeads(int block, int at, int r, int minimaAt) {
    int to = block * width + r;
    heads[to] = head(at + reader.headAt());
    if (layout.minimum()) {
      heads[minimaAt + to] = head(at + 2);
    }
  }

  private short head(int at) {
    short half = (short) SHORTS.get(source, at);
    finite &= (half & HALF_EXPONENT) != HALF_EXPONENT;
    return half;
  }

  /** Q6_K has signed bytes; Q4_K and Q5_K keep parts 4 to 7 in pieces of 4 and 2 bits. */
  private void packScales(int block, int at, int r) {
    int parts = layout.parts();
    if (matrix.dtype() == DType.Q6_K) {
      for (int part = 0; part < parts; part++) {
        scales[scaleAt(block * parts + part, r)] = source[at + 192 + part];
      }
      return;
    }
    int low = (int) INTS.get(source, at + 4); // scales 0 to 3, and above them bits of scales 4 to 7
    int minima = (int) INTS.get(source, at + 8);
    int high = (int) INTS.get(source, at + 12);
    for (int part = 0; part < parts; part++) {
      int shift = part % 4 * Byte.SIZE;
      int scale = low >>> shift & 0x3F;
      int minimum = minima >>> shift & 0x3F;
      if (part >= 4) {
        scale = high >>> shift & 0xF | (low >>> shift & 0xC0) >>> 2;
        minimum = high >>> shift + 4 & 0xF | (minima >>> shift & 0xC0) >>> 2;
      }
      int to = scaleAt(block * parts + part, r);
      scales[to] = (byte) scale;
      scales[to + scales.length / 2] = (byte) minimum;
    }
  }

  /** Four parts to an int. */
  private int scaleAt(int part, int r) {
    return (part / Integer.BYTES * width + r) * Integer.BYTES + part % Integer.BYTES;
  }
}
