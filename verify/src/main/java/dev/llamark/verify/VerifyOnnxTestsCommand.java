package dev.llamark.verify;

import dev.llamark.kernel.KernelRegistry;
import dev.llamark.kernel.KernelRegistry.Variant;
import dev.llamark.kernel.Kernels;
import dev.llamark.kernel.Role;
import dev.llamark.oracle.Verdict;
import dev.llamark.run.Environment;
import dev.llamark.run.LlamarkException;
import dev.llamark.run.OnnxTestRecord;
import dev.llamark.run.OpError;
import dev.llamark.run.Progress;
import dev.llamark.run.TextTable;
import dev.llamark.run.ThreadTeam;
import dev.llamark.verify.nodetest.NodeTest;
import dev.llamark.verify.nodetest.NodeTestFolder;
import dev.llamark.verify.nodetest.NodeTestResult;
import dev.llamark.verify.nodetest.NodeTestRun;
import dev.llamark.verify.onnx.OrtRuntime;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code llamark verify onnx-tests}: the ONNX standard's own node tests. */
@Command(
    name = "onnx-tests",
    description = {
      "Run a folder of ONNX backend node tests (onnx/backend/test/data/node) on each variant and on",
      "ONNX Runtime: RotaryEmbedding, RMSNormalization, MatMul, Softmax and Attention."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class VerifyOnnxTestsCommand implements Callable<Integer> {

  @Parameters(paramLabel = "DIR", description = "The folder; each test is a folder in it.")
  private Path folder;

  @Mixin private ShardOptions shard;
  @Mixin private VariantOptions variants;
  @Mixin private OutputOptions output;

  private final Outcome outcome = new Outcome();

  @Override
  public Integer call() {
    CommandReport report = new CommandReport(output, "llamark verify onnx-tests");
    List<NodeTest> tests = shard.of(NodeTestFolder.read(folder));
    KernelRegistry registry = variants.registry();
    List<Variant> selected = variants.selected(registry, outcome::leftOut);
    Environment environment = shard.mark(Environment.collect(output.seed()));
    report.print(Headline.text(environment, variants.mostThreads()) + "\n");
    TextTable table =
        new TextTable("ONNX node tests", "variant", "pass", "FAIL", "skipped", "largest NMSE")
            .alignRight(2, 3, 4, 5);
    try (OutputOptions.Sink sink = output.open();
        Progress progress = Progress.onTerminal();
        ThreadTeam team = new ThreadTeam(variants.mostThreads())) {
      for (Variant variant : selected) {
        progress.show(variant.title());
        try (Kernels kernels = registry.open(variant.id(), team)) {
          run(variant.title(), variant.role() != Role.PEER, tests, table)
              .apply(test -> NodeTestRun.on(kernels, test))
              .forEach(result -> sink.accept(toRecord(result, variant, environment)));
        } catch (LlamarkException e) {
          outcome.atFault(e);
        }
      }
      if (OrtRuntime.unusable().isEmpty()) {
        OrtRuntime runtime = OrtRuntime.start();
        run("onnxruntime", false, tests, table).apply(test -> NodeTestRun.on(runtime, test));
      }
      sink.end(environment);
    }
    report.table("", table, "");
    return report.end(outcome, false);
  }

  /** Runs all tests one way and adds a row for each operator, then what failed or was skipped. */
  private Function<Function<NodeTest, NodeTestResult>, List<NodeTestResult>> run(
      String title, boolean gates, List<NodeTest> tests, TextTable table) {
    return how -> {
      List<NodeTestResult> results = tests.stream().map(how).toList();
      Map<String, List<NodeTestResult>> byOperator =
          results.stream()
              .collect(
                  Collectors.groupingBy(
                      NodeTestResult::operator, TreeMap::new, Collectors.toList()));
      byOperator.forEach((operator, of) -> addRow(table, operator, title, of));
      results.stream()
          .filter(r -> !(r.verdict() instanceof Verdict.Pass))
          .forEach(
              r -> table.note("    %s · %s · %s".formatted(title, r.test(), r.verdict().reason())));
      conclude(title, gates, results);
      return results;
    };
  }

  private static void addRow(
      TextTable table, String operator, String title, List<NodeTestResult> results) {
    table.row(
        "  " + operator,
        title,
        count(results, Verdict.Pass.class),
        count(results, Verdict.Fail.class),
        count(results, Verdict.Skipped.class),
        results.stream().mapToDouble(NodeTestResult::nmse).filter(Double::isFinite).max().stream()
            .mapToObj("%.1e"::formatted)
            .findFirst()
            .orElse("–"));
  }

  private static String count(List<NodeTestResult> results, Class<? extends Verdict> kind) {
    long count = results.stream().filter(r -> kind.isInstance(r.verdict())).count();
    return count == 0 ? "–" : String.valueOf(count);
  }

  private void conclude(String title, boolean gates, List<NodeTestResult> results) {
    List<String> failed =
        results.stream()
            .filter(r -> r.verdict() instanceof Verdict.Fail)
            .map(NodeTestResult::operator)
            .distinct()
            .toList();
    if (!failed.isEmpty() && gates) {
      outcome.wrong(title + " is wrong in " + String.join(", ", failed));
    } else if (!failed.isEmpty()) {
      outcome.remark(title + " has errors of its own, which never gate");
    } else if (gates && results.stream().anyMatch(r -> r.verdict() instanceof Verdict.Pass)) {
      outcome.right(title);
    }
  }

  private static OnnxTestRecord toRecord(
      NodeTestResult result, Variant variant, Environment environment) {
    boolean compared = !Double.isNaN(result.nmse());
    OpError error =
        new OpError(
            null,
            result.maxAbs(),
            result.nmse(),
            Arrays.stream(result.worst()).asLongStream().toArray(),
            result.expected(),
            result.got(),
            result.allowed());
    String reason = result.verdict().reason();
    return new OnnxTestRecord(
        result.test(),
        variant.id(),
        variant.vectorBits(),
        variant.role().name().toLowerCase(Locale.ROOT),
        result.verdict().name(),
        reason.isEmpty() ? null : reason,
        compared ? error : null,
        environment);
  }
}
