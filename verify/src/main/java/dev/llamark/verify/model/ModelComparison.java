package dev.llamark.verify.model;

import dev.llamark.kernel.Arithmetic;
import dev.llamark.kernel.KernelRegistry;
import dev.llamark.kernel.Kernels;
import dev.llamark.model.KvCache;
import dev.llamark.model.Llama;
import dev.llamark.model.LlamaConfig;
import dev.llamark.model.LlamaWeights;
import dev.llamark.model.Logits;
import dev.llamark.model.TapListener;
import dev.llamark.oracle.Verdict;
import dev.llamark.run.LlamarkException;
import dev.llamark.run.ThreadTeam;
import dev.llamark.tensor.DType;
import dev.llamark.tensor.Matrix;
import dev.llamark.verify.model.GreedyText.FirstDivergence;
import dev.llamark.verify.model.VariantResult.Kind;
import dev.llamark.verify.model.VariantResult.Phase;
import dev.llamark.verify.onnx.TapPoint;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.stream.Stream;

/** Holds variants, one after the other, against the references of one model and task. */
public final class ModelComparison {

  private static final String NOTHING_TO_JUDGE_BY =
      "only the model in double can judge int8 activations, and it would take too long; give fewer positions, with -p or --tokens";

  private final ModelReference reference;
  private final ModelTask task;
  private final LlamaConfig config;
  private final LlamaWeights weights;
  private final Consumer<String> progress;

  /**
   * @param reference its model must still be open
   * @param progress told what is being done
   */
  public ModelComparison(ModelReference reference, Consumer<String> progress) {
    this(reference, reference.source().config(), progress);
  }

  /**
   * As above, but the variants run the model with another configuration than the reference: a fault
   * on purpose.
   */
  public ModelComparison(ModelReference reference, LlamaConfig config, Consumer<String> progress) {
    this.reference = reference;
    this.task = reference.task();
    this.config = config;
    this.weights = reference.source().weights();
    this.progress = progress;
  }

  /**
   * Compares one variant of a registry.
   *
   * @throws LlamarkException if the variant is unknown or cannot run
   */
  public VariantResult check(KernelRegistry registry, String id, ThreadTeam team) {
    try (Kernels kernels = registry.open(id, team)) {
      return check(kernels, registry.arithmetic(kernels));
    }
  }

  /** Compares these kernels. What they throw is a failure, not an error of the comparison. */
  public VariantResult check(Kernels kernels, Arithmetic arithmetic) {
    Optional<DType> refused = unsupported(weights, kernels);
    if (refused.isPresent()) {
      String reason = "%s has no MatMul for %s".formatted(kernels.id(), refused.get().id());
      return VariantResult.without(kernels.id(), new Verdict.Skipped(reason));
    }
    try (Llama llama = Llama.of(config, weights, kernels)) {
      return check(llama, arithmetic);
    } catch (LlamarkException | OutOfMemoryError e) {
      throw e;
    } catch (RuntimeException | Error e) {
      return VariantResult.without(kernels.id(), new Verdict.Fail("threw " + e));
    }
  }

  /** The first type among a model's matrices that these kernels do not take. */
  public static Optional<DType> unsupported(LlamaWeights weights, Kernels kernels) {
    Stream<Matrix> ofLayers =
        weights.layers().stream()
            .flatMap(
                l ->
                    Stream.of(
                        l.query(),
                        l.key(),
                        l.value(),
                        l.attentionOutput(),
                        l.gate(),
                        l.up(),
                        l.down()));
    return Stream.concat(ofLayers, Stream.of(weights.output()))
        .map(Matrix::dtype)
        .filter(dtype -> !kernels.matMul().supports(dtype))
        .findFirst();
  }

