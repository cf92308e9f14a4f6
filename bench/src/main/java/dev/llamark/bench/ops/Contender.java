package dev.llamark.bench.ops;

import dev.llamark.bench.fork.ForkSpec;
import dev.llamark.bench.op.OrtChainBenchmark;
import dev.llamark.kernel.Role;
import dev.llamark.run.Environment;
import dev.llamark.verify.ort.OrtChain;
import java.util.List;
import java.util.Optional;

/**
 * One who runs a case.
 *
 * @param chain length of the chain of which one node's share is timed; empty if calls are
 */
record Contender(
    Setting.Entrant entrant, Setting setting, int threads, ForkSpec spec, Optional<Integer> chain) {

  /** The peer whose small operations are also timed as a chain. */
  static final String CHAINED = "ort";

  /** A variant, called. */
  static Contender of(
      OpCase opCase,
      Setting.Entrant entrant,
      Setting setting,
      int threads,
      List<String> profilers) {
    String mark = setting.label().map(label -> " " + label.name()).orElse("");
    ForkSpec spec =
        new ForkSpec(
            entrant.title() + mark + " · " + opCase.id(),
            opCase.benchmark(),
            opCase.parameters(entrant.id(), threads),
            setting.forkArgs(),
            profilers,
            setting.jdk().map(Jdk::java));
    return new Contender(entrant, setting, threads, spec, Optional.empty());
  }

  /** A peer's operation as a chain of nodes in one session. */
  static Contender chain(OpCase opCase, Setting setting, int threads) {
    ForkSpec spec =
        new ForkSpec(
            OrtChainBenchmark.VARIANT + " · " + opCase.id(),
            new ForkSpec.Method(OrtChainBenchmark.class, "node"),
            opCase.chainParameters(threads),
            setting.forkArgs(),
            List.of(),
            setting.jdk().map(Jdk::java));
    Setting.Entrant entrant =
        new Setting.Entrant(OrtChainBenchmark.VARIANT, OrtChainBenchmark.VARIANT, 0, Role.PEER);
    return new Contender(entrant, setting, threads, spec, Optional.of(OrtChain.NODES));
  }

  boolean isChained() {
    return entrant.id().equals(CHAINED);
  }

  /** Where it ran, if this JVM ran in {@code env}. */
  Environment environment(Environment env) {
    return env.forked(
        setting.jvmArgs(),
        setting.jdk().map(Jdk::version).orElse(env.jdk()),
        setting.jdk().map(Jdk::vm).orElse(env.jvm()));
  }
}
