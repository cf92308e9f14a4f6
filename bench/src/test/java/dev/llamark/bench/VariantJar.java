package dev.llamark.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/** A user's variant: Java source compiled and packed into a jar, as the user would. */
final class VariantJar {

  private VariantJar() {}

  /**
   * Builds a jar.
   *
   * @param provider simple name of the provider's class, in the default package
   * @param source its source text
   */
  static Path build(Path folder, String provider, String source) throws IOException {
    Path sources = Files.createDirectories(folder.resolve(provider + "-src"));
    Path classes = Files.createDirectories(folder.resolve(provider + "-classes"));
    Path file = sources.resolve(provider + ".java");
    Files.writeString(file, source);
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    int code =
        compiler.run(
            null,
            null,
            null,
            "-proc:none",
            "-cp",
            System.getProperty("java.class.path"),
            "-d",
            classes.toString(),
            file.toString());
    if (code != 0) {
      throw new IllegalStateException("the variant's source does not compile");
    }
    return pack(folder.resolve(provider + ".jar"), provider, classes);
  }

  private static Path pack(Path jar, String provider, Path classes) throws IOException {
    List<Path> files;
    try (Stream<Path> walk = Files.walk(classes)) {
      files = walk.filter(Files::isRegularFile).toList();
    }
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      out.putNextEntry(new JarEntry("META-INF/services/dev.llamark.kernel.KernelProvider"));
      out.write(provider.getBytes(StandardCharsets.UTF_8));
      for (Path file : files) {
        out.putNextEntry(new JarEntry(classes.relativize(file).toString()));
        out.write(Files.readAllBytes(file));
      }
    }
    return jar;
  }
}
