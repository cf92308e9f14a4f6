package dev.llamark.format.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamark.format.MappedFile;
import dev.llamark.run.InputException;
import dev.llamark.tensor.DType;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GgufFileTest {

  private static final int STRING = 8;
  private static final int ARRAY = 9;

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void readsEveryTypeOfMetadata(int version) {
    GgufBytes bytes = GgufBytes.header(version, 0, 12);
    bytes.text("u8").int32(0).int8(200).text("i8").int32(1).int8(-3);
    bytes.text("u16").int32(2).int16(60000).text("i16").int32(3).int16(-300);
    bytes.text("u32").int32(4).int32(0xFFFFFFFF).text("i32").int32(5).int32(-70000);
    bytes.text("f32").int32(6).float32(0.1f).text("flag").int32(7).int8(1);
    bytes.text("text").int32(STRING).text("né 🙂");
    bytes.text("u64").int32(10).int64(-1).text("i64").int32(11).int64(-1);
    bytes.text("f64").int32(12).float64(0.1);
    GgufMetadata metadata = bytes.open().metadata();
    assertThat(metadata.values().sequencedKeySet())
        .containsExactly(
            "u8", "i8", "u16", "i16", "u32", "i32", "f32", "flag", "text", "u64", "i64", "f64");
    assertThat(metadata.findWhole("u8")).hasValue(200);
    assertThat(metadata.findWhole("i8")).hasValue(-3);
    assertThat(metadata.findWhole("u16")).hasValue(60000);
    assertThat(metadata.findWhole("i16")).hasValue(-300);
    assertThat(metadata.findWhole("u32")).hasValue(4294967295L);
    assertThat(metadata.findWhole("i32")).hasValue(-70000);
    assertThat(metadata.findReal("f32")).hasValue(0.1f);
    assertThat(metadata.findReal("f64")).hasValue(0.1);
    assertThat(metadata.flag("flag", false)).isTrue();
    assertThat(metadata.text("text")).isEqualTo("né 🙂");
    assertThat(metadata.values().get("u64").display()).isEqualTo("18446744073709551615");
    assertThat(metadata.findWhole("i64")).hasValue(-1);
    assertThat(metadata.tokenId("u32")).isEmpty();
    assertThat(metadata.tokenId("u8")).hasValue(200);
    assertThatThrownBy(() -> metadata.findWhole("u64"))
        .isInstanceOf(InputException.class)
        .hasMessage(
            "model.gguf: metadata 'u64' must be a whole number, but is 18446744073709551615");
  }

  @Test
  void readsArraysOfTextsNumbersAndArrays() {
    GgufBytes bytes = GgufBytes.header(3, 0, 4);
    bytes.text("texts").int32(ARRAY).int32(STRING).int64(2).text("a").text("bc");
    bytes.text("floats").int32(ARRAY).int32(6).int64(3).float32(1).float32(-2).float32(.5f);
    bytes.text("nested").int32(ARRAY).int32(ARRAY).int64(2);
    bytes.int32(5).int64(2).int32(7).int32(-8).int32(0).int64(1).int8(255);
    bytes.text("after").int32(4).int32(42);
    GgufMetadata metadata = bytes.open().metadata();
    assertThat(metadata.findArray("texts").orElseThrow().texts()).containsExactly("a", "bc");
    assertThat(metadata.findArray("floats").orElseThrow().floats()).containsExactly(1, -2, .5f);
    List<GgufValue> nested = metadata.findArray("nested").orElseThrow().first(10);
    assertThat(((GgufArray) nested.get(0)).wholes()).containsExactly(7, -8);
    assertThat(((GgufArray) nested.get(1)).wholes()).containsExactly(255);
    assertThat(metadata.findWhole("after")).hasValue(42);
    assertThatThrownBy(() -> metadata.findArray("floats").orElseThrow().texts())
        .isInstanceOf(InputException.class)
        .hasMessage("model.gguf: metadata 'floats' must be an array of texts, but is 3 of FLOAT32");
    assertThat(metadata.values().get("nested").display()).isEqualTo("[[7, -8], [255]]");
  }

  @Test
  void readsTensorsWhereTheyLie() {
    GgufBytes bytes = GgufBytes.header(3, 2, 1);
    bytes.text("general.alignment").int32(4).int32(64);
    bytes.tensor("second", 0, 64, 2, 3).tensor("first", 8, 0, 32).align(64);
    for (int i = 0; i < 34; i++) {
      bytes.int8(i);
    }
    bytes.align(64);
    for (int i = 0; i < 6; i++) {
      bytes.float32(i + 0.5f);
    }
    GgufFile file = bytes.open();
    assertThat(file.alignment()).isEqualTo(64);
    assertThat(file.tensors().sequencedKeySet()).containsExactly("second", "first");
    var second = file.tensors().get("second");
    assertThat(second.shape()).containsExactly(3L, 2L);
    assertThat(
            second
                .data()
                .toArray(ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN)))
        .containsExactly(0.5f, 1.5f, 2.5f, 3.5f, 4.5f, 5.5f);
    var first = file.tensors().get("first");
    assertThat(first.dtype()).isEqualTo(DType.Q8_0);
    assertThat(first.data().byteSize()).isEqualTo(34);
    assertThat(first.data().get(ValueLayout.JAVA_BYTE, 33)).isEqualTo((byte) 33);
  }

  @Test
  void refusesWhatIsNoGguf() {
    refused(GgufBytes.header(1, 0, 0), "version must be 2 or 3, but is 1");
    refused(
        GgufBytes.header(0x03000000, 0, 0),
        "version must be 2 or 3, but is 3 in a big-endian file");
    assertThatThrownBy(() -> GgufFile.of(MappedFile.of(GgufBytes.NAME, new byte[24])))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("magic number must be GGUF, but is 0x00000000");
  }

  @Test
  void refusesAbsurdLengths() {
    refused(
        GgufBytes.header(3, 0, 1).text("k").int32(STRING).int64(1L << 60),
        "metadata 'k': length must be at most 0 in what is left of the file, but is"
            + " 1152921504606846976");
    refused(
        GgufBytes.header(3, 0, 1).text("k").int32(ARRAY).int32(4).int64(1L << 60),
        "metadata 'k': array length must be at most 0 in what is left of the file, but is"
            + " 1152921504606846976");
    refused(GgufBytes.header(3, 0, 1).int64(-1), "length must be at most 0");
    refused(
        GgufBytes.header(3, 0, 1L << 60),
        "number of metadata keys must be at most 65536, but is 1152921504606846976");
    refused(
        GgufBytes.header(3, -1, 0),
        "number of tensors must be at most 131072, but is 18446744073709551615");
  }

  @Test
  void refusesDeepArrays() {
    GgufBytes bytes = GgufBytes.header(3, 0, 1).text("k").int32(ARRAY);
    for (int i = 0; i < 100; i++) {
      bytes.int32(ARRAY).int64(1);
    }
    refused(bytes, "metadata 'k' must be an array nested at most 8 deep, but is deeper");
  }

  @Test
  void refusesTensorsOutsideTheFileOrOverEachOther() {
    refused(
        GgufBytes.header(3, 1, 0).tensor("w", 0, 1L << 40, 8).align(32).int64(0),
        "tensor 'w' of 32 bytes at offset 1099511627776 must lie within the file's 8 bytes");
    refused(
        GgufBytes.header(3, 1, 0).tensor("w", 0, -32, 8).align(32),
        "tensor 'w' of 32 bytes at offset 18446744073709551584 must lie within");
    refused(
        GgufBytes.header(3, 1, 0).tensor("w", 0, 0, 1L << 31, 1L << 31, 1L << 31).align(32),
        "tensor 'w': size must be within the file");
    refused(
        GgufBytes.header(3, 1, 0).tensor("w", 0, 4, 1).align(32).int64(0),
        "tensor 'w': offset must be a multiple of 32, but is 4");
    GgufBytes overlapping = GgufBytes.header(3, 2, 0).tensor("a", 0, 0, 16).tensor("b", 0, 32, 8);
    overlapping.align(32);
    for (int i = 0; i < 16; i++) {
      overlapping.int32(0);
    }
    refused(overlapping, "tensor 'b' at offset 32 overlaps 'a', which ends at 64");
  }

  @Test
  void refusesDuplicatesAndUnknownTypes() {
    refused(
        GgufBytes.header(3, 0, 2).text("k").int32(0).int8(1).text("k").int32(0).int8(1),
        "metadata 'k' must be there once, but is there twice");
    GgufBytes twice = GgufBytes.header(3, 2, 0).tensor("w", 0, 0, 8).tensor("w", 0, 32, 8);
    twice.align(32);
    for (int i = 0; i < 16; i++) {
      twice.int32(0);
    }
    refused(twice, "tensor 'w' must be there once, but is there twice");
    refused(
        GgufBytes.header(3, 1, 0).tensor("w", 23, 0, 256),
        "type of tensor 'w' must be one of f32 f16 bf16 q8_0 q4_0 q4_1 q5_0 q5_1 q4_k q5_k q6_k,"
            + " but is IQ4_XS (ggml type 23)");
    refused(GgufBytes.header(3, 1, 0).tensor("w", 99, 0, 256), "but is unknown (ggml type 99)");
    refused(GgufBytes.header(3, 0, 1).text("k").int32(13), "metadata 'k': type must be a number");
    refused(
        GgufBytes.header(3, 1, 0).tensor("w", 2, 0, 33),
        "tensor 'w': row of q4_0 must be a multiple of 32, but is 33");
  }

  @Test
  void refusesNamesThatCannotBeShown() {
    refused(
        GgufBytes.header(3, 0, 1).text("a\nb").int32(0).int8(1),
        "metadata key 0 must be printable, but is 'a?b'");
    refused(GgufBytes.header(3, 0, 1).text("k".repeat(600)), "metadata key 0: length must be");
  }

  @Test
  void refusesEveryCutOfASoundFile() {
    GgufBytes bytes = GgufBytes.header(3, 1, 1).text("texts").int32(ARRAY).int32(STRING);
    bytes.int64(2).text("ab").text("c").tensor("w", 0, 0, 4, 2).align(32);
    for (int i = 0; i < 8; i++) {
      bytes.float32(i);
    }
    byte[] sound = bytes.toArray();
    bytes.open().close();
    for (int length = 0; length < sound.length; length++) {
      byte[] cut = Arrays.copyOf(sound, length);
      assertThatThrownBy(() -> GgufFile.of(MappedFile.of(GgufBytes.NAME, cut)))
          .isInstanceOf(InputException.class)
          .hasMessageStartingWith("model.gguf: ");
    }
  }

  @Test
  void opensAFileOnDisk(@TempDir Path folder) throws Exception {
    GgufBytes bytes = GgufBytes.header(3, 0, 1).text("k").int32(0).int8(1);
    Path path = folder.resolve("small.gguf");
    Files.write(path, bytes.toArray());
    try (GgufFile file = GgufFile.open(path)) {
      assertThat(file.metadata().findWhole("k")).hasValue(1);
      assertThat(file.mapping().size()).isEqualTo(bytes.toArray().length);
    }
  }

  private static void refused(GgufBytes bytes, String part) {
    assertThatThrownBy(bytes::open)
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("model.gguf: ")
        .hasMessageContaining(part);
  }
}
