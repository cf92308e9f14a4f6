package dev.llamark.verify.model;

import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import dev.llamark.format.ModelSource;
import dev.llamark.kernel.Arithmetic;
import dev.llamark.run.EnvironmentException;
import dev.llamark.run.ThreadTeam;
import dev.llamark.verify.onnx.OrtReference;
import dev.llamark.verify.onnx.OrtReference.Form;
import dev.llamark.verify.onnx.OrtRuntime.Settings;
import dev.llamark.verify.onnx.OrtWeights;
import dev.llamark.verify.onnx.TapPoint;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What ONNX Runtime and the model in double make of a task: computed once, for any number of
 * variants. ONNX Runtime's sessions are closed by then, so that a variant has the memory to itself.
 */
public final class ModelReference {

  private final ModelSource source;
  private final ModelTask task;
  private final Runs runs;
  private final OracleRun oracleRun;
  private final Optional<OracleRun.Output> oracle;
  private final Optional<GreedyText> greedy;
  private final Map<Arithmetic, OracleRun.Output> coarse = new EnumMap<>(Arithmetic.class);

  private ModelReference(ModelSource source, ModelTask task, Runs runs, OracleRun oracleRun) {
    this.source = source;
    this.task = task;
    this.runs = runs;
    this.oracleRun = oracleRun;
    boolean affordable = oracleRun.multiplications(task.capacity()) <= task.oracleLimit();
    oracle =
        affordable ? Optional.of(oracleRun.plain(task.tokens(), task.layers())) : Optional.empty();
    greedy =
        task.generate() == 0
            ? Optional.empty()
            : Optional.of(
                runs.text()
                    .withNoise(task.tokens(), oracle.map(_ -> oracleRun), largestDistance()));
  }

  /**
   * Runs the references.
   *
   * @param source a model, which must stay open
   * @param team for the model in double
   * @param progress told what is being done
   * @throws EnvironmentException if ONNX Runtime cannot run here
   */
  public static ModelReference compute(
      ModelSource source, ModelTask task, ThreadTeam team, Consumer<String> progress) {
    source.config().requireTokens(task.tokens());
    Runs runs = runs(source, task, progress);
    progress.accept("oracle · the model in double");
    return new ModelReference(source, task, runs, new OracleRun(source, task, team));
  }

  /** What ONNX Runtime gave. */
  private record Runs(
      String name,
      OrtReference.Output prefill,
      float[] decode,
      ReferenceText text,
      float[] rewritten,
      Optional<float[]> primitives) {}

  private static Runs runs(ModelSource source, ModelTask task, Consumer<String> progress) {
    progress.accept("onnxruntime · starting");
    Form form =
        Form.oracle(task.capacity())
            .withFirstPosition(task.firstPosition())
            .withOpset(task.opset())
            .withTaps(task.taps(source.config()));
    Form optimised =
        form.withTaps(List.of()).withSettings(Settings.oracle().withLevel(OptLevel.ALL_OPT));
    try (OrtWeights weights = OrtWeights.of(source.config(), source.weights());
        OrtReference ort = OrtReference.of(weights, form);
        OrtReference rewritten = OrtReference.of(weights, optimised)) {
      progress.accept(ort.name() + " · prefill");
      OrtReference.Output prefill = ort.forwardWithTaps(task.tokens());
      ort.reset();
      float[] decode = decode(ort, task, progress);
      ReferenceText text = ReferenceText.decode(ort, source, task, decode, progress);
      progress.accept(ort.name() + " · rewritten graph");
      return new Runs(
          ort.name(),
          prefill,
          decode,
          text,
          rewritten.forward(task.tokens()),
          primitives(weights, form.withTaps(List.of()), task));
    }
  }

  /** Where the graph is of operators: the logits of the one of primitives, to compare the two. */
  private static Optional<float[]> primitives(OrtWeights weights, Form form, ModelTask task) {
    if (task.opset() == OrtReference.PRIMITIVES) {
      return Optional.empty();
    }
    try (OrtReference other = OrtReference.of(weights, form.withOpset(OrtReference.PRIMITIVES))) {
      return Optional.of(other.forward(task.tokens()));
    }
  }

  /** Logits of all tokens: the first ones in a batch, the others one by one. */
  private static float[] decode(OrtReference ort, ModelTask task, Consumer<String> progress) {
    int[] tokens = task.tokens();
    float[] batch = ort.forward(Arrays.copyOf(tokens, task.firstBatch()));
    int vocab = batch.length / task.firstBatch();
    float[] logits = Arrays.copyOf(batch, Math.multiplyExact(tokens.length, vocab));
    for (int t = task.firstBatch(); t < tokens.length; t++) {
      progress.accept("%s · token %d of %d".formatted(ort.name(), t + 1, tokens.length));
      System.arraycopy(ort.forward(tokens[t]), 0, logits, t * vocab, vocab);
    }
    return logits;
  }

  /** The reference's noise over all positions. */
  private double largestDistance() {
    double spread = ownSpread().maxAbs();
    return ownError().map(own -> Math.max(spread, own.maxAbs())).orElse(spread);
  }

  /** As headlines and records name it: {@code onnxruntime 1.29.0}. */
  public String name() {
    return runs.name();
  }

  /** The model. */
  public ModelSource source() {
    return source;
  }

  /** The task that was run. */
  public ModelTask task() {
    return task;
  }

  /** Logits of all tokens in one batch. */
  public LogitRows prefill() {
    return rows(runs.prefill().logits());
  }

  /** Logits of all tokens, all but the first batch one by one. */
  public LogitRows decode() {
    return rows(runs.decode());
  }

  /** Logits of ONNX Runtime's optimised form of the graph, all tokens in one batch. */
  public LogitRows rewritten() {
    return rows(runs.rewritten());
  }

  /** Logits of the model in double; empty where it is too large to run. */
  public Optional<LogitRows> oracle() {
    return oracle.map(o -> LogitRows.of(o.logits(), vocab()));
  }

  /**
   * What a variant of this arithmetic is judged by: the model in double, which loses what the
   * variant's arithmetic and cache lose by their nature; computed when first asked for. Empty where
   * that model is too large to run.
   */
  Optional<OracleRun.Output> judge(Arithmetic arithmetic) {
    if (oracle.isEmpty() || !Gate.coarse(arithmetic, task.kv())) {
      return oracle;
    }
    return Optional.of(
        coarse.computeIfAbsent(
            arithmetic, a -> oracleRun.coarse(task.tokens(), a, task.kv(), task.layers())));
  }

  /** ONNX Runtime's result of each step, (tokens × columns); empty if layers were not asked for. */
  public Map<TapPoint, float[]> taps() {
    return runs.prefill().taps();
  }

  /** What ONNX Runtime decodes greedily, if that was asked for. */
  public Optional<GreedyText> greedy() {
    return greedy;
  }

  /** ONNX Runtime's own distance from the model in double. */
  public Optional<Divergence> ownError() {
    return oracle().map(right -> Divergence.of(prefill(), right));
  }

  /** Distance of ONNX Runtime's optimised form of the graph from the graph as it stands. */
  public Divergence ownSpread() {
    return Divergence.of(rewritten(), prefill());
  }

  /** Distance of the graph of operators from the one of primitives; empty where that one is run. */
  public Optional<Divergence> betweenForms() {
    return runs.primitives().map(other -> Divergence.of(prefill(), rows(other)));
  }

  private LogitRows rows(float[] logits) {
    return LogitRows.of(logits, vocab());
  }

  private int vocab() {
    return source.config().vocab();
  }
}
