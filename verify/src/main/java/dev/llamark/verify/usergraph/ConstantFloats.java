package dev.llamark.verify.usergraph;

import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import dev.llamark.run.InputException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/** Reads constants of a graph as floats. */
final class ConstantFloats {

  private ConstantFloats() {}

  /** Whether the elements are floats of some width. */
  static boolean readable(TensorProto tensor) {
    return switch (DataType.forNumber(tensor.getDataType())) {
      case FLOAT, FLOAT16, BFLOAT16, DOUBLE -> true;
      case null, default -> false;
    };
  }

  /** Number of elements: the product of the dimensions. */
  static long count(TensorProto tensor) {
    return tensor.getDimsList().stream().mapToLong(Long::longValue).reduce(1, (a, b) -> a * b);
  }

  /**
   * The elements, row-major.
   *
   * @param folder of external data
   */
  static float[] of(TensorProto tensor, Path folder) {
    float[] values = new float[Math.toIntExact(count(tensor))];
    ByteBuffer raw =
        ExternalData.of(tensor)
            .map(data -> data.read(folder))
            .orElseGet(() -> tensor.getRawData().asReadOnlyByteBuffer())
            .order(ByteOrder.LITTLE_ENDIAN);
    boolean packed = raw.hasRemaining();
    DataType type = DataType.forNumber(tensor.getDataType());
    int width = type == DataType.DOUBLE ? 8 : type == DataType.FLOAT ? 4 : 2;
    if (packed ? raw.remaining() < (long) width * values.length : listed(tensor) < values.length) {
      throw new InputException(
          "tensor '%s' must have %d elements, but has fewer"
              .formatted(tensor.getName(), values.length));
    }
    for (int i = 0; i < values.length; i++) {
      values[i] = packed ? element(raw, type) : element(tensor, type, i);
    }
    return values;
  }

  private static float element(ByteBuffer raw, DataType type) {
    return switch (type) {
      case FLOAT16 -> Float.float16ToFloat(raw.getShort());
      case BFLOAT16 -> Float.intBitsToFloat(raw.getShort() << 16);
      case DOUBLE -> (float) raw.getDouble();
      default -> raw.getFloat();
    };
  }

  private static float element(TensorProto tensor, DataType type, int i) {
    return switch (type) {
      case FLOAT16 -> Float.float16ToFloat((short) tensor.getInt32Data(i));
      case BFLOAT16 -> Float.intBitsToFloat(tensor.getInt32Data(i) << 16);
      case DOUBLE -> (float) tensor.getDoubleData(i);
      default -> tensor.getFloatData(i);
    };
  }

  private static int listed(TensorProto tensor) {
    return Math.max(
        tensor.getFloatDataCount(),
        Math.max(tensor.getInt32DataCount(), tensor.getDoubleDataCount()));
  }
}
