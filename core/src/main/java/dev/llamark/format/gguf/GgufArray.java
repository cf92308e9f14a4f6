package dev.llamark.format.gguf;

import java.util.ArrayList;
import java.util.List;

/**
 * An array of a GGUF file's metadata. It stays in the file until it is asked for: a vocabulary of
 * 128,000 tokens costs nothing where nobody wants its texts. Readable while the file is open.
 */
public final class GgufArray implements GgufValue {

  private static final int SHOWN = 6;

  private final String what;
  private final GgufType elementType;
  private final long length;
  private final GgufCursor start;

  GgufArray(String what, GgufType elementType, long length, GgufCursor start) {
    this.what = what;
    this.elementType = elementType;
    this.length = length;
    this.start = start;
  }

  @Override
  public GgufType type() {
    return GgufType.ARRAY;
  }

  /** Type of all elements. */
  public GgufType elementType() {
    return elementType;
  }

  /** Number of elements. */
  public long length() {
    return length;
  }

  /** The first {@code count} elements, or all if there are fewer. */
  public List<GgufValue> first(long count) {
    int size = (int) Math.min(Math.min(count, length), Integer.MAX_VALUE - 8);
    GgufCursor cursor = start.at(start.position());
    List<GgufValue> values = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      values.add(cursor.value(elementType, "array element " + i));
    }
    return values;
  }

  /** All elements of an array of texts. */
  public List<String> texts() {
    require(elementType == GgufType.STRING, "texts");
    GgufCursor cursor = start.at(start.position());
    String[] texts = new String[size()];
    for (int i = 0; i < texts.length; i++) {
      texts[i] = cursor.text("array element");
    }
    return List.of(texts);
  }

  /** All elements of an array of real or whole numbers. */
  public float[] floats() {
    require(elementType.fixedSize() && elementType != GgufType.BOOL, "numbers");
    GgufCursor cursor = start.at(start.position());
    float[] floats = new float[size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] =
          switch (cursor.value(elementType, "array element")) {
            case GgufValue.Real real -> (float) real.value();
            case GgufValue.Whole whole -> whole.value();
            case GgufValue other -> throw new AssertionError(other);
          };
    }
    return floats;
  }

  /** All elements of an array of whole numbers. */
  public long[] wholes() {
    require(whole(elementType), "whole numbers");
    GgufCursor cursor = start.at(start.position());
    long[] wholes = new long[size()];
    for (int i = 0; i < wholes.length; i++) {
      wholes[i] = ((GgufValue.Whole) cursor.value(elementType, "array element")).value();
    }
    return wholes;
  }

  static boolean whole(GgufType type) {
    return switch (type) {
      case UINT8, INT8, UINT16, INT16, UINT32, INT32, UINT64, INT64 -> true;
      case FLOAT32, FLOAT64, BOOL, STRING, ARRAY -> false;
    };
  }

  private int size() {
    require(length <= Integer.MAX_VALUE - 8, "less than 2^31 elements");
    return (int) length;
  }

  private void require(boolean holds, String wanted) {
    if (!holds) {
      throw start.refuse(what, "an array of " + wanted, description());
    }
  }

  private String description() {
    return length + " of " + elementType;
  }

  @Override
  public String display() {
    List<String> shown = first(SHOWN).stream().map(GgufValue::display).toList();
    return "[" + String.join(", ", shown) + (length > SHOWN ? ", … " + length + "]" : "]");
  }

  @Override
  public String toString() {
    return description();
  }
}
