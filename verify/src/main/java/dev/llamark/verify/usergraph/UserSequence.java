package dev.llamark.verify.usergraph;

import ai.onnxruntime.OrtSession;
import dev.llamark.verify.onnx.OrtReference;
import dev.llamark.verify.onnx.OrtSequence;
import dev.llamark.verify.onnx.TapPoint;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;

/**
 * A sequence on a user's graph. A graph with a past is given the keys and values of the tokens
 * before; one without is given all tokens anew. Where the graph gives the logits of the last token
 * alone, those of the others come from runs that end with them.
 */
final class UserSequence implements OrtSequence {

  /** Looks at the inner values of a graph. */
  @FunctionalInterface
  interface Watch {

    /**
     * The steps of a first batch, (tokens × columns) each.
     *
     * @param logits what the graph gave when nobody watched
     */
    Map<TapPoint, float[]> steps(int[] tokens, float[] logits);
  }

  private final String name;
  private final GraphSession graph;
  private final int vocab;
  private final Watch watch;
  private OrtSession.Result last;
  private int[] seen = {};

  /**
   * @param name for headlines and records
   * @param graph is closed with this
   * @param watch shows the steps of a first batch
   */
  UserSequence(String name, GraphSession graph, int vocab, Watch watch) {
    this.name = name;
    this.graph = graph;
    this.vocab = vocab;
    this.watch = watch;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void reset() {
    if (last != null) {
      last.close();
      last = null;
    }
    seen = new int[0];
  }

  @Override
  public float[] forward(int... tokens) {
    boolean past = graph.inputs().hasPast();
    int[] all = concat(seen, tokens);
    OrtSession.Result result =
        past
            ? graph.run(tokens, seen.length, last, graph.cachedOutputs())
            : graph.run(all, 0, null, graph.cachedOutputs());
    float[] logits = graph.logits(result, tokens.length);
    if (logits.length < tokens.length * vocab) {
      logits = byPrefixes(all, tokens.length, logits);
    }
    if (last != null) {
      last.close();
    }
    last = result; // the next batch reads its keys and values
    seen = all;
    return logits;
  }

  /** Logits of the last tokens of a sequence, each as the end of a run from the first token. */
  private float[] byPrefixes(int[] all, int count, float[] ofLast) {
    float[] logits = new float[count * vocab];
    Set<String> outputs = Set.of(graph.inputs().names().logits());
    for (int t = 0; t < count - 1; t++) {
      int[] prefix = Arrays.copyOf(all, all.length - count + t + 1);
      try (OrtSession.Result result = graph.run(prefix, 0, null, outputs)) {
        System.arraycopy(graph.logits(result, 1), 0, logits, t * vocab, vocab);
      }
    }
    System.arraycopy(ofLast, 0, logits, (count - 1) * vocab, vocab);
    return logits;
  }

  @Override
  public OrtReference.Output forwardWithTaps(int... tokens) {
    float[] logits = forward(tokens);
    return new OrtReference.Output(logits, watch.steps(tokens, logits));
  }

  private static int[] concat(int[] a, int[] b) {
    int[] both = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }

  @Override
  public void close() {
    reset();
    graph.close();
  }
}
