package dev.llamark.verify;

import dev.llamark.kernel.KernelRegistry;
import dev.llamark.kernel.KernelRegistry.Variant;
import dev.llamark.kernel.Role;
import dev.llamark.run.InputException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.zip.ZipFile;
import picocli.CommandLine.Option;

/** Which variants, how wide, on how many threads. */
public final class VariantOptions {

  private static final String VARIANTS_VARIABLE = "LLAMARK_VARIANTS";
  private static final String BITS_PROPERTY = "llamark.vector.bits";
  private static final int MOST_THREADS = 1024;

  @Option(
      names = "--kernels",
      split = ",",
      paramLabel = "ID",
      description = "Variants to run, by id; by default all that can run here.")
  private List<String> kernels = List.of();

  @Option(
      names = "--variants",
      split = ",",
      paramLabel = "JAR",
      description = "Jars with variants of your own; also from $LLAMARK_VARIANTS.")
  private List<Path> variants = List.of();

  @Option(
      names = "--vector-bits",
      paramLabel = "N",
      description = "Width of vectors: 128, 256 or 512; by default what the CPU prefers.")
  private Integer vectorBits;

  @Option(
      names = {"-t", "--threads"},
      split = ",",
      paramLabel = "N",
      description = "Threads; by default all processors.")
  private List<Integer> threads = List.of();

  /** These options, and where one was not given, that of {@code others}. */
  public VariantOptions withDefaults(VariantOptions others) {
    VariantOptions all = new VariantOptions();
    all.kernels = kernels.isEmpty() ? others.kernels : kernels;
    all.variants = variants.isEmpty() ? others.variants : variants;
    all.vectorBits = vectorBits == null ? others.vectorBits : vectorBits;
    all.threads = threads.isEmpty() ? others.threads : threads;
    return all;
  }

  /** The jars that hold the user's own variants. */
  public List<Path> jars() {
    if (!variants.isEmpty()) {
      return variants;
    }
    String variable = System.getenv(VARIANTS_VARIABLE);
    if (variable == null || variable.isBlank()) {
      return List.of();
    }
    return List.of(variable.split(",")).stream().map(Path::of).toList();
  }

  /**
   * Says how wide this JVM's vectors are, before any has been made; null leaves it to the CPU.
   *
   * @throws InputException if there are no such vectors
   */
  public static void useVectorBits(Integer bits) {
    if (bits != null) {
      if (bits != 128 && bits != 256 && bits != 512) {
        throw new InputException("--vector-bits must be 128, 256 or 512, but is " + bits);
      }
      System.setProperty(BITS_PROPERTY, bits.toString());
    }
  }

  /** Finds the variants of the class path and of the user's jars. */
  public KernelRegistry registry() {
    useVectorBits(vectorBits);
    return registry(jars());
  }

  /** The variants of the class path and of these jars. */
  public static KernelRegistry registry(List<Path> jars) {
    ClassLoader own = VariantOptions.class.getClassLoader();
    return KernelRegistry.load(jars.isEmpty() ? own : new URLClassLoader(urls(jars), own));
  }

  private static URL[] urls(List<Path> jars) {
    List<URL> urls = new ArrayList<>();
    for (Path jar : jars) {
      if (!Files.isRegularFile(jar)) {
        throw new InputException("--variants: there is no file '%s'".formatted(jar));
      }
      try (ZipFile zip = new ZipFile(jar.toFile())) {
        if (zip.getEntry("META-INF/services/dev.llamark.kernel.KernelProvider") == null) {
          throw new InputException(
              "--variants: '%s' holds no META-INF/services/dev.llamark.kernel.KernelProvider"
                  .formatted(jar));
        }
        urls.add(jar.toUri().toURL());
      } catch (MalformedURLException e) {
        throw new InputException("--variants: '%s' cannot be loaded".formatted(jar), e);
      } catch (java.io.IOException e) {
        throw new InputException("--variants: '%s' is not a jar: %s".formatted(jar, e), e);
      }
    }
    return urls.toArray(URL[]::new);
  }

  /**
   * The variants to run: those asked for, or else all that can run and need not be asked for. What
   * the machine lacks leaves a variant out, which is told.
   *
   * @throws dev.llamark.run.LlamarkException if one that was asked for is unknown or cannot run; or
   *     where nothing was asked for, if a provider is broken, which is better known before a run of
   *     minutes than after it
   */
  public List<Variant> selected(KernelRegistry registry) {
    List<Variant> left = new ArrayList<>();
    List<Variant> selected = selected(registry, left::add);
    left.stream().filter(Variant::broken).findFirst().ifPresent(VariantOptions::refuse);
    left.forEach(variant -> System.err.println("llamark: " + variant.leftOut()));
    return selected;
  }

  private static void refuse(Variant broken) {
    throw new InputException(
        "variant '%s' cannot run: %s, or name with --kernels those to run"
            .formatted(broken.id(), broken.unusable().orElseThrow()));
  }

  /**
   * As above, but what is broken leaves a variant out too; {@code leftOut} is told of all that
   * would have been run if they could.
   */
  List<Variant> selected(KernelRegistry registry, Consumer<Variant> leftOut) {
    if (!kernels.isEmpty()) {
      return kernels.stream().distinct().map(registry::variant).toList();
    }
    List<Variant> wanted =
        registry.variants().stream()
            .filter(variant -> variant.role() != Role.ORACLE && !variant.onRequest())
            .toList();
    wanted.stream().filter(variant -> !variant.usable()).forEach(leftOut);
    return wanted.stream().filter(Variant::usable).toList();
  }

  /** Whether the user named the variants to run. */
  public boolean named() {
    return !kernels.isEmpty();
  }

  /** Numbers of threads, at least one, each once. */
  public List<Integer> threads() {
    for (int count : threads) {
      if (count < 1 || count > MOST_THREADS) {
        throw new InputException(
            "--threads must be from 1 to %d, but is %d".formatted(MOST_THREADS, count));
      }
    }
    return threads.isEmpty()
        ? List.of(Runtime.getRuntime().availableProcessors())
        : threads.stream().distinct().toList();
  }

  /** The largest number of threads asked for. */
  public int mostThreads() {
    return threads().stream().max(Integer::compare).orElseThrow();
  }

  /** The options that choose variants, as they were given, for a command that replays. */
  public String replay(String id) {
    StringBuilder out = new StringBuilder("--kernels " + id);
    if (!jars().isEmpty()) {
      out.append(" --variants ")
          .append(String.join(",", jars().stream().map(Path::toString).toList()));
    }
    if (vectorBits != null) {
      out.append(" --vector-bits ").append(vectorBits);
    }
    return out.toString();
  }
}
