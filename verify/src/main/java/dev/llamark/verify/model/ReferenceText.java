package dev.llamark.verify.model;

import dev.llamark.format.ModelSource;
import dev.llamark.verify.onnx.OrtSequence;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * ONNX Runtime's greedy continuation of a prompt, with the logits behind each token.
 *
 * @param tokens the ids after the prompt
 * @param logits those that chose each token, (tokens × vocab)
 */
record ReferenceText(int[] tokens, double[][] logits) {

  /**
   * Goes on where the prompt ended.
   *
   * @param ort has seen the prompt
   * @param prompt logits of the prompt, (tokens × vocab)
   */
  static ReferenceText decode(
      OrtSequence ort,
      ModelSource source,
      ModelTask task,
      float[] prompt,
      Consumer<String> progress) {
    int vocab = source.config().vocab();
    int[] tokens = new int[task.generate()];
    double[][] logits = new double[task.generate()][];
    float[] last = Arrays.copyOfRange(prompt, prompt.length - vocab, prompt.length);
    for (int step = 0; step < tokens.length; step++) {
      progress.accept("%s · greedy token %d of %d".formatted(ort.name(), step + 1, tokens.length));
      logits[step] = widened(last);
      tokens[step] = Math.max(0, new Distribution(logits[step]).top());
      if (step + 1 < tokens.length) {
        last = ort.forward(tokens[step]);
      }
    }
    return new ReferenceText(tokens, logits);
  }

  /**
   * What the model in double would have gone on with after each token of another's text. Up to the
   * first difference that is its own text.
   */
  static GreedyText inDouble(OracleRun oracle, int[] prompt, int[] text) {
    double[] all = oracle.plain(sequence(prompt, text), false).logits();
    int rows = prompt.length + text.length - 1;
    int vocab = all.length / rows;
    int[] tokens = new int[text.length];
    double[][] logits = new double[text.length][];
    for (int step = 0; step < text.length; step++) {
      int row = (prompt.length - 1 + step) * vocab;
      logits[step] = Arrays.copyOfRange(all, row, row + vocab);
      tokens[step] = Math.max(0, new Distribution(logits[step]).top());
    }
    return new ReferenceText(tokens, logits).withNoise(prompt, Optional.empty(), 0);
  }

  /**
   * The same with the reference's noise at each token: its distance from the model in double.
   *
   * @param fallback the noise where that model does not run
   */
  GreedyText withNoise(int[] prompt, Optional<OracleRun> oracle, double fallback) {
    double[] margins = new double[tokens.length];
    double[] noises = new double[tokens.length];
    double[] meanSquares = new double[tokens.length];
    Arrays.fill(noises, fallback);
    Optional<double[]> right =
        oracle.map(run -> run.plain(sequence(prompt, tokens), false).logits());
    for (int step = 0; step < tokens.length; step++) {
      meanSquares[step] = new Distribution(logits[step]).meanSquare();
      margins[step] = new Distribution(logits[step]).margin();
      if (right.isPresent()) {
        int row = (prompt.length - 1 + step) * logits[step].length;
        noises[step] = distance(logits[step], right.get(), row);
      }
    }
    return new GreedyText(tokens, margins, noises, meanSquares);
  }

  /** The prompt and all decoded tokens but the last, which nothing follows. */
  private static int[] sequence(int[] prompt, int[] text) {
    int[] all = Arrays.copyOf(prompt, prompt.length + text.length - 1);
    System.arraycopy(text, 0, all, prompt.length, text.length - 1);
    return all;
  }

  private static double distance(double[] logits, double[] right, int row) {
    double largest = 0;
    for (int i = 0; i < logits.length; i++) {
      largest = Math.max(largest, Math.abs(logits[i] - right[row + i]));
    }
    return largest;
  }

  private static double[] widened(float[] values) {
    double[] doubles = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      doubles[i] = values[i];
    }
    return doubles;
  }
}
