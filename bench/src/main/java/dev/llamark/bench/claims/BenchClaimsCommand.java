package dev.llamark.bench.claims;

import dev.llamark.kernel.KernelRegistry.Variant;
import dev.llamark.kernel.Kernels;
import dev.llamark.kernel.Role;
import dev.llamark.run.Environment;
import dev.llamark.run.ExitCode;
import dev.llamark.run.TextTable;
import dev.llamark.run.ThreadTeam;
import dev.llamark.verify.Headline;
import dev.llamark.verify.OutputOptions;
import dev.llamark.verify.VariantOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code llamark bench claims}. */
@Command(
    name = "claims",
    description = "What is said about Llama's parts: measured, derived, or not testable here.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
public final class BenchClaimsCommand implements Callable<Integer> {

  @Mixin private VariantOptions variants;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() {
    Environment env = Environment.collect(output.seed());
    var registry = variants.registry();
    List<Variant> selected = variants.selected(registry);
    Variant variant =
        selected.stream()
            .filter(candidate -> candidate.role() == Role.VARIANT)
            .reduce((first, second) -> second)
            .orElse(selected.getLast());
    List<Claim> claims = new ArrayList<>();
    try (ThreadTeam team = ThreadTeam.single();
        Kernels kernels = registry.open(variant.id(), team)) {
      claims.addAll(new NormClaims(kernels.rmsNorm(), output.seed()).all());
    }
    claims.addAll(RopeClaims.all());
    try (OutputOptions.Sink sink = output.open()) {
      claims.forEach(claim -> sink.accept(claim.record(env)));
    }
    print(claims, variant, env);
    return ExitCode.OK.code();
  }

  private void print(List<Claim> claims, Variant variant, Environment env) {
    TextTable table = new TextTable("claim", "basis", "verdict", "why");
    claims.forEach(c -> table.row(c.statement(), c.basis(), c.verdict(), c.reason()));
    switch (output.format()) {
      case TEXT -> {
        System.out.println(Headline.text(env, 1));
        System.out.println("measured with " + variant.title() + "\n");
        System.out.println(table.text());
      }
      case MD -> System.out.println(table.markdown());
      case JSON -> {}
    }
  }
}
