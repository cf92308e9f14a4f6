package dev.llamark.bench.machine;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * The data caches that the first core sees.
 *
 * @param bytes size by level, from 1
 */
public record Caches(Map<Integer, Long> bytes) {

  private static final Path CPU0 = Path.of("/sys/devices/system/cpu/cpu0/cache");
  private static final int MOST_INDEXES = 8;

  /** Common sizes, for systems that do not tell theirs. */
  private static final Map<Integer, Long> COMMON = Map.of(1, 32L << 10, 2, 1L << 20, 3, 32L << 20);

  /** {@code _SC_LEVEL1_DCACHE_SIZE} and {@code _SC_LEVEL2_CACHE_SIZE} of glibc, by level. */
  private static final Map<Integer, Integer> SYSCONF = Map.of(1, 188, 2, 191);

  /** What lies beyond the last cache. */
  public static final String MEMORY = "memory";

  /** Times the last cache: what is as large as this cannot be found there again. */
  private static final int BEYOND = 4;

  public Caches {
    bytes = Collections.unmodifiableMap(new TreeMap<>(bytes)); // from the first level to the last
  }

  /** Asks the operating system. */
  public static Caches detect() {
    Map<Integer, Long> found = new TreeMap<>();
    for (int index = 0; index < MOST_INDEXES; index++) {
      Path cache = CPU0.resolve("index" + index);
      try {
        if (!Files.readString(cache.resolve("type")).startsWith("Instruction")) {
          int level = Integer.parseInt(Files.readString(cache.resolve("level")).strip());
          found.put(level, parse(Files.readString(cache.resolve("size")).strip()));
        }
      } catch (IOException | NumberFormatException e) {
        break; // no more of them, or not Linux
      }
    }
    return new Caches(found.isEmpty() ? told() : found);
  }

  /**
   * Common sizes, and in their place what the C library knows from the CPU itself: a virtual
   * machine may have no files about it. The last level is not asked for, which may be that of all
   * sockets.
   */
  @SuppressWarnings("restricted") // a call into the C library
  private static Map<Integer, Long> told() {
    Map<Integer, Long> sizes = new TreeMap<>(COMMON);
    if (System.getProperty("os.name").equals("Linux")) {
      Linker linker = Linker.nativeLinker();
      linker
          .defaultLookup()
          .find("sysconf")
          .map(f -> linker.downcallHandle(f, FunctionDescriptor.of(JAVA_LONG, JAVA_INT)))
          .ifPresent(
              sysconf ->
                  SYSCONF.forEach(
                      (level, name) ->
                          sizes.merge(level, sysconf(sysconf, name), (a, b) -> b > 0 ? b : a)));
    }
    return sizes;
  }

  private static long sysconf(MethodHandle sysconf, int name) {
    try {
      return (long) sysconf.invokeExact(name);
    } catch (Throwable e) {
      throw new IllegalStateException("sysconf", e);
    }
  }

  private static long parse(String size) {
    long number = Long.parseLong(size.replaceAll("\\D", ""));
    return size.endsWith("K") ? number << 10 : size.endsWith("M") ? number << 20 : number;
  }

  /** Size of the last level. */
  public long last() {
    return bytes.values().stream().mapToLong(Long::longValue).max().orElseThrow();
  }

  /** How much data to rotate so that each call finds its part in memory alone. */
  public long cold() {
    return BEYOND * last();
  }

  /**
   * The level that holds this much data when threads share it evenly: {@code L2}, or {@code
   * memory}. Every level but the last is each core's own.
   */
  public String level(long data, int threads) {
    return bytes.entrySet().stream()
        .filter(level -> data <= capacity(level.getValue(), threads))
        .findFirst()
        .map(level -> "L" + level.getKey())
        .orElse(MEMORY);
  }

  private long capacity(long level, int threads) {
    return level == last() ? level : level * threads;
  }

  /** Half of what a level, from 1, holds of the data of so many threads. */
  public long within(int level, int threads) {
    return capacity(bytes.get(level), threads) / 2;
  }

  /** Whether a level is the last before memory. */
  public boolean last(String level) {
    return level.equals("L" + Collections.max(bytes.keySet()));
  }
}
