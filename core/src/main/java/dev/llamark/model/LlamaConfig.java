package dev.llamark.model;

import dev.llamark.rope.Pairing;
import dev.llamark.rope.RopeScaling;
import dev.llamark.run.InputException;

/**
 * The shape of a Llama-family model.
 *
 * @param architecture as the file names it, such as {@code llama} or {@code qwen2}
 * @param hidden width of the residual stream
 * @param ffn width of the feed-forward block
 * @param layers number of blocks
 * @param heads number of query heads
 * @param kvHeads number of key and value heads; divides {@code heads}
 * @param headDim elements of a head; {@code heads · headDim} need not be {@code hidden}
 * @param vocab number of tokens
 * @param context positions for which the model is made
 * @param rotaryDim rotated elements of a head, even, at most {@code headDim}
 * @param theta base of the rotary frequencies
 * @param epsilon of all RMS normalisations
 * @param scaling of the rotary frequencies
 * @param pairing of the rotated elements
 */
public record LlamaConfig(
    String architecture,
    int hidden,
    int ffn,
    int layers,
    int heads,
    int kvHeads,
    int headDim,
    int vocab,
    int context,
    int rotaryDim,
    double theta,
    float epsilon,
    RopeScaling scaling,
    Pairing pairing) {

  public LlamaConfig {
    require(hidden > 0, "hidden must be positive, but is " + hidden);
    require(ffn > 0, "ffn must be positive, but is " + ffn);
    require(layers > 0, "layers must be positive, but are " + layers);
    require(kvHeads > 0, "kvHeads must be positive, but are " + kvHeads);
    require(
        heads > 0 && heads % kvHeads == 0,
        "heads must be a multiple of kvHeads = " + kvHeads + ", but are " + heads);
    require(headDim > 0, "headDim must be positive, but is " + headDim);
    require(vocab > 0, "vocab must be positive, but is " + vocab);
    require(context > 0, "context must be positive, but is " + context);
    require(
        rotaryDim >= 2 && rotaryDim % 2 == 0 && rotaryDim <= headDim,
        "rotaryDim must be even, from 2 to headDim = " + headDim + ", but is " + rotaryDim);
    require(theta > 0 && Double.isFinite(theta), "theta must be positive, but is " + theta);
    require(epsilon >= 0 && epsilon < 1, "epsilon must be from 0 to 1, but is " + epsilon);
  }

  private static void require(boolean holds, String sentence) {
    if (!holds) {
      throw new IllegalArgumentException(sentence);
    }
  }

  /** Width of all query heads together. */
  public int queryWidth() {
    return heads * headDim;
  }

  /** Width of all key heads together, and of all value heads. */
  public int kvWidth() {
    return kvHeads * headDim;
  }

  /**
   * Holds token ids against the vocabulary.
   *
   * @throws InputException if there is none, or one is not in the vocabulary
   */
  public void requireTokens(int[] tokens) {
    if (tokens.length == 0) {
      throw new InputException("tokens must be at least one, but there are none");
    }
    for (int i = 0; i < tokens.length; i++) {
      if (tokens[i] < 0 || tokens[i] >= vocab) {
        throw new InputException(
            "token %d must be an id from 0 to %d, the vocabulary's last, but is %d"
                .formatted(i + 1, vocab - 1, tokens[i]));
      }
    }
  }
}