  private VariantResult check(Llama llama, Arithmetic arithmetic) {
    String id = llama.kernels().id();
    Optional<OracleRun.Output> judge = reference.judge(arithmetic);
    if (judge.isEmpty() && ModelReference.fed(arithmetic)) {
      return VariantResult.without(id, new Verdict.Skipped(NOTHING_TO_JUDGE_BY));
    }
    Map<TapPoint, float[]> oracleTaps = judge.map(OracleRun.Output::taps).orElse(Map.of());
    TapErrors fromReference = new TapErrors(reference.taps(), false);
    TapErrors fromOracle = new TapErrors(oracleTaps, false);
    progress.accept(id + " · prefill");
    KvCache cache = newCache(llama);
    float[] prefill =
        llama.forward(task.tokens(), cache, Logits.ALL, watched(fromReference, fromOracle));
    cache.reset();
    float[] decode = decode(llama, cache, TapListener.NONE);
    List<Phase> phases =
        List.of(
            phase(Kind.PREFILL, prefill, reference.prefill(), arithmetic),
            phase(Kind.DECODE, decode, reference.decode(), arithmetic));
    Optional<FirstDivergence> greedy = greedy(llama, cache, decode, reference.lossGate(arithmetic));
    Steps steps = steps(llama, reference.taps(), fromReference);
    Optional<Steps> oracleSteps = judge.map(_ -> steps(llama, oracleTaps, fromOracle));
    Optional<Verdict> fed =
        ModelReference.fed(arithmetic) ? Optional.of(fed(llama, oracleTaps)) : Optional.empty();
    Verdict verdict = overall(phases, greedy, fed);
    return new VariantResult(id, phases, steps, oracleSteps, greedy, verdict);
  }

  private TapListener watched(TapErrors fromReference, TapErrors fromOracle) {
    if (!task.layers()) {
      return TapListener.NONE;
    }
    return (tap, layer, values, rows, columns) -> {
      fromReference.after(tap, layer, values, rows, columns);
      fromOracle.after(tap, layer, values, rows, columns);
    };
  }

  private KvCache newCache(Llama llama) {
    return llama.newCache(task.capacity(), task.kv(), task.firstPosition());
  }

  private float[] decode(Llama llama, KvCache cache, TapListener listener) {
    int[] tokens = task.tokens();
    int vocab = config.vocab();
    float[] logits = new float[Math.multiplyExact(tokens.length, vocab)];
    float[] batch =
        llama.forward(Arrays.copyOf(tokens, task.firstBatch()), cache, Logits.ALL, listener);
    System.arraycopy(batch, 0, logits, 0, batch.length);
    for (int t = task.firstBatch(); t < tokens.length; t++) {
      progress.accept("%s · token %d of %d".formatted(llama.kernels().id(), t + 1, tokens.length));
      float[] one = llama.forward(new int[] {tokens[t]}, cache, Logits.LAST, listener);
      System.arraycopy(one, 0, logits, t * vocab, vocab);
    }
    return logits;
  }

  private Phase phase(Kind kind, float[] logits, LogitRows expected, Arithmetic arithmetic) {
    LogitRows got = LogitRows.of(logits, config.vocab());
    Divergence toReference = Divergence.of(got, expected);
    Optional<LogitRows> oracle = reference.oracle();
    Optional<Divergence> toOracle = oracle.map(right -> Divergence.of(got, right));
    Optional<LogitRows> right = judgeLogits(arithmetic);
    Divergence judged = right.map(rows -> Divergence.of(got, rows)).orElse(toReference);
    Gate gate = reference.gate(arithmetic, expected);
    boolean fed = ModelReference.fed(arithmetic); // its tokens may differ from those of floats
    boolean measures = reference.measures(expected) && !fed;
    Optional<LogitRows> alone = fed ? right : oracle;
    ModelJudge judge =
        measures
            ? new ModelJudge(expected, Optional.of(reference.rewritten()), oracle)
            : new ModelJudge(alone.orElseThrow(), Optional.empty(), Optional.empty());
    Divergence toJudge = measures ? toReference : Divergence.of(got, alone.orElseThrow());
    Verdict found = judge.judge(toJudge, judged, gate);
    Verdict verdict = fed ? found : trusted(found, expected);
    return new Phase(kind, toReference, toOracle, judged, gate, judge.noises(gate), verdict);
  }

  private Optional<LogitRows> judgeLogits(Arithmetic arithmetic) {
    return reference.judge(arithmetic).map(o -> LogitRows.of(o.logits(), config.vocab()));
  }

