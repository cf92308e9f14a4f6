package dev.llamark.bench.ops;

import dev.llamark.bench.fork.ForkResult;
import dev.llamark.bench.fork.ForkSpec;
import dev.llamark.bench.fork.PairedRun;
import dev.llamark.bench.machine.Caches;
import dev.llamark.kernel.Role;
import dev.llamark.run.Environment;
import dev.llamark.run.OpRecord;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Runs one case: its contenders and their roof, interleaved. */
final class OpRun {

  private final Caches caches;
  private final boolean roofs;
  private final List<String> roofArgs;

  /**
   * @param roofs whether there is a probe
   * @param roofArgs arguments of its JVMs: a roof is the machine's at this width of vectors,
   *     whatever else a variant is given
   */
  OpRun(Caches caches, boolean roofs, List<String> roofArgs) {
    this.caches = caches;
    this.roofs = roofs;
    this.roofArgs = roofArgs;
  }

  /**
   * What a case gave.
   *
   * @param records one per contender that ran
   * @param failures the others
   * @param unprobed roofs that were not found, by title
   * @param rounds all that was measured, for JMH's own report
   */
  record Result(
      List<OpRecord> records,
      List<Failure> failures,
      Map<String, ForkResult.Failed> unprobed,
      PairedRun.Rounds rounds) {}

  /** A contender that did not get through. */
  record Failure(Contender contender, ForkResult.Failed what) {

    /** Whether the run fails by it: not by a peer's. */
    boolean gates() {
      return contender.entrant().role() == Role.VARIANT;
    }
  }

  /** Runs it. */
  Result run(
      OpCase opCase,
      List<Contender> contenders,
      PairedRun paired,
      Environment env,
      Consumer<String> progress) {
    List<ForkSpec> all = new ArrayList<>(contenders.stream().map(Contender::spec).toList());
    Map<Contender, OpRows.Limit> limits = new LinkedHashMap<>();
    for (Contender contender : contenders) {
      OpRoof roof = OpRoof.of(opCase, caches, contender.threads());
      ForkSpec spec = roof.spec(opCase.id().toString(), roofArgs);
      limits.put(contender, new OpRows.Limit(roof, spec));
      if (roofs && !all.contains(spec)) {
        all.add(spec);
      }
    }
    PairedRun.Rounds rounds = paired.run(all, progress);
    OpRows rows = new OpRows(opCase, contenders, limits, rounds, env);
    List<OpRecord> records = new ArrayList<>();
    List<Failure> failures = new ArrayList<>();
    for (Contender contender : contenders) {
      ForkResult.Failed failed = rounds.failed().get(contender.spec());
      if (failed != null) {
        failures.add(new Failure(contender, failed));
      } else {
        records.add(rows.record(contender));
      }
    }
    Map<String, ForkResult.Failed> unprobed = new LinkedHashMap<>();
    for (OpRows.Limit limit : limits.values()) {
      ForkResult.Failed failed = rounds.failed().get(limit.spec());
      if (failed != null) {
        unprobed.put(limit.spec().title(), failed);
      }
    }
    return new Result(records, failures, unprobed, rounds);
  }
}
