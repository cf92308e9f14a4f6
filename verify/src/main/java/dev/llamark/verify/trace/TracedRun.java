package dev.llamark.verify.trace;

import dev.llamark.model.KvCache;
import dev.llamark.model.Llama;
import dev.llamark.model.Logits;
import dev.llamark.model.TapListener;
import dev.llamark.verify.model.Distribution;
import dev.llamark.verify.model.GreedyText;
import dev.llamark.verify.model.GreedyText.FirstDivergence;
import dev.llamark.verify.model.ModelTask;
import dev.llamark.verify.onnx.TapPoint;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/** Takes the tokens of a task through a model and keeps traces. */
public final class TracedRun {

  /** Likeliest tokens that are kept of a position. */
  public static final int TOP = 10;

  /**
   * One way through the model.
   *
   * @param logits (tokens × vocab)
   */
  public record Result(float[] logits, Trace trace) {}

  /**
   * What a model decoded greedily.
   *
   * @param margins by how much each token's logit exceeds the next likely one's
   */
  public record Text(int[] tokens, double[] margins) {}

  private final Llama llama;
  private final ModelTask task;
  private final KvCache cache;
  private float[] lastLogits;

  public TracedRun(Llama llama, ModelTask task) {
    this.llama = llama;
    this.task = task;
    cache = llama.newCache(task.capacity(), task.kv(), task.firstPosition());
  }

  /** All tokens in one batch. */
  public Result prefill() {
    cache.reset();
    Steps steps = new Steps();
    return result(llama.forward(task.tokens(), cache, Logits.ALL, steps), steps);
  }

  /** A first batch, then token by token through the KV cache, which then holds all of them. */
  public Result decode() {
    cache.reset();
    Steps steps = new Steps();
    int[] tokens = task.tokens();
    int vocab = llama.config().vocab();
    float[] logits = new float[Math.multiplyExact(tokens.length, vocab)];
    int[] first = Arrays.copyOf(tokens, task.firstBatch());
    float[] batch = llama.forward(first, cache, Logits.ALL, steps);
    System.arraycopy(batch, 0, logits, 0, batch.length);
    for (int t = task.firstBatch(); t < tokens.length; t++) {
      float[] one = llama.forward(new int[] {tokens[t]}, cache, Logits.LAST, steps);
      System.arraycopy(one, 0, logits, t * vocab, vocab);
    }
    lastLogits = Arrays.copyOfRange(logits, logits.length - vocab, logits.length);
    return result(logits, steps);
  }

  /** Goes on greedily after {@link #decode}, for as many tokens as the task asks for. */
  public Text greedy() {
    int[] tokens = new int[task.generate()];
    double[] margins = new double[task.generate()];
    float[] logits = lastLogits;
    for (int step = 0; step < tokens.length; step++) {
      Distribution next = Distribution.of(logits, 0, logits.length);
      tokens[step] = Math.max(0, next.top());
      margins[step] = next.margin();
      if (step + 1 < tokens.length) {
        logits = llama.forward(new int[] {tokens[step]}, cache, Logits.LAST);
      }
    }
    return new Text(tokens, margins);
  }

  /** Goes on after {@link #decode} for as long as the model decodes the expected text. */
  public Optional<FirstDivergence> compare(GreedyText expected) {
    return expected.compare(
        task.tokens().length,
        token -> {
          float[] logits =
              token < 0 ? lastLogits : llama.forward(new int[] {token}, cache, Logits.LAST);
          return Distribution.of(logits, 0, logits.length);
        });
  }

  private Result result(float[] logits, Steps steps) {
    int vocab = llama.config().vocab();
    List<Trace.Position> positions = new ArrayList<>();
    for (int p = 0; p < task.tokens().length; p++) {
      int[] top = Distribution.of(logits, p * vocab, vocab).top(Math.min(TOP, vocab));
      float[] theirs = new float[top.length];
      for (int i = 0; i < top.length; i++) {
        theirs[i] = logits[p * vocab + top[i]];
      }
      positions.add(new Trace.Position(top, theirs, Sketch.of(logits, p * vocab, vocab)));
    }
    return new Result(logits, new Trace(List.copyOf(positions), steps.sketches()));
  }

  /** Sketches every step; batches of tokens follow each other. */
  private final class Steps implements TapListener {
    private final Map<TapPoint, Sketch.Builder> builders = new HashMap<>();

    @Override
    public void after(dev.llamark.model.Tap tap, int layer, float[] values, int rows, int columns) {
      builders
          .computeIfAbsent(new TapPoint(tap, layer), _ -> new Sketch.Builder())
          .add(values, 0, rows * columns);
    }

    SequencedMap<TapPoint, Sketch> sketches() {
      SequencedMap<TapPoint, Sketch> sketches = new LinkedHashMap<>();
      for (TapPoint point : TapPoint.all(llama.config())) {
        sketches.put(point, builders.get(point).build());
      }
      return sketches;
    }
  }
}