  /**
   * Agreement with logits that depend on who looks at the steps, or are far from the model in
   * double, proves little.
   */
  private Verdict trusted(Verdict verdict, LogitRows expected) {
    if (!(verdict instanceof Verdict.Pass)) {
      return verdict;
    }
    if (reference.sameUnwatched().filter(same -> !same).isPresent()) {
      return new Verdict.Mistrusted("the reference's logits change when its steps are in view");
    }
    return reference.doubt(expected).<Verdict>map(Verdict.Mistrusted::new).orElse(verdict);
  }

  private Optional<FirstDivergence> greedy(Llama llama, KvCache cache, float[] decoded, Gate gate) {
    if (task.generate() == 0) {
      return Optional.empty();
    }
    progress.accept(llama.kernels().id() + " · greedy decoding");
    int vocab = config.vocab();
    float[] prompt = Arrays.copyOfRange(decoded, decoded.length - vocab, decoded.length);
    IntFunction<Distribution> next =
        token -> {
          float[] logits =
              token < 0 ? prompt : llama.forward(new int[] {token}, cache, Logits.LAST);
          return Distribution.of(logits, 0, vocab);
        };
    return reference
        .greedy()
        .map(text -> text.excused(gate).compare(task.tokens().length, next))
        .orElseGet(() -> againstDouble(next, gate));
  }

  /** A reference that is another model, or a coarser one, decodes a text that proves nothing. */
  private Optional<FirstDivergence> againstDouble(IntFunction<Distribution> next, Gate gate) {
    int[] text = new int[task.generate()];
    List<Distribution> own = new ArrayList<>();
    for (int step = 0; step < text.length; step++) {
      own.add(next.apply(step == 0 ? -1 : text[step - 1]));
      text[step] = Math.max(0, own.getLast().top());
    }
    Iterator<Distribution> again = own.iterator();
    return reference.inDouble(text).excused(gate).compare(task.tokens().length, _ -> again.next());
  }

  /** One more forward pass, in which every step is fed with the reference's input. */
  private Steps steps(Llama llama, Map<TapPoint, float[]> expected, TapErrors inherited) {
    if (expected.isEmpty()) {
      return new Steps(List.of());
    }
    progress.accept(llama.kernels().id() + " · step by step");
    TapErrors added = new TapErrors(expected, true);
    llama.forward(task.tokens(), newCache(llama), Logits.ALL, added);
    return new Steps(
        TapPoint.all(config).stream()
            .filter(expected::containsKey)
            .map(p -> new Steps.Step(p, inherited.nmse(p), added.nmse(p)))
            .toList());
  }

  /**
   * Both phases once more, every step fed with the oracle's input, as {@link ModelReference#fed}
   * says: no rounding turns over then, and a step is right to the noise of float or wrong.
   */
  private Verdict fed(Llama llama, Map<TapPoint, float[]> expected) {
    for (Kind kind : Kind.values()) {
      progress.accept("%s · step by step, %s".formatted(llama.kernels().id(), word(kind)));
      TapErrors added = new TapErrors(expected, true);
      switch (kind) {
        case PREFILL -> llama.forward(task.tokens(), newCache(llama), Logits.ALL, added);
        case DECODE -> decode(llama, newCache(llama), added);
      }
      for (TapPoint point : TapPoint.all(config)) {
        double nmse = expected.containsKey(point) ? added.nmse(point) : 0;
        if (!(nmse <= Steps.NOISE)) {
          return new Verdict.Fail(
              "%s in %s adds NMSE %.2g to the oracle's own input, allowed %.2g (float noise of a step)"
                  .formatted(point.title(), word(kind), nmse, Steps.NOISE));
        }
      }
    }
    return new Verdict.Pass();
  }

  private static String word(Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  /**
   * The verdict of the steps, if they are judged and wrong, or else the worst of the phases';
   * another greedy token counts like another top-1.
   */
  private static Verdict overall(
      List<Phase> phases, Optional<FirstDivergence> greedy, Optional<Verdict> fed) {
    return Verdicts.worst(
        Stream.of(
                fed.stream(),
                phases.stream().map(Phase::verdict),
                greedy.stream().map(FirstDivergence::verdict))
            .flatMap(verdicts -> verdicts));
  }
}
