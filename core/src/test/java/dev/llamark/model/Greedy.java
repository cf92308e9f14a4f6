package dev.llamark.model;

import dev.llamark.run.InputException;
import dev.llamark.tensor.DType;

/** Greedy decoding: always the token with the largest logit. */
final class Greedy {

  private Greedy() {}

  /**
   * Continues a prompt by {@code n} tokens, without stopping at any of them.
   *
   * @param prompt ids, at least one
   * @param n number of tokens to decode, at least 1
   * @param kv type of the KV cache, {@code F32} or {@code F16}
   * @return the ids after the prompt, (n)
   */
  static int[] decode(Llama llama, int[] prompt, int n, DType kv) {
    if (n < 1) {
      throw new InputException("tokens to decode must be at least 1, but are " + n);
    }
    int vocab = llama.config().vocab();
    KvCache cache = llama.newCache(Math.addExact(prompt.length, n - 1), kv);
    float[] logits = llama.forward(prompt, cache, Logits.LAST);
    int[] decoded = new int[n];
    decoded[0] = argmax(logits, 0, vocab);
    int[] token = new int[1];
    for (int i = 1; i < n; i++) {
      token[0] = decoded[i - 1];
      llama.forward(token, cache, Logits.LAST, TapListener.NONE, logits);
      decoded[i] = argmax(logits, 0, vocab);
    }
    return decoded;
  }

  /**
   * Index of the largest of {@code logits[offset … offset + vocab)}, from 0; of equal ones the
   * lowest. NaN is never the largest.
   */
  static int argmax(float[] logits, int offset, int vocab) {
    int best = 0;
    float largest = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < vocab; i++) {
      if (logits[offset + i] > largest) {
        largest = logits[offset + i];
        best = i;
      }
    }
    return best;
  }
}
