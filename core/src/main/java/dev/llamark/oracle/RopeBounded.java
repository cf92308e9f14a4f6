package dev.llamark.oracle;

import dev.llamark.kernel.Kernels;

/** RoPE against the oracle, with its bound; exact operands leave none. */
final class RopeBounded implements ConformanceCase {

  private final RopeOperands operands;

  RopeBounded(RopeOperands operands) {
    this.operands = operands;
  }

  @Override
  public float[] run(Kernels kernels, GuardedOperands guarded) {
    return operands.rotate(kernels, guarded, operands.x, operands.positions, operands.table);
  }

  @Override
  public Judgement judge(float[] output) {
    Judge judge = new Judge(operands.tokens, operands.heads, operands.headDim);
    for (int token = 0; token < operands.tokens; token++) {
      for (int head = 0; head < operands.heads; head++) {
        judgeHead(judge, output, token, (token * operands.heads + head) * operands.headDim);
      }
    }
    return judge.judgement();
  }

  private void judgeHead(Judge judge, float[] output, int token, int from) {
    double[] expected =
        RopeOracle.head(
            operands.x,
            from,
            operands.headDim,
            operands.table,
            operands.positions[token],
            operands.pairing);
    int rotaryDim = operands.table.rotaryDim();
    for (int i = rotaryDim; i < operands.headDim; i++) {
      judge.exact(from + i, expected[i], output[from + i]);
    }
    for (int j = 0; j < operands.table.pairs(); j++) {
      int first = operands.pairing.first(j, rotaryDim);
      int second = operands.pairing.second(j, rotaryDim);
      double length = Math.hypot(expected[first], expected[second]);
      double allowed = operands.exact ? 0 : RopeOracle.allowed(length);
      judge.element(from + first, expected[first], output[from + first], allowed, allowed);
      judge.element(from + second, expected[second], output[from + second], allowed, allowed);
    }
  }
}
