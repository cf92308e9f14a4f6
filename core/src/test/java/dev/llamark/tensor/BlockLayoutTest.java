package dev.llamark.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** Blocks put together by hand from the structures in {@code ggml-common.h}. */
class BlockLayoutTest {

  /** 2.0 in half precision, little-endian. */
  private static final String TWO = "0040";

  private static final String HALF = "0038";

  @Test
  void q8BlockIsScaleThenSignedBytes() {
    float[] values = decode(DType.Q8_0, TWO + "7f80ff" + "00".repeat(28) + "05");
    assertThat(values).startsWith(254, -256, -2, 0).endsWith(0, 10);
  }

  @Test
  void q40LowNibblesComeFirstAndEightIsZero() {
    float[] values = decode(DType.Q4_0, TWO + "f0" + "88".repeat(14) + "19");
    assertThat(values[0]).isEqualTo(-16);
    assertThat(values[16]).isEqualTo(14);
    assertThat(values[15]).isEqualTo(2);
    assertThat(values[31]).isEqualTo(-14);
    assertThat(values[7]).isZero();
  }

  @Test
  void q41AddsTheMinimum() {
    float[] values = decode(DType.Q4_1, TWO + HALF + "f0" + "00".repeat(15));
    assertThat(values[0]).isEqualTo(0.5f);
    assertThat(values[16]).isEqualTo(30.5f);
    assertThat(values[31]).isEqualTo(0.5f);
  }

  @Test
  void q50TakesFifthBitsFromTheWord() {
    String bit0And9And17 = "01020200";
    float[] values = decode(DType.Q5_0, TWO + bit0And9And17 + "00".repeat(16));
    assertThat(values[0]).isZero();
    assertThat(values[9]).isZero();
    assertThat(values[17]).isZero();
    assertThat(values[1]).isEqualTo(-32);
    assertThat(values[16]).isEqualTo(-32);
  }

  @Test
  void q51TakesFifthBitsAndAddsTheMinimum() {
    float[] values = decode(DType.Q5_1, TWO + HALF + "00000080" + "00".repeat(15) + "f3");
    assertThat(values[31]).isEqualTo(2 * 31 + 0.5f);
    assertThat(values[15]).isEqualTo(2 * 3 + 0.5f);
    assertThat(values[0]).isEqualTo(0.5f);
  }

  @Test
  void q4KUnpacksSixBitScalesAndMinimums() {
    // part 0: s 1, m 2; part 4: s = 3 | 2 << 4 = 35, m = 5 | 1 << 4 = 21; other parts 0
    String scales = "81000000" + "42000000" + "53000000";
    String low = "4b" + "00".repeat(63) + "07" + "00".repeat(63);
    float[] values = decode(DType.Q4_K, TWO + HALF + scales + low);
    assertThat(values[0]).isEqualTo(2 * 1 * 11 - 0.5f * 2);
    assertThat(values[1]).isEqualTo(-0.5f * 2);
    assertThat(values[128]).isEqualTo(2 * 35 * 7 - 0.5f * 21);
    assertThat(values[129]).isEqualTo(-0.5f * 21);
    assertThat(values[32]).isZero();
  }

  @Test
  void q5KTakesFifthBitsByPart() {
    // parts 0 and 1 have s 1; byte 0 of the fifth bits has bits 0 and 1, byte 3 bit 1
    String scales = "01010000" + "00000000" + "00000000";
    String high = "030000" + "02" + "00".repeat(28);
    float[] values = decode(DType.Q5_K, TWO + "0000" + scales + high + "c1" + "00".repeat(127));
    assertThat(values[0]).isEqualTo(2 * (16 + 1));
    assertThat(values[32]).isEqualTo(2 * (16 + 12));
    assertThat(values[35]).isEqualTo(2 * 16);
    assertThat(values[3]).isZero();
  }

  @Test
  void q6KTakesUpperBitsFourElementsAByte() {
    String low = "21" + "00".repeat(31) + "43" + "00".repeat(95);
    String high = "e4" + "00".repeat(63); // upper bits 0, 1, 2, 3 of elements 0, 32, 64, 96
    String scales = "01" + "00" + "ff" + "00" + "02" + "00" + "03" + "00".repeat(9);
    float[] values = decode(DType.Q6_K, low + high + scales + TWO);
    assertThat(values[0]).isEqualTo(2 * (1 - 32));
    assertThat(values[32]).isEqualTo(-2 * (16 + 3 - 32));
    assertThat(values[64]).isEqualTo(2 * 2 * (32 + 2 - 32));
    assertThat(values[96]).isEqualTo(2 * 3 * (48 + 4 - 32));
    assertThat(values[16]).isZero();
    assertThat(values[1]).isEqualTo(2 * -32);
  }

  @Test
  void halfAndBrainFloatsAreLittleEndian() {
    assertThat(decode(DType.F16, TWO + "0080" + "ff7b")).containsExactly(2, -0f, 65504);
    assertThat(decode(DType.BF16, "0040" + "80ff")).containsExactly(2, Float.NEGATIVE_INFINITY);
    assertThat(decode(DType.F32, "0000803f")).containsExactly(1);
  }

  private static float[] decode(DType dtype, String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    float[] values = new float[bytes.length / dtype.blockBytes() * dtype.blockElements()];
    BlockFormat.of(dtype).decode(MemorySegment.ofArray(bytes), 0, values, 0, values.length);
    return values;
  }
}
