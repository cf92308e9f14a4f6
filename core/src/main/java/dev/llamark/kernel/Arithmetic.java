package dev.llamark.kernel;

/** In what arithmetic a variant computes, and so against which oracle it is judged. */
public enum Arithmetic {
  /** Activations stay floats. */
  FLOAT("float"),
  /** MatMul quantises activations to int8, in blocks of 32, as Q8_0 does. */
  INT8_ACTIVATIONS("int8-activations");

  private final String id;

  Arithmetic(String id) {
    this.id = id;
  }

  /** As written in records. */
  public String id() {
    return id;
  }
}
