package dev.llamark.verify.mutant;

import dev.llamark.kernel.Kernel;
import dev.llamark.kernel.KernelRegistry;
import dev.llamark.kernel.Kernels;
import dev.llamark.kernel.Operation;
import dev.llamark.model.LlamaConfig;
import dev.llamark.rope.RopeScaling;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** The known faults, each in a variant of its own; all but that is the base's. */
public final class Mutants {

  /** The variant that mutants are made of. */
  public static final String BASE = "scalar";

  private final KernelRegistry registry;

  private Mutants(KernelRegistry registry) {
    this.registry = registry;
  }

  /**
   * The control first, then all faults, by operation.
   *
   * @param registry where the base is found
   */
  public static List<Mutant> of(KernelRegistry registry) {
    Mutants mutants = new Mutants(registry);
    return Stream.of(
            Stream.of(mutants.control()),
            mutants.rmsNorm(),
            mutants.rope(),
            mutants.matMul(),
            mutants.attention(),
            mutants.swiGlu())
        .flatMap(s -> s)
        .toList();
  }

  private Mutant control() {
    return new Mutant(
        Mutant.CONTROL,
        Optional.empty(),
        "no fault",
        new MutantProvider("mutant-none", registry, BASE, Optional.empty()),
        Optional.empty());
  }

  private Stream<Mutant> rmsNorm() {
    return Stream.of(
        mutant("rmsnorm-zeros", "zeros", k -> RmsNormMutants.zeros()),
        mutant(
            "rmsnorm-no-epsilon",
            "epsilon left out",
            k -> RmsNormMutants.withoutEpsilon(k.rmsNorm())),
        mutant(
            "rmsnorm-epsilon",
            "epsilon 1e-6 for 1e-5",
            k -> RmsNormMutants.otherEpsilon(k.rmsNorm())),
        mutant(
            "rmsnorm-mean",
            "mean subtracted, as LayerNorm",
            k -> RmsNormMutants.meanSubtracted(k.rmsNorm())),
        mutant(
            "rmsnorm-moving-average",
            "recursive moving average",
            k -> RmsNormMutants.movingAverage()),
        mutant("rmsnorm-tail", "last tail dropped", k -> RmsNormMutants.tailDropped()));
  }

  private Stream<Mutant> rope() {
    return Stream.of(
        mutant("rope-zeros", "zeros", k -> RopeMutants.zeros()),
        mutant("rope-pairing", "pairing swapped", k -> RopeMutants.otherPairing(k.rope())),
        mutant("rope-sine-sign", "sine's sign", k -> RopeMutants.sineNegated(k.rope())),
        mutant(
            "rope-position-angle",
            "one angle, position/1000, for all pairs",
            k -> RopeMutants.positionAsAngle(k.rope())),
        mutant(
            "rope-one-frequency",
            "one frequency for all pairs",
            k -> RopeMutants.oneFrequency(k.rope())),
        configured(
            "rope-theta",
            "theta ten times as large",
            k -> RopeMutants.otherTheta(k.rope()),
            c -> rotated(c, 10 * c.theta(), c.scaling())),
        configured(
            "rope-scaling",
            "scaling ignored",
            k -> RopeMutants.scalingIgnored(k.rope()),
            c -> rotated(c, c.theta(), new RopeScaling.None())),
        mutant("rope-tail", "last tail dropped", k -> RopeMutants.tailDropped(k.rope())));
  }

  private static LlamaConfig rotated(LlamaConfig c, double theta, RopeScaling scaling) {
    return new LlamaConfig(
        c.architecture(),
        c.hidden(),
        c.ffn(),
        c.layers(),
        c.heads(),
        c.kvHeads(),
        c.headDim(),
        c.vocab(),
        c.context(),
        c.rotaryDim(),
        theta,
        c.epsilon(),
        scaling,
        c.pairing());
  }

  private Stream<Mutant> matMul() {
    return Stream.of(
        mutant("matmul-zeros", "zeros", k -> MatMulMutant.zeros()),
        mutant("matmul-tail", "last tail dropped", k -> MatMulMutant.tailDropped()),
        mutant("matmul-bf16", "accumulation in bf16", k -> MatMulMutant.bfloat16Sum()));
  }

  private Stream<Mutant> attention() {
    return Stream.of(
        mutant("attention-zeros", "zeros", k -> AttentionMutants.zeros()),
        mutant(
            "attention-mask",
            "causal mask off by one: the next token is seen",
            k -> AttentionMutants.nextSeen(k.attention())),
        mutant(
            "attention-mask-own",
            "causal mask off by one: the token itself is not seen",
            k -> AttentionMutants.ownHidden(k.attention())),
        mutant(
            "attention-kv-head",
            "KV head by modulo",
            k -> AttentionMutants.kvHeadByModulo(k.attention())),
        mutant(
            "attention-tail",
            "last tail dropped",
            k -> AttentionMutants.tailDropped(k.attention())));
  }

  private Stream<Mutant> swiGlu() {
    return Stream.of(
        mutant("swiglu-zeros", "zeros", k -> SwiGluMutants.zeros()),
        mutant("swiglu-swapped", "gate and up swapped", k -> SwiGluMutants.swapped(k.swiGlu())),
        mutant("swiglu-tail", "last tail dropped", k -> SwiGluMutants.tailDropped(k.swiGlu())));
  }

  private Mutant mutant(String id, String description, Function<Kernels, Kernel> fault) {
    return mutant(id, description, fault, Optional.empty());
  }

  private Mutant configured(
      String id,
      String description,
      Function<Kernels, Kernel> fault,
      UnaryOperator<LlamaConfig> config) {
    return mutant(id, description, fault, Optional.of(config));
  }

  /** The id begins with the operation's. */
  private Mutant mutant(
      String id,
      String description,
      Function<Kernels, Kernel> fault,
      Optional<UnaryOperator<LlamaConfig>> config) {
    return new Mutant(
        id,
        Optional.of(Operation.of(id.substring(0, id.indexOf('-')))),
        description,
        new MutantProvider("mutant-" + id, registry, BASE, Optional.of(fault)),
        config);
  }
}
