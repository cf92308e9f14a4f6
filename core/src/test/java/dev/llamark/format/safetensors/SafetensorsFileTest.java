package dev.llamark.format.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamark.format.MappedFile;
import dev.llamark.format.Tensor;
import dev.llamark.format.TinyModel;
import dev.llamark.run.InputException;
import dev.llamark.tensor.DType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class SafetensorsFileTest {

  private static final Path NAME = Path.of("model.safetensors");

  private static SafetensorsFile open(String header, int dataBytes) {
    byte[] data = new byte[dataBytes];
    for (int i = 0; i < dataBytes; i++) {
      data[i] = (byte) i;
    }
    return SafetensorsFile.of(MappedFile.of(NAME, TinyModel.safetensors(header, data)));
  }

  private static void refused(String header, int dataBytes, String part) {
    assertThatThrownBy(() -> open(header, dataBytes))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("model.safetensors: ")
        .hasMessageContaining(part)
        .hasMessageNotContaining("\n");
  }

  private static String tensor(String name, String dtype, String shape, String offsets) {
    return "\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":%s}"
        .formatted(name, dtype, shape, offsets);
  }

  @Test
  void readsTensorsOfAllThreeTypes() {
    String header =
        "{%s,%s,%s}  "
            .formatted(
                tensor("c", "F32", "[2,1]", "[8,16]"),
                tensor("a", "F16", "[2]", "[0,4]"),
                tensor("b", "BF16", "[1,2]", "[4,8]"));
    try (SafetensorsFile file = open(header, 16)) {
      assertThat(file.tensors().sequencedKeySet()).containsExactly("c", "a", "b");
      Tensor b = file.tensors().get("b");
      assertThat(b.dtype()).isEqualTo(DType.BF16);
      assertThat(b.shape()).containsExactly(1L, 2L);
      assertThat(b.data().toArray(java.lang.foreign.ValueLayout.JAVA_BYTE))
          .containsExactly(4, 5, 6, 7);
      assertThat(file.tensors().get("c").dtype()).isEqualTo(DType.F32);
      assertThat(file.tensors().get("a").dtype()).isEqualTo(DType.F16);
    }
  }

  @Test
  void refusesOverlappingAndOutlyingOffsets() {
    refused(
        "{%s,%s}"
            .formatted(tensor("a", "F32", "[2]", "[0,8]"), tensor("b", "F32", "[2]", "[4,12]")),
        12,
        "tensor 'b' must start where the one before ends, at 8, but starts at 4");
    refused(
        "{%s}".formatted(tensor("a", "F32", "[4]", "[0,16]")),
        8,
        "tensor 'a' from 0 to 16 must lie within the file's 8 bytes of data");
    refused("{%s}".formatted(tensor("a", "F32", "[1]", "[4,0]")), 8, "must start where");
    refused("{%s}".formatted(tensor("a", "F32", "[1]", "[0,4]")), 8, "must fill 8 bytes");
    refused("{%s}".formatted(tensor("a", "F32", "[1]", "[0,8]")), 8, "must have 4 bytes");
    refused(
        "{%s}".formatted(tensor("a", "F32", "[4294967296,4294967296]", "[0,8]")),
        8,
        "would have more than 2^63");
    refused("{%s}".formatted(tensor("a", "F32", "[1]", "[-4,0]")), 8, "whole numbers from 0");
    refused("{%s}".formatted(tensor("a", "F32", "[1]", "[0,1e3]")), 8, "whole numbers from 0");
  }

  @Test
  void refusesAbsurdHeaders() {
    byte[] huge =
        ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putLong(0, 1L << 60).array();
    assertThatThrownBy(() -> SafetensorsFile.of(MappedFile.of(NAME, huge)))
        .isInstanceOf(InputException.class)
        .hasMessage(
            "model.safetensors: length of the header must be at most 8, but is"
                + " 1152921504606846976");
    refused("{\"a\":{\"x\":" + "[".repeat(100_000), 0, "nesting depth");
    refused("{\"__metadata__\":" + "{\"a\":".repeat(100_000), 0, "nesting depth");
    String twice = tensor("a", "F32", "[1]", "[0,4]");
    refused("{%s,%s}".formatted(twice, twice), 4, "Duplicate field 'a'");
    refused("{%s".formatted(twice), 4, "is no sound JSON");
    refused("{%s}{}".formatted(twice), 4, "header must end after its JSON object");
    refused("[]", 0, "header must be a JSON object");
    refused("{\"a\":1}", 0, "tensor 'a' must be an object");
    refused("{\"a\":{\"dtype\":\"F32\",\"shape\":[]}}", 0, "tensor 'a' needs two data_offsets");
    refused("{\"" + "n".repeat(5000) + "\":1}", 0, "is no sound JSON");
    refused("{%s}".formatted(tensor("a", "I64", "[1]", "[0,8]")), 8, "but is I64");
  }
}
