package dev.llamark.text;

import dev.llamark.run.InputException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.function.IntPredicate;
import java.util.function.LongSupplier;

/** Continues a prompt token by token. */
public final class TextGenerator {

  private final LanguageModel model;
  private final Sampler sampler;
  private final IntPredicate ends;
  private final LongSupplier nanoTime;

  /**
   * @param ends whether generation ends with a token, such as {@link Tokenizer#ends}
   */
  public TextGenerator(LanguageModel model, Sampler sampler, IntPredicate ends) {
    this(model, sampler, ends, System::nanoTime);
  }

  TextGenerator(LanguageModel model, Sampler sampler, IntPredicate ends, LongSupplier nanoTime) {
    this.model = model;
    this.sampler = sampler;
    this.ends = ends;
    this.nanoTime = nanoTime;
  }

  /**
   * Generates until the model ends the text, {@code most} tokens are there, or the cache is full.
   *
   * @param prompt at least one token, at most as many as the cache holds
   * @param most largest number of generated tokens; at least 0
   * @param sink receives each generated token at once
   */
  public Generation generate(int[] prompt, int most, IntConsumer sink) {
    requirePrompt(prompt);
    long start = nanoTime.getAsLong();
    float[] logits = model.append(prompt);
    long prefilled = nanoTime.getAsLong();
    List<Integer> tokens = new ArrayList<>();
    int steps = 0;
    StopReason reason;
    while ((reason = choose(logits, most, tokens, sink)) == null) {
      logits = model.append(tokens.getLast());
      steps++;
    }
    long end = nanoTime.getAsLong();
    return new Generation(tokens, reason, prompt.length, prefilled - start, steps, end - prefilled);
  }

  /** Chooses the next token; null while generation goes on. */
  private StopReason choose(float[] logits, int most, List<Integer> tokens, IntConsumer sink) {
    if (tokens.size() >= most) {
      return StopReason.LENGTH;
    }
    if (!Sampler.valid(logits)) {
      return StopReason.INVALID_LOGITS;
    }
    int token = sampler.sample(logits);
    if (ends.test(token)) {
      return StopReason.END_OF_TEXT;
    }
    tokens.add(token);
    sink.accept(token);
    if (tokens.size() >= most) {
      return StopReason.LENGTH;
    }
    return model.room() == 0 ? StopReason.CACHE_FULL : null;
  }

  private void requirePrompt(int[] prompt) {
    if (prompt.length == 0) {
      throw new InputException("prompt: it must have at least one token, but is empty");
    }
    if (prompt.length > model.room()) {
      throw new InputException(
          "prompt: it must fit into the KV cache of %d tokens, but has %d"
              .formatted(model.room(), prompt.length));
    }
  }
}
