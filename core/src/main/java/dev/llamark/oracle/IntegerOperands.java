package dev.llamark.oracle;

import dev.llamark.run.InputException;
import java.util.SplittableRandom;

/**
 * Whole numbers for MatMul, small enough that every partial sum stays below 2^24 and so is exact in
 * float, in any order, with or without FMA. Each block of 32 inputs holds ±127 once, so that int8
 * activations have the scale 1 and are exact too.
 */
final class IntegerOperands {

  /** From here on floats skip whole numbers. */
  private static final int LIMIT = 1 << 24;

  private static final int LARGEST_SMALL = 8;

  private final int columns;
  private final int largestWeight;
  private final int small;

  /**
   * @throws InputException if sums of so many columns cannot stay below 2^24
   */
  IntegerOperands(CaseId id, int columns) {
    this.columns = columns;
    largestWeight = RandomMatrix.largestInteger(id.dtype(), (int) (LIMIT / inputs(1)));
    int fitting = 0;
    while (fitting < LARGEST_SMALL && inputs(fitting + 1) * largestWeight <= LIMIT) {
      fitting++;
    }
    small = fitting;
    if (inputs(0) * largestWeight > LIMIT) {
      throw new InputException(
          "case '%s': with weights up to %d, sums of %d products exceed 2^24, where floats stop being exact"
              .formatted(id, largestWeight, columns));
    }
  }

  /**
   * Bound of a row's Σ|x|: a block holds ±127 once, a sum twice, and else at most {@code small}.
   */
  private long inputs(int small) {
    int block = MatMulOracle.BLOCK;
    return (long) Math.ceilDiv(columns, block) * (2 * MatMulOracle.LARGEST + (block - 1) * small);
  }

  /** Bound of the weights' size. */
  int largestWeight() {
    return largestWeight;
  }

  /** (rows × columns). */
  float[] input(int rows, SplittableRandom random) {
    float[] x = new float[rows * columns];
    for (int i = 0; i < x.length; i++) {
      x[i] = random.nextInt(-small, small + 1);
    }
    forEachBlock(rows, (from, count) -> x[from + random.nextInt(count)] = largest(random));
    return x;
  }

  /** Two inputs and their sum; none of the three needs rounding to int8. */
  float[][] summands(int rows, SplittableRandom random) {
    float[][] x = new float[3][rows * columns];
    for (int i = 0; i < rows * columns; i++) {
      x[0][i] = random.nextInt(-small, small + 1) / 2;
      x[1][i] = random.nextInt(-small, small + 1) / 2;
    }
    forEachBlock(
        rows,
        (from, count) -> {
          int first = random.nextInt(count);
          int second = (first + 1) % count;
          x[0][from + second] = 0;
          x[1][from + second] = count > 1 ? largest(random) : 0;
          x[0][from + first] = largest(random);
          x[1][from + first] = 0;
        });
    for (int i = 0; i < rows * columns; i++) {
      x[2][i] = x[0][i] + x[1][i];
    }
    return x;
  }

  private static float largest(SplittableRandom random) {
    return random.nextBoolean() ? MatMulOracle.LARGEST : -MatMulOracle.LARGEST;
  }

  private interface Block {
    void accept(int from, int count);
  }

  private void forEachBlock(int rows, Block block) {
    for (int row = 0; row < rows; row++) {
      for (int k = 0; k < columns; k += MatMulOracle.BLOCK) {
        block.accept(row * columns + k, Math.min(MatMulOracle.BLOCK, columns - k));
      }
    }
  }
}
