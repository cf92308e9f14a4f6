package dev.llamark.bench.fork;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a fork measures.
 *
 * @param title for a person: {@code vector · matmul:f32:1x64x64}
 * @param benchmark class and method
 * @param parameters of the benchmark, by name
 * @param jvmArgs added to the parent's own
 * @param profilers JMH's names, each with its options after a colon
 * @param java the program that runs it, if it is not this JVM's own
 */
public record ForkSpec(
    String title,
    Method benchmark,
    Map<String, String> parameters,
    List<String> jvmArgs,
    List<String> profilers,
    Optional<Path> java) {

  /** On this JVM's own Java. */
  public ForkSpec(
      String title,
      Method benchmark,
      Map<String, String> parameters,
      List<String> jvmArgs,
      List<String> profilers) {
    this(title, benchmark, parameters, jvmArgs, profilers, Optional.empty());
  }

  /** A benchmark method. */
  public record Method(Class<?> type, String name) {

    /** The regular expression that only this one matches. */
    String pattern() {
      return "^" + type.getName().replace(".", "\\.").replace("$", "\\.") + "\\." + name + "$";
    }
  }
}
