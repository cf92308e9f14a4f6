package dev.llamark.verify.nodetest;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * A tensor of an ONNX test.
 *
 * @param type as {@code onnx.proto} names it: {@code FLOAT}, {@code INT64}
 * @param shape its dimensions, row-major
 * @param floats the elements, if they are floats; else empty
 * @param longs the elements, if they are integers; else empty
 */
record Tensor(TensorProto.DataType type, int[] shape, float[] floats, long[] longs) {

  /** Reads a tensor of floats or integers; of other types only type and shape. */
  static Tensor of(TensorProto proto) {
    int[] shape = proto.getDimsList().stream().mapToInt(Math::toIntExact).toArray();
    TensorProto.DataType type = TensorProto.DataType.forNumber(proto.getDataType());
    ByteBuffer raw = proto.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    float[] floats = {};
    long[] longs = {};
    if (type == TensorProto.DataType.FLOAT) {
      floats = new float[elements(shape)];
      for (int i = 0; i < floats.length; i++) {
        floats[i] = raw.hasRemaining() ? raw.getFloat() : proto.getFloatData(i);
      }
    } else if (type == TensorProto.DataType.INT64) {
      longs = new long[elements(shape)];
      for (int i = 0; i < longs.length; i++) {
        longs[i] = raw.hasRemaining() ? raw.getLong() : proto.getInt64Data(i);
      }
    }
    return new Tensor(type, shape, floats, longs);
  }

  static Tensor of(int[] shape, float[] floats) {
    return new Tensor(TensorProto.DataType.FLOAT, shape, floats, new long[0]);
  }

  static int elements(int[] shape) {
    return product(shape, 0, shape.length);
  }

  /** Product of the dimensions {@code from … to − 1}. */
  static int product(int[] shape, int from, int to) {
    int product = 1;
    for (int axis = from; axis < to; axis++) {
      product = Math.multiplyExact(product, shape[axis]);
    }
    return product;
  }

  int rank() {
    return shape.length;
  }

  /** The dimension of an axis, from the end if negative. */
  int dimension(int axis) {
    return shape[axis < 0 ? axis + shape.length : axis];
  }

  boolean isFloat() {
    return type == TensorProto.DataType.FLOAT;
  }

  /** With the axes 1 and 2 of four exchanged: (B, H, S, D) and (B, S, H, D). */
  Tensor swapped() {
    int[] other = {shape[0], shape[2], shape[1], shape[3]};
    float[] values = new float[floats.length];
    for (int b = 0, i = 0; b < shape[0]; b++) {
      for (int x = 0; x < shape[1]; x++) {
        for (int y = 0; y < shape[2]; y++, i++) {
          int to = (b * shape[2] + y) * shape[1] + x;
          System.arraycopy(floats, i * shape[3], values, to * shape[3], shape[3]);
        }
      }
    }
    return of(other, values);
  }

  /** As {@code [3, 4]}, the index of an element. */
  int[] index(int element) {
    int[] index = new int[shape.length];
    for (int axis = shape.length - 1, rest = element; axis >= 0; axis--) {
      index[axis] = rest % shape[axis];
      rest /= shape[axis];
    }
    return index;
  }

  String shapeText() {
    return Arrays.stream(shape).mapToObj(Integer::toString).collect(Collectors.joining(" x "));
  }
}
