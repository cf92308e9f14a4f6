package dev.llamark.format.gguf;

import dev.llamark.run.InputException;
import dev.llamark.tensor.DType;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;

/** The numbers by which GGUF files call the types of tensors ({@code enum ggml_type}). */
final class GgmlTypes {

  /** Types that llamark cannot compute with, so that they are refused by name. */
  private static final Map<Integer, String> OTHERS =
      Map.ofEntries(
          Map.entry(9, "Q8_1"),
          Map.entry(10, "Q2_K"),
          Map.entry(11, "Q3_K"),
          Map.entry(15, "Q8_K"),
          Map.entry(16, "IQ2_XXS"),
          Map.entry(17, "IQ2_XS"),
          Map.entry(18, "IQ3_XXS"),
          Map.entry(19, "IQ1_S"),
          Map.entry(20, "IQ4_NL"),
          Map.entry(21, "IQ3_S"),
          Map.entry(22, "IQ2_S"),
          Map.entry(23, "IQ4_XS"),
          Map.entry(24, "I8"),
          Map.entry(25, "I16"),
          Map.entry(26, "I32"),
          Map.entry(27, "I64"),
          Map.entry(28, "F64"),
          Map.entry(29, "IQ1_M"),
          Map.entry(34, "TQ1_0"),
          Map.entry(35, "TQ2_0"),
          Map.entry(39, "MXFP4"));

  private GgmlTypes() {}

  static DType dtype(Path file, String tensor, int id) {
    for (DType dtype : DType.values()) {
      if (dtype.ggmlId() == id) {
        return dtype;
      }
    }
    String found =
        OTHERS.containsKey(id)
            ? OTHERS.get(id) + " (ggml type " + id + ")"
            : "unknown (ggml type " + Integer.toUnsignedString(id) + ")";
    throw new InputException(
        "%s: type of tensor '%s' must be one of %s, but is %s"
            .formatted(file, tensor, supported(), found));
  }

  private static String supported() {
    return Arrays.stream(DType.values()).map(DType::id).collect(Collectors.joining(" "));
  }
}
