package dev.llamark.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GuardedOperandsTest {

  private final GuardedOperands operands = new GuardedOperands(1);

  @Test
  void aKernelThatOnlyWritesItsOutputDoesNoDamage() {
    var in = operands.input("x", new float[] {1, Float.NaN, -0f});
    var out = operands.output("out", 3);
    System.arraycopy(in.array(), in.offset(), out.array(), out.offset(), 3);
    assertThat(operands.damage()).isEmpty();
    assertThat(out.values()).containsExactly(1, Float.NaN, -0f);
  }

  @Test
  void aWriteBeforeOrBehindAnOperandIsFound() {
    var out = operands.output("out", 3);
    out.array()[out.offset() + 3] = 0;
    assertThat(operands.damage()).hasValue("wrote outside out, at its element 3");

    GuardedOperands others = new GuardedOperands(0);
    var before = others.inOut("x", new float[2]);
    before.array()[before.offset() - 1] = 1;
    assertThat(others.damage()).hasValue("wrote outside x, at its element -1");
  }

  @Test
  void aWriteBehindAnOutputThatBeginsAtZeroIsFound() {
    var out = operands.outputFromZero("outs[0]", 4);
    assertThat(out.offset()).isZero();
    out.array()[4] = 1;
    assertThat(operands.damage()).hasValue("wrote outside outs[0], at its element 4");
  }

  @Test
  void aChangedInputIsFoundEvenIfOnlyItsSignOfZeroChanged() {
    var in = operands.input("weight", new float[] {1, 0, 3});
    in.array()[in.offset() + 1] = -0f;
    assertThat(operands.damage()).hasValue("changed its input weight, at its element 1");
  }

  @Test
  void aChangedArrayElsewhereIsFound() {
    float[] keys = {1, Float.NaN, 3};
    short[] halves = {7};
    operands.unchanged("the cache's keys", keys, halves);
    assertThat(operands.damage()).isEmpty();
    halves[0] = 8;
    assertThat(operands.damage()).hasValue("changed the cache's keys, at element 0");
    halves[0] = 7;
    keys[2] = 4;
    assertThat(operands.damage()).hasValue("changed the cache's keys, at element 2");
  }

  @Test
  void anOutputStartsAsNaNSoThatAGapShows() {
    assertThat(operands.output("out", 5).values()).containsOnly(Float.NaN);
  }

  @Test
  void operandsDoNotBeginAtTheSameOffset() {
    var a = operands.input("a", new float[1]);
    var b = operands.input("b", new float[1]);
    var c = operands.output("c", 1);
    assertThat(new int[] {a.offset(), b.offset(), c.offset()}).doesNotHaveDuplicates();
  }
}
