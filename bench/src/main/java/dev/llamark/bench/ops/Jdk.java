package dev.llamark.bench.ops;

import dev.llamark.run.InputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Another JDK than the one that runs llamark.
 *
 * @param java the program
 * @param version of its runtime, as {@link Runtime#version} gives it
 * @param vm name of its virtual machine
 */
record Jdk(Path java, String version, String vm) {

  private static final int LEAST = 25;

  /**
   * Asks the JDK in a folder.
   *
   * @throws InputException if there is none, or it is too old
   */
  static Jdk in(Path home) {
    Path java = home.resolve("bin").resolve("java");
    if (!Files.isExecutable(java)) {
      throw new InputException("--jdk: '%s' holds no bin/java".formatted(home));
    }
    String properties = properties(home, java);
    String version = property(properties, "java.runtime.version", home);
    String feature = version.replaceAll("\\D.*", "");
    if (feature.isEmpty() || Integer.parseInt(feature) < LEAST) {
      throw new InputException(
          "--jdk: '%s' must be a JDK %d or newer, but is %s".formatted(home, LEAST, version));
    }
    return new Jdk(java, version, property(properties, "java.vm.name", home));
  }

  private static String properties(Path home, Path java) {
    try {
      Process process =
          new ProcessBuilder(java.toString(), "-XshowSettings:properties", "-version")
              .redirectErrorStream(true)
              .start();
      return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new InputException(
          "--jdk: bin/java of '%s' does not start: %s".formatted(home, e.getMessage()), e);
    }
  }

  private static String property(String properties, String name, Path home) {
    Matcher matcher =
        Pattern.compile("(?m)^ *" + Pattern.quote(name) + " = (.*)$").matcher(properties);
    if (!matcher.find()) {
      throw new InputException("--jdk: bin/java of '%s' does not say its %s".formatted(home, name));
    }
    return matcher.group(1).strip();
  }
}
