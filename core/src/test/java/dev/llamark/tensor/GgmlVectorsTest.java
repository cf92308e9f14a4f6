package dev.llamark.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Blocks with the values that ggml and the gguf package for Python give. */
@Tag("external")
class GgmlVectorsTest {

  private static final Path FOLDER = Path.of(System.getProperty("llamark.data", "."), "quant");

  @ParameterizedTest
  @EnumSource(names = {"Q8_0", "Q4_K", "Q5_K", "Q6_K"})
  void decodedBitsAreThoseOfGgml(DType dtype) throws IOException {
    JsonNode example = read("dequant_vectors.json").at("/ggml_c/cases/" + dtype.id());
    float[] values = decode(dtype, example);
    JsonNode expected = example.get("expected_f32_bits_hex");
    assertThat(values).hasSize(expected.size());
    for (int i = 0; i < values.length; i++) {
      assertThat(Integer.toHexString(Float.floatToRawIntBits(values[i])))
          .as("element %d", i)
          .isEqualTo(Integer.toHexString(Integer.parseUnsignedInt(expected.get(i).asText(), 16)));
    }
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"F32", "F16", "BF16"})
  void decodedValuesAreThoseOfThePythonPackage(DType dtype) throws IOException {
    JsonNode example = read("dequant_vectors.json").at("/gguf_py/cases/" + dtype.name());
    float[] values = decode(dtype, example);
    JsonNode expected = example.get("expected");
    assertThat(values).hasSize(expected.size());
    for (int i = 0; i < values.length; i++) {
      double value = expected.get(i).asDouble();
      assertThat((double) values[i])
          .as("element %d", i)
          .isCloseTo(value, within(Math.abs(value) * 1e-6));
    }
  }

  /** The expected values are printed with three decimals. */
  @ParameterizedTest
  @EnumSource(names = {"Q4_0", "Q4_1", "Q5_0", "Q5_1"})
  void encodedRampComesBackAsFromGgml(DType dtype) throws IOException {
    JsonNode expected =
        read("quantize_expected.json").at("/expected_after_roundtrip/" + dtype.id());
    float[] ramp = new float[128];
    for (int i = 0; i < ramp.length; i++) {
      ramp[i] = i;
    }
    float[] back = new float[128];
    Matrix.of("ramp", dtype, 1, 128, ramp).decodeRow(0, back, 0);
    assertThat(expected).hasSize(128);
    for (int i = 0; i < back.length; i++) {
      assertThat((double) back[i])
          .as("element %d", i)
          .isCloseTo(expected.get(i).asDouble(), within(0.000501));
    }
  }

  private static JsonNode read(String file) throws IOException {
    return new ObjectMapper().readTree(FOLDER.resolve(file).toFile());
  }

  private static float[] decode(DType dtype, JsonNode example) {
    byte[] block = HexFormat.of().parseHex(example.get("block_hex").asText());
    float[] values = new float[dtype.blockElements()];
    BlockFormat.of(dtype).decode(MemorySegment.ofArray(block), 0, values, 0, values.length);
    return values;
  }
}
