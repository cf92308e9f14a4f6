package dev.llamark.verify.repeat;

import dev.llamark.format.ModelSource;
import dev.llamark.kernel.KernelRegistry;
import dev.llamark.kernel.KernelRegistry.Variant;
import dev.llamark.oracle.Verdict;
import dev.llamark.run.EnvironmentException;
import dev.llamark.verify.golden.Golden;
import dev.llamark.verify.golden.GoldenFile;
import dev.llamark.verify.model.ModelTask;
import dev.llamark.verify.repeat.RepeatFinding.Check;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** Runs variants in JVMs of their own and compares with what this one gave. */
public final class FreshJvm {

  /** What every JVM that runs llamark needs. */
  private static final List<String> FLAGS =
      List.of(
          "--add-modules=jdk.incubator.vector",
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow",
          "-XX:MaxRAMPercentage=75");

  private static final String BITS = "llamark.vector.bits";

  /** System properties that are passed on, if the user set them. */
  private static final List<String> KEPT = List.of(BITS, "llamark.vector.streams");

  private static final int LIMIT_S = 300;
  private static final int LAST_LINES = 3;

  /**
   * One JVM.
   *
   * @param how as a person reads it
   * @param flags of the JVM
   * @param rounds of the task, of which all must give the same bits
   */
  public record Kind(Check check, String how, List<String> flags, int rounds) {

    /** Whether this can matter to a variant. */
    public boolean concerns(Variant variant) {
      return check != Check.WIDTHS || variant.vectorBits() > 0;
    }

    /** Interpreted, compiled by C1, compiled by C2 once it is hot. */
    public static List<Kind> tiers() {
      return List.of(
          new Kind(Check.TIERS, "interpreter (-Xint)", List.of("-Xint"), 1),
          new Kind(Check.TIERS, "C1", List.of("-XX:TieredStopAtLevel=1"), 2),
          new Kind(Check.TIERS, "C2, cold to warm", List.of("-XX:-TieredCompilation"), 40));
    }

    /** Vectors of each width. */
    public static List<Kind> widths(boolean emulate) {
      List<Kind> kinds = new ArrayList<>();
      for (int bits : new int[] {128, 256, 512}) {
        List<String> flags = new ArrayList<>(List.of("-D%s=%d".formatted(BITS, bits)));
        if (emulate) {
          flags.add("-Dllamark.vector.emulate=true");
        }
        kinds.add(new Kind(Check.WIDTHS, bits + " bits", flags, 1));
      }
      return kinds;
    }
  }

  private final String model;
  private final ModelTask task;
  private final int threads;
  private final List<Path> jars;
  private final Function<String, SameJvm.Both> here;
  private final Map<String, SameJvm.Both> expected = new HashMap<>();

  /**
   * @param source the model, which must stay open
   * @param model the same as the command line names it
   * @param jars that hold variants
   */
  public FreshJvm(
      KernelRegistry registry,
      ModelSource source,
      String model,
      ModelTask task,
      int threads,
      List<Path> jars) {
    this.model = model;
    this.task = task;
    this.threads = threads;
    this.jars = jars;
    here = id -> SameJvm.once(registry, source, task, id, threads);
  }

