package dev.llamark.bench.op;

import dev.llamark.kernel.KernelRegistry;
import dev.llamark.run.InputException;
import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How a fork is told which variants there are: by system properties, which plain JMH takes too. */
public final class Variants {

  /** Jars of the user's variants, separated as in a class path. */
  public static final String JARS = "llamark.variants";

  /** Seed of the operands. */
  public static final String SEED = "llamark.seed";

  private static final long DEFAULT_SEED = 42;

  private Variants() {}

  /** Seed of the operands. */
  public static long seed() {
    return Long.getLong(SEED, DEFAULT_SEED);
  }

  /** The variants of the class path and of the jars named by {@link #JARS}. */
  public static KernelRegistry registry() {
    ClassLoader own = Variants.class.getClassLoader();
    String jars = System.getProperty(JARS, "");
    return KernelRegistry.load(jars.isEmpty() ? own : new URLClassLoader(urls(jars), own));
  }

  private static URL[] urls(String jars) {
    List<URL> urls = new ArrayList<>();
    for (String jar : jars.split(File.pathSeparator)) {
      try {
        urls.add(Path.of(jar).toUri().toURL());
      } catch (MalformedURLException e) {
        throw new InputException("variants: '%s' cannot be loaded".formatted(jar), e);
      }
    }
    return urls.toArray(URL[]::new);
  }
}
