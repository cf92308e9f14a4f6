package dev.llamark.bench;

import dev.llamark.kernel.KernelRegistry;
import dev.llamark.kernel.KernelRegistry.Variant;
import dev.llamark.kernel.Role;
import dev.llamark.run.Environment;
import dev.llamark.run.ExitCode;
import dev.llamark.run.TextTable;
import dev.llamark.run.Version;
import dev.llamark.verify.Headline;
import dev.llamark.verify.VariantOptions;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code llamark info}: the machine and the variants. */
@Command(
    name = "info",
    description = "Tell what this machine is and which variants it can run, or what a model holds.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class InfoCommand implements Callable<Integer> {

  @Option(
      names = {"-m", "--model"},
      paramLabel = "MODEL",
      description = "Tell what a model holds: a GGUF file, a folder, or synthetic:SHAPE[:TYPE].")
  private String model;

  @Option(names = "--all", description = "With -m: every tensor and every key too.")
  private boolean all;

  @Mixin private VariantOptions variants;

  @Override
  public Integer call() {
    System.out.print(model == null ? machine() : ModelInfo.of(model, all));
    return ExitCode.OK.code();
  }

  private String machine() {
    Environment env = Environment.collect(0);
    TextTable facts = new TextTable("llamark", Version.VERSION);
    facts.row("revision", orUnknown(env.revision()));
    facts.row("JDK", env.jdk() + ", " + env.jvm());
    facts.row("system", env.os());
    facts.row("CPU", orUnknown(env.cpu()) + ", " + Headline.counted(env.cores(), "core"));
    facts.row("features", env.features() == null ? "unknown" : String.join(" ", env.features()));
    facts.row("huge pages", orUnknown(env.hugePages()));
    facts.row("memory for Java", "%.1f GB".formatted(Runtime.getRuntime().maxMemory() / 1e9));
    return facts.text() + "\n" + variantTable().text() + "\nroofs: llamark bench machine\n";
  }

  private static String orUnknown(String value) {
    return Objects.requireNonNullElse(value, "unknown");
  }

  private TextTable variantTable() {
    KernelRegistry registry = variants.registry();
    TextTable table = new TextTable("variant", "role", "arithmetic", "state");
    for (Variant variant : registry.variants()) {
      table.row(
          variant.title(),
          variant.role().name().toLowerCase(Locale.ROOT),
          variant.broken() ? "?" : variant.arithmetic().id(),
          state(variant));
    }
    return table;
  }

  private static String state(Variant variant) {
    if (!variant.usable()) {
      return variant.unusable().map(Objects::toString).orElseThrow();
    }
    boolean asked = variant.role() == Role.ORACLE || variant.onRequest();
    return asked ? "usable, when named" : "usable";
  }
}
