package dev.llamark.oracle;

import dev.llamark.kernel.Kernels;
import dev.llamark.kernel.KeyValues;

/** Against the oracle, with its bound. */
final class AttentionBounded implements ConformanceCase {

  private final AttentionOperands operands;

  AttentionBounded(CaseId id, AttentionOperands.Sizes sizes) {
    operands = AttentionOperands.of(id, sizes);
  }

  @Override
  public float[] run(Kernels kernels, GuardedOperands guarded) {
    return operands.run(kernels, guarded);
  }

  @Override
  public Judgement judge(float[] output) {
    Judge judge = operands.judge();
    for (int token = 0; token < operands.tokens(); token++) {
      for (int head = 0; head < operands.heads(); head++) {
        judgeHead(judge, token, head, output);
      }
    }
    return judge.judgement();
  }

  private void judgeHead(Judge judge, int token, int head, float[] output) {
    KeyValues cache = operands.cache();
    int from = (token * operands.heads() + head) * cache.headDim();
    int kvHead = operands.kvHead(head);
    int visible = operands.visible(token);
    float[] q = operands.q();
    double magnitude = AttentionOracle.scoreMagnitude(q, from, cache, kvHead, visible);
    if (!AttentionOracle.inDomain(magnitude)) {
      return;
    }
    double[] p =
        AttentionOracle.softmax(
            AttentionOracle.scores(q, from, cache, kvHead, operands.scale(), visible));
    double[] expected = AttentionOracle.weightedValues(p, cache, kvHead);
    var bound = AttentionOracle.bound(p, magnitude * operands.scale(), cache, kvHead);
    for (int i = 0; i < expected.length; i++) {
      judge.element(
          from + i, expected[i], output[from + i], bound.allowed()[i], bound.typical()[i]);
    }
  }
}
