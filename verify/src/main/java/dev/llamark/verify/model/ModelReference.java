package dev.llamark.verify.model;

import dev.llamark.format.ModelSource;
import dev.llamark.kernel.Arithmetic;
import dev.llamark.run.EnvironmentException;
import dev.llamark.run.InputException;
import dev.llamark.run.ThreadTeam;
import dev.llamark.verify.onnx.OrtReference;
import dev.llamark.verify.onnx.OrtSequence;
import dev.llamark.verify.onnx.TapPoint;
import java.util.Arrays;
import java.util.EnumMap;
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
        task.generate() == 0 || !measures(decode())
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
    progress.accept("onnxruntime · starting");
    try (ReferenceModel graph = new WrittenGraph(source, task)) {
      return compute(source, task, graph, team, progress);
    }
  }

  /** As above, with a graph of the model that stays open for its owner to close. */
  public static ModelReference compute(
      ModelSource source,
      ModelTask task,
      ReferenceModel graph,
      ThreadTeam team,
      Consumer<String> progress) {
    source.config().requireTokens(task.tokens());
    Runs runs = runs(graph, source, task, progress);
    progress.accept("oracle · the model in double");
    return new ModelReference(source, task, runs, new OracleRun(source, task, team));
  }

  /**
   * Refuses a task that nothing but the model in double can judge, where that would take too long.
   */
  public static void requireOracle(ModelSource source, ModelTask task) {
    double needed = new OracleRun(source, task, null).multiplications(task.capacity());
    if (needed > task.oracleLimit()) {
      throw new InputException(
          "%s takes %.1e multiplications in double for %d positions, where %.1e are allowed; give fewer, with -p or --tokens"
              .formatted(source.name(), needed, task.capacity(), task.oracleLimit()));
    }
  }

  /** What ONNX Runtime gave. */
  private record Runs(
      String name,
      boolean written,
      OrtReference.Output prefill,
      float[] decode,
      ReferenceText text,
      float[] rewritten,
      Optional<float[]> otherForm,
      Optional<Boolean> sameUnwatched) {}

  private static Runs runs(
      ReferenceModel graph, ModelSource source, ModelTask task, Consumer<String> progress) {
    String name;
    OrtReference.Output prefill;
    float[] decode;
    ReferenceText text;
    try (OrtSequence ort = graph.sequence()) {
      name = ort.name();
      progress.accept(name + " · prefill");
      prefill = ort.forwardWithTaps(task.tokens());
      ort.reset();
      decode = decode(ort, task, progress);
      text = ReferenceText.decode(ort, source, task, decode, progress);
    }
    progress.accept(name + " · rewritten graph");
    return new Runs(
        name,
        graph.written(),
        prefill,
        decode,
        text,
        rewritten(graph, task),
        graph.otherForm(task.tokens()),
        sameUnwatched(graph, task, prefill.logits()));
  }

  /** Whether logits have the same bits where no step is seen; empty where none is seen anyway. */
  private static Optional<Boolean> sameUnwatched(
      ReferenceModel graph, ModelTask task, float[] watched) {
    if (!task.layers()) {
      return Optional.empty();
    }
    return graph
        .unwatched()
        .map(
            sequence -> {
              try (OrtSequence ort = sequence) {
                return Arrays.equals(ort.forward(task.tokens()), watched);
              }
            });
  }

  private static float[] rewritten(ReferenceModel graph, ModelTask task) {
    try (OrtSequence rewritten = graph.rewritten()) {
      return rewritten.forward(task.tokens());
    }
  }

  /** Logits of all tokens: the first ones in a batch, the others one by one. */
  private static float[] decode(OrtSequence ort, ModelTask task, Consumer<String> progress) {
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
            arithmetic,
            a -> oracleRun.coarse(task.tokens(), a, task.kv(), task.layers() || fed(a))));
  }

  /**
   * Whether a variant of this arithmetic is also judged step by step, each fed with the input of
   * the model in double: where a rounding may turn over, logits alone prove too little.
   */
  static boolean fed(Arithmetic arithmetic) {
    return arithmetic == Arithmetic.INT8_ACTIVATIONS;
  }

  /** ONNX Runtime's result of each step, (tokens × columns); empty if layers were not asked for. */
  public Map<TapPoint, float[]> taps() {
    return runs.prefill().taps();
  }

  /**
   * What ONNX Runtime decodes greedily. Empty if that was not asked for, and where its logits do
   * not {@linkplain #measures measure}: then the model in double judges alone.
   */
  public Optional<GreedyText> greedy() {
    return greedy;
  }

  /** What the model in double would have gone on with after each token of a variant's text. */
  GreedyText inDouble(int[] text) {
    return ReferenceText.inDouble(oracleRun, task.tokens(), text);
  }

  /** The model in double's result of each step; empty where it was not run or not watched. */
  public Map<TapPoint, float[]> oracleTaps() {
    return oracle.map(OracleRun.Output::taps).orElse(Map.of());
  }

  /**
   * Whether these logits of the reference are near enough to the model in double for their noise to
   * measure a variant's. A graph that llamark did not write may be coarser, or wrong, in either
   * phase; where its own overflows, the model in double judges alone.
   *
   * @param logits of one phase
   */
  boolean measures(LogitRows logits) {
    return oracle()
        .map(right -> Divergence.of(logits, right).nmse())
        .map(nmse -> runs.written() ? !Double.isNaN(nmse) : Gate.explainedByFloat(nmse))
        .orElse(true);
  }

  /**
   * What makes agreement with these logits of the reference prove little: more error of its own
   * than float arithmetic explains. Empty where it has not, or where it does not judge.
   */
  Optional<String> doubt(LogitRows logits) {
    return oracle()
        .filter(_ -> measures(logits))
        .map(right -> Divergence.of(logits, right).nmse())
        .filter(nmse -> !Gate.explainedByFloat(nmse))
        .map(
            nmse ->
                "the reference is itself off by NMSE %.2g, more than float arithmetic explains"
                    .formatted(nmse));
  }

  /** How far a variant may be from what it is judged by, which the reference's logits bound. */
  Gate gate(Arithmetic arithmetic, LogitRows expected) {
    if (oracle.isEmpty()) {
      return Gate.againstReference(arithmetic, task.kv());
    }
    double spread = judge(arithmetic).orElseThrow().spread();
    return measures(expected)
        ? Gate.againstOracle(
            arithmetic, task.kv(), Divergence.of(expected, oracle().orElseThrow()).nmse(), spread)
        : Gate.againstOracleAlone(arithmetic, task.kv(), spread);
  }

  /**
   * What excuses another greedy token than ONNX Runtime's: the gate, and for int8 activations what
   * the oracle itself loses by them.
   */
  Gate lossGate(Arithmetic arithmetic) {
    Gate gate = gate(arithmetic, decode());
    if (!fed(arithmetic) || oracle.isEmpty()) {
      return gate;
    }
    LogitRows rounded = rows(judge(arithmetic).orElseThrow().logits());
    double loss = Divergence.of(rounded, oracle().orElseThrow()).nmse();
    return new Gate(Math.max(loss, gate.nmse()), gate.law(), true);
  }

  /**
   * Whether ONNX Runtime's logits have the same bits with and without a view of its steps; empty
   * where that was not looked at.
   */
  public Optional<Boolean> sameUnwatched() {
    return runs.sameUnwatched();
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
    return runs.otherForm().map(other -> Divergence.of(prefill(), rows(other)));
  }

  private LogitRows rows(float[] logits) {
    return LogitRows.of(logits, vocab());
  }

  private LogitRows rows(double[] logits) {
    return LogitRows.of(logits, vocab());
  }

  private int vocab() {
    return source.config().vocab();
  }
}