  /**
   * Runs variants in one JVM of a kind.
   *
   * @param allowed NMSE between widths
   */
  public List<RepeatFinding> check(
      Kind kind, List<Variant> variants, ToDoubleFunction<Variant> allowed) {
    try {
      Path file = Files.createTempFile("llamark-repeat-", ".json");
      try {
        return check(kind, variants, allowed, file);
      } finally {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new EnvironmentException("a run in a JVM of its own failed: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for a JVM", e);
    }
  }

  private List<RepeatFinding> check(
      Kind kind, List<Variant> variants, ToDoubleFunction<Variant> allowed, Path file)
      throws IOException, InterruptedException {
    Path output = Files.createTempFile("llamark-repeat-", ".txt");
    Process process =
        new ProcessBuilder(command(kind, variants, file))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    Thread reaper = new Thread(process::destroyForcibly, "llamark-reaper");
    Runtime.getRuntime().addShutdownHook(reaper);
    try {
      boolean ended = process.waitFor(LIMIT_S, TimeUnit.SECONDS);
      List<String> lines = Files.readAllLines(output);
      if (!ended || process.exitValue() != 0) {
        if (variants.size() > 1) {
          return variants.stream().flatMap(v -> check(kind, List.of(v), allowed).stream()).toList();
        }
        Verdict verdict =
            ended
                ? new Verdict.Fail(crash(process, lines))
                : new Verdict.Skipped("it took longer than %d s and was ended".formatted(LIMIT_S));
        return List.of(
            RepeatFinding.without(kind.check(), variants.getFirst(), kind.how(), verdict));
      }
      List<Golden.Run> runs = Files.size(file) == 0 ? List.of() : GoldenFile.read(file).runs();
      return variants.stream()
          .map(v -> compare(kind, v, allowed.applyAsDouble(v), runs, said(lines)))
          .toList();
    } finally {
      process.destroyForcibly();
      Runtime.getRuntime().removeShutdownHook(reaper);
      Files.deleteIfExists(output);
    }
  }

  private static String crash(Process process, List<String> lines) {
    int from = Math.max(0, lines.size() - LAST_LINES);
    return "the JVM ended with %d: %s"
        .formatted(process.exitValue(), String.join(" / ", lines.subList(from, lines.size())));
  }

  /** What the worker said of variants: what and id, with the reason. */
  private static Map<String, String> said(List<String> lines) {
    Map<String, String> said = new HashMap<>();
    for (String line : lines) {
      String[] words = line.split("\t");
      if (words.length == 3) {
        said.put(words[0] + " " + words[1], words[2]);
      }
    }
    return said;
  }

  private RepeatFinding compare(
      Kind kind, Variant variant, double allowed, List<Golden.Run> runs, Map<String, String> said) {
    String skipped = said.get(RepeatWorker.SKIPPED + " " + variant.id());
    if (skipped != null) {
      return RepeatFinding.without(kind.check(), variant, kind.how(), new Verdict.Skipped(skipped));
    }
    String failed = said.get(RepeatWorker.FAILED + " " + variant.id());
    if (failed != null) {
      return RepeatFinding.without(kind.check(), variant, kind.how(), new Verdict.Fail(failed));
    }
    String changed = said.get(RepeatWorker.CHANGED + " " + variant.id());
    if (changed != null) {
      return RepeatFinding.without(
          kind.check(), variant, kind.how(), new Verdict.Fail("other bits " + changed));
    }
    Golden.Run run =
        runs.stream()
            .filter(r -> r.maker().variant().equals(variant.id()))
            .findFirst()
            .orElseThrow();
    SameJvm.Both second = new SameJvm.Both(run.prefill().trace(), run.decode().trace());
    return RepeatFinding.worst(
        kind.check(),
        variant,
        kind.how(),
        expected.computeIfAbsent(variant.id(), here),
        second,
        allowed);
  }

  private List<String> command(Kind kind, List<Variant> variants, Path file) {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(FLAGS);
    for (String key : KEPT) {
      Optional.ofNullable(System.getProperty(key))
          .filter(value -> !value.isBlank())
          .ifPresent(value -> words.add("-D%s=%s".formatted(key, value)));
    }
    words.addAll(kind.flags());
    words.addAll(List.of("-cp", System.getProperty("java.class.path")));
    words.add(RepeatWorker.class.getName());
    words.add(file.toString());
    words.add(model);
    words.add(String.valueOf(kind.rounds()));
    words.add(String.valueOf(threads));
    words.add(list(jars.stream().map(jar -> jar.toAbsolutePath().toString()).toList()));
    words.add(list(variants.stream().map(Variant::id).toList()));
    words.add(list(Arrays.stream(task.tokens()).mapToObj(String::valueOf).toList()));
    return words;
  }

  private static String list(List<String> elements) {
    return elements.isEmpty() ? "-" : elements.stream().collect(Collectors.joining(","));
  }
}
