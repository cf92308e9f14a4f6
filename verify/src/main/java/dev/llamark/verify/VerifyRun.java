package dev.llamark.verify;

import dev.llamark.kernel.KernelRegistry;
import dev.llamark.kernel.KernelRegistry.Variant;
import dev.llamark.oracle.CaseId;
import dev.llamark.run.Environment;
import dev.llamark.run.ExitCode;
import java.util.List;

/** One call of {@code llamark verify}: its stages, and the verdict over all of them. */
final class VerifyRun {

  private final long start = System.nanoTime();
  private final VariantOptions options;
  private final OutputOptions output;
  private final Environment environment;
  private final Outcome outcome = new Outcome();

  VerifyRun(VariantOptions options, OutputOptions output) {
    this.options = options;
    this.output = output;
    environment = Environment.collect(output.seed());
  }

  /** Operations, then the default model. */
  int all() {
    return ops(new CaseOptions());
  }

  /** Operations alone. */
  int ops(CaseOptions cases) {
    try (OutputOptions.Sink sink = output.open()) {
      opsStage(cases, sink);
    }
    return end();
  }

  /** The ids of the cases, one a line. */
  int list(CaseOptions cases) {
    OpsStage stage = stage();
    cases.cases(stage.lanes(), output.seed()).forEach(System.out::println);
    return ExitCode.OK.code();
  }

  private OpsStage stage() {
    KernelRegistry registry = options.registry();
    List<Variant> variants = options.selected(registry);
    return new OpsStage(registry, variants, options.mostThreads(), environment, options::replay);
  }

  private void opsStage(CaseOptions cases, OutputOptions.Sink sink) {
    OpsStage stage = stage();
    List<CaseId> ids = cases.cases(stage.lanes(), output.seed());
    print(Headline.text(environment, options.mostThreads()) + "\n");
    OpsReport report = stage.run(ids, sink);
    print(OpsStage.print(report, output.format()));
    report.addTo(outcome);
  }

  private int end() {
    print(outcome.text((System.nanoTime() - start) / 1e9));
    return outcome.exitCode(false).code();
  }

  private void print(String text) {
    if (output.format() != OutputOptions.Format.JSON) {
      System.out.println(text);
    }
  }
}
