package dev.llamark.bench;

import dev.llamark.model.KvCache;
import dev.llamark.model.Llama;
import dev.llamark.model.Logits;
import dev.llamark.model.TapListener;
import dev.llamark.text.LanguageModel;

/** A Llama with one sequence. */
final class CachedLlama implements LanguageModel {

  private final Llama llama;
  private final KvCache cache;
  private final float[] logits;

  /**
   * @param cache of this model, perhaps with a beginning in it
   */
  CachedLlama(Llama llama, KvCache cache) {
    this.llama = llama;
    this.cache = cache;
    logits = new float[llama.config().vocab()];
  }

  @Override
  public float[] append(int... tokens) {
    llama.forward(tokens, cache, Logits.LAST, TapListener.NONE, logits);
    return logits;
  }

  @Override
  public int room() {
    return cache.capacity() - cache.length();
  }
}
