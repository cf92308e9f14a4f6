package dev.llamark.tensor;

import java.util.EnumMap;
import java.util.Map;

/** The format of each type, made once: decoding a row allocates nothing. */
final class BlockFormats {

  static final Map<DType, BlockFormat> ALL = new EnumMap<>(DType.class);

  static {
    for (DType dtype : DType.values()) {
      ALL.put(dtype, create(dtype));
    }
  }

  private BlockFormats() {}

  private static BlockFormat create(DType dtype) {
    return switch (dtype) {
      case F32 -> new F32Format();
      case F16 -> new F16Format();
      case BF16 -> new Bf16Format();
      case Q8_0 -> new Q8Format();
      case Q4_0 -> new SymmetricFormat(dtype, 4);
      case Q5_0 -> new SymmetricFormat(dtype, 5);
      case Q4_1 -> new AffineFormat(dtype, 4);
      case Q5_1 -> new AffineFormat(dtype, 5);
      case Q4_K -> new AffineSuperFormat(dtype, 4);
      case Q5_K -> new AffineSuperFormat(dtype, 5);
      case Q6_K -> new SymmetricSuperFormat();
    };
  }
}
