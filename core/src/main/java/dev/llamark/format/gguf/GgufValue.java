package dev.llamark.format.gguf;

/** A value of a GGUF file's metadata. */
public sealed interface GgufValue
    permits GgufValue.Whole, GgufValue.Real, GgufValue.Flag, GgufValue.Text, GgufArray {

  /** The type that the file gives it. */
  GgufType type();

  /** As a person reads it; long arrays are abridged. */
  String display();

  /**
   * A whole number.
   *
   * @param type one of the eight integer types
   * @param value the number; of {@link GgufType#UINT64} the 64 bits
   */
  record Whole(GgufType type, long value) implements GgufValue {
    @Override
    public String display() {
      return type == GgufType.UINT64 ? Long.toUnsignedString(value) : Long.toString(value);
    }
  }

  /**
   * A number with a fraction.
   *
   * @param type {@link GgufType#FLOAT32} or {@link GgufType#FLOAT64}
   * @param value the number
   */
  record Real(GgufType type, double value) implements GgufValue {
    @Override
    public String display() {
      return type == GgufType.FLOAT32 ? Float.toString((float) value) : Double.toString(value);
    }
  }

  /** True or false. */
  record Flag(boolean value) implements GgufValue {
    @Override
    public GgufType type() {
      return GgufType.BOOL;
    }

    @Override
    public String display() {
      return Boolean.toString(value);
    }
  }

  /** A text. */
  record Text(String value) implements GgufValue {
    @Override
    public GgufType type() {
      return GgufType.STRING;
    }

    @Override
    public String display() {
      return value;
    }
  }
}
