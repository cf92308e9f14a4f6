package dev.llamark.verify.nodetest;

import java.util.stream.IntStream;

/**
 * The leading dimensions of two operands, broadcast against each other as NumPy does.
 *
 * @param dimensions of the result
 * @param leftShape the left operand's, filled up with ones in front
 * @param rightShape the right operand's, likewise
 */
record Broadcast(int[] dimensions, int[] leftShape, int[] rightShape) {

  /** All dimensions but the last {@code inner} ones. */
  static Broadcast of(int[] left, int[] right, int inner) {
    int rank = Math.max(left.length, right.length) - inner;
    int[] l = leading(left, rank, inner);
    int[] r = leading(right, rank, inner);
    int[] dimensions = IntStream.range(0, rank).map(axis -> Math.max(l[axis], r[axis])).toArray();
    return new Broadcast(dimensions, l, r);
  }

  private static int[] leading(int[] shape, int rank, int inner) {
    int missing = rank - (shape.length - inner);
    return IntStream.range(0, rank).map(i -> i < missing ? 1 : shape[i - missing]).toArray();
  }

  /** Number of inner blocks of the result. */
  int count() {
    return Tensor.elements(dimensions);
  }

  /** The left operand's block for one of the result. */
  int left(int block) {
    return source(leftShape, block);
  }

  /** The right operand's block for one of the result. */
  int right(int block) {
    return source(rightShape, block);
  }

  private int source(int[] shape, int block) {
    int source = 0;
    int stride = 1;
    for (int axis = shape.length - 1, rest = block; axis >= 0; axis--) {
      source += shape[axis] == 1 ? 0 : rest % dimensions[axis] * stride;
      stride *= shape[axis];
      rest /= dimensions[axis];
    }
    return source;
  }

  /** The result's shape with the inner dimensions that are not 0. */
  int[] shape(int... inner) {
    return IntStream.concat(
            IntStream.of(dimensions), IntStream.of(inner).filter(dimension -> dimension > 0))
        .toArray();
  }
}
