package dev.llamark.bench.ops;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamark.kernel.KernelRegistry;
import dev.llamark.kernel.Role;
import dev.llamark.verify.OutputOptions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class OpBenchTest {

  private static final String CASE = "rmsnorm:f32:1x64";

  private static OpBench bench(String entrant, String... timing) {
    OpSelection selection = new OpSelection();
    new CommandLine(selection).parseArgs("--case", CASE);
    TimingOptions options = new TimingOptions();
    new CommandLine(options).parseArgs(timing);
    Setting setting =
        new Setting(
            Optional.empty(),
            KernelRegistry.of(),
            List.of(new Setting.Entrant(entrant, entrant, 0, Role.VARIANT)),
            List.of(1),
            List.of(),
            List.of(),
            Optional.empty());
    return new OpBench(List.of(setting), selection, options, new OutputOptions());
  }

  private static ObjectNode row(String variant) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("case", CASE)
        .put("threads", 1)
        .put("variant", variant);
  }

  @Test
  void aVariantThatCannotRunAnyMoreIsMissedUnlessOthersWereNamed() {
    assertThat(bench("vector").selects(row("mine"), false)).isTrue();
    assertThat(bench("vector").selects(row("mine"), true)).isFalse();
    assertThat(bench("vector").selects(row("scalar"), false)).isTrue();
  }

  @Test
  void aFirstLookDoesNotMissTheVariantThatItLeavesOut() {
    assertThat(bench("vector", "--quick").selects(row("scalar"), false)).isFalse();
    assertThat(bench("vector", "--quick").selects(row("mine"), false)).isTrue();
    assertThat(bench("scalar", "--quick").selects(row("scalar"), false)).isTrue();
  }
}
