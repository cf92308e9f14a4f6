package dev.llamark.run;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Where and how a result was made. What the operating system does not tell is null.
 *
 * @param revision git revision of llamark, with {@code -dirty} if files were changed
 * @param jdk version of the Java runtime
 * @param jvm name of the virtual machine
 * @param flags arguments of the virtual machine
 * @param os name and architecture
 * @param cpu model name
 * @param features instruction sets that matter here, as the operating system names them
 * @param cores processors that this process may use
 * @param load mean number of runnable processes over the last minute
 * @param stolenS seconds, over all processors since boot, that a hypervisor gave to others
 * @param hugePages how the system hands out huge pages: {@code always}, {@code madvise}, {@code
 *     never}
 * @param mallocTunables how the C library is told to allocate, such as with huge pages; empty if it
 *     is not told
 * @param seed of all generated operands
 * @param time when, in UTC
 * @param shard which part of a run that several machines share: {@code 2/4}; null for a whole run
 */
public record Environment(
    String revision,
    String jdk,
    String jvm,
    List<String> flags,
    String os,
    String cpu,
    List<String> features,
    int cores,
    Double load,
    Double stolenS,
    String hugePages,
    String mallocTunables,
    long seed,
    String time,
    String shard) {

  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");
  private static final Path STAT = Path.of("/proc/stat");
  private static final Path HUGE_PAGES = Path.of("/sys/kernel/mm/transparent_hugepage/enabled");
  private static final String MALLOC_TUNABLES = "GLIBC_TUNABLES";
  private static final double TICKS_PER_SECOND = 100;
  private static final int STEAL_COLUMN = 8;

  /** Looks around; takes some milliseconds, so once per run. */
  public static Environment collect(long seed) {
    return new Environment(
        readRevision(),
        Runtime.version().toString(),
        System.getProperty("java.vm.name"),
        ManagementFactory.getRuntimeMXBean().getInputArguments(),
        System.getProperty("os.name") + " " + System.getProperty("os.arch"),
        readCpu(),
        readFeatures(),
        Runtime.getRuntime().availableProcessors(),
        readLoad(),
        readStolen(),
        readHugePages(),
        System.getenv().getOrDefault(MALLOC_TUNABLES, ""),
        seed,
        now(),
        null);
  }

  /** The same machine and run, later: load, stolen time and time anew. */
  public Environment refreshed() {
    return with(jdk, jvm, flags, readLoad(), readStolen(), now(), shard);
  }

  /** Of a JVM of the same Java, started from this one with these arguments besides its own. */
  public Environment forked(List<String> moreFlags) {
    return forked(moreFlags, jdk, jvm);
  }

  /**
   * Of a JVM started from this one.
   *
   * @param moreFlags its arguments besides this one's
   * @param jdk version of its Java runtime
   * @param jvm name of its virtual machine
   */
  public Environment forked(List<String> moreFlags, String jdk, String jvm) {
    List<String> all = Stream.concat(flags.stream(), moreFlags.stream()).toList();
    return with(jdk, jvm, all, load, stolenS, time, shard);
  }

  /**
   * Of one part of a run that several machines share.
   *
   * @param shard which: {@code 2/4}; null for a whole run
   */
  public Environment ofShard(String shard) {
    return with(jdk, jvm, flags, load, stolenS, time, shard);
  }

  /** With what differs between JVMs, moments and parts of a run on one machine. */
  private Environment with(
      String jdk,
      String jvm,
      List<String> flags,
      Double load,
      Double stolenS,
      String time,
      String shard) {
    return new Environment(
        revision,
        jdk,
        jvm,
        flags,
        os,
        cpu,
        features,
        cores,
        load,
        stolenS,
        hugePages,
        mallocTunables,
        seed,
        time,
        shard);
  }

  private static String now() {
    return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
  }

  /** The revision of the checkout that this class was loaded from; null if it was not. */
  private static String readRevision() {
    try {
      Path home =
          Path.of(Environment.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      Process git =
          new ProcessBuilder("git", "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*")
              .directory(home.getParent().toFile())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String revision =
          new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      return git.waitFor(5, TimeUnit.SECONDS) && git.exitValue() == 0 ? revision : null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    } catch (IOException | URISyntaxException | RuntimeException e) {
      return null; // no git, no checkout: the revision is not known
    }
  }

  private static String readCpu() {
    return cpu(lines(CPU_INFO)).orElseGet(() -> system("machdep.cpu.brand_string"));
  }

  /** What Linux says of the processor: its name, or where it has none, as on ARM, its numbers. */
  static Optional<String> cpu(List<String> info) {
    return values(info, "model name")
        .findFirst()
        .or(
            () ->
                values(info, "CPU implementer")
                    .findFirst()
                    .map(
                        maker ->
                            "ARM implementer %s, part %s"
                                .formatted(
                                    maker,
                                    values(info, "CPU part")
                                        .distinct()
                                        .collect(Collectors.joining(" and ")))));
  }

  /** A value of the kernel, where it tells them so: on macOS and the BSDs. */
  private static String system(String key) {
    try {
      Process sysctl =
          new ProcessBuilder("sysctl", "-n", key)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String value =
          new String(sysctl.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      return value.isEmpty() ? null : value;
    } catch (IOException e) {
      return null; // no such program
    }
  }

  private static List<String> readFeatures() {
    List<String> features =
        Stream.concat(values(lines(CPU_INFO), "flags"), values(lines(CPU_INFO), "Features"))
            .findFirst()
            .map(line -> Arrays.stream(line.split(" ")).filter(Environment::matters).toList())
            .orElse(List.of());
    return features.isEmpty() ? null : features;
  }

  private static boolean matters(String feature) {
    return feature.matches("sse4_2|avx.*|fma|f16c|amx.*|asimd.*|sve.*|bf16|i8mm");
  }

  private static Stream<String> values(List<String> info, String key) {
    return info.stream()
        .filter(line -> line.startsWith(key) && line.contains(": "))
        .map(line -> line.substring(line.indexOf(": ") + 2).strip());
  }

  private static Double readLoad() {
    double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    return load < 0 ? null : load;
  }

  private static Double readStolen() {
    return lines(STAT).stream()
        .filter(line -> line.startsWith("cpu "))
        .map(line -> line.split(" +"))
        .filter(columns -> columns.length > STEAL_COLUMN)
        .map(columns -> Long.parseLong(columns[STEAL_COLUMN]) / TICKS_PER_SECOND)
        .findFirst()
        .orElse(null);
  }

  private static String readHugePages() {
    return lines(HUGE_PAGES).stream()
        .filter(line -> line.contains("["))
        .map(line -> line.replaceAll(".*\\[(\\w+)].*", "$1"))
        .findFirst()
        .orElse(null);
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException | RuntimeException e) {
      return List.of(); // not Linux
    }
  }
}
