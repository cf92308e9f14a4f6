package dev.llamark.verify.onnx;

import ai.onnxruntime.OrtEnvironment;
import dev.llamark.kernel.Unusable;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import java.util.Optional;

/**
 * ONNX Runtime's native libraries. Its jar unpacks them into a new temporary folder in every
 * process; here they are unpacked once per user and version, and found there again.
 */
final class OrtNatives {

  /** Where ONNX Runtime looks for libraries before it unpacks its own. */
  private static final String PATH_PROPERTY = "onnxruntime.native.path";

  private static final String[] LIBRARIES = {"onnxruntime", "onnxruntime4j_jni"};

  private final String platform;
  private final Path cache;

  /**
   * @param platform folder of the natives within the jar, such as {@code linux-x64}
   * @param cache where to unpack
   */
  OrtNatives(String platform, Path cache) {
    this.platform = platform;
    this.cache = cache;
  }

  /** For this machine and this user. */
  static OrtNatives here() {
    return new OrtNatives(
        platform(System.getProperty("os.name"), System.getProperty("os.arch")), userCache());
  }

  /** The jar's name of a platform. */
  static String platform(String osName, String osArch) {
    String os = osName.toLowerCase(Locale.ROOT);
    String system = os.contains("mac") ? "osx" : os.contains("win") ? "win" : os;
    String arch =
        switch (osArch.toLowerCase(Locale.ROOT)) {
          case "amd64", "x86_64" -> "x64";
          case "arm64" -> "aarch64";
          case String other -> other;
        };
    return system + "-" + arch;
  }

  private static Path userCache() {
    String home = System.getProperty("user.home");
    String configured = System.getenv("XDG_CACHE_HOME");
    Path base =
        configured == null || configured.isBlank() ? Path.of(home, ".cache") : Path.of(configured);
    return base.resolve("llamark");
  }

  /** Loads the libraries, if that has not been done; says why if it cannot be. */
  Optional<Unusable> load() {
    return find().or(OrtNatives::start);
  }

  /** Sees to it that the libraries are there; says why if they are not. */
  Optional<Unusable> find() {
    String given = System.getProperty(PATH_PROPERTY);
    if (given != null) {
      Path library = Path.of(given, System.mapLibraryName(LIBRARIES[0]));
      return Files.exists(library)
          ? Optional.empty()
          : Optional.of(
              new Unusable(
                  "%s names %s, which does not exist".formatted(PATH_PROPERTY, library),
                  "correct or remove the property"));
    }
    if (resource(LIBRARIES[0]) == null) {
      return Optional.of(
          new Unusable(
              "onnxruntime %s brings no library for %s".formatted(version(), platform),
              "use Linux or macOS on arm64, Linux or Windows on x64, or set -D%s to a folder that has one"
                  .formatted(PATH_PROPERTY)));
    }
    unpack().ifPresent(folder -> System.setProperty(PATH_PROPERTY, folder.toString()));
    return Optional.empty();
  }

  /** The folder with the libraries; empty if it cannot be written: then the jar does it its way. */
  Optional<Path> unpack() {
    Path folder = cache.resolve("onnxruntime-" + version()).resolve(platform);
    try {
      Files.createDirectories(folder);
      for (String library : LIBRARIES) {
        unpack(resource(library), folder.resolve(System.mapLibraryName(library)));
      }
      return Optional.of(folder);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Another process may do the same at the same time: the file appears whole or not at all. */
  private static void unpack(URL resource, Path file) throws IOException {
    long size = resource.openConnection().getContentLengthLong();
    if (Files.exists(file) && Files.size(file) == size) {
      return;
    }
    Path part = Files.createTempFile(file.getParent(), file.getFileName().toString(), ".part");
    try (InputStream in = resource.openStream()) {
      Files.copy(in, part, StandardCopyOption.REPLACE_EXISTING);
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  private URL resource(String library) {
    String path = "/ai/onnxruntime/native/" + platform + "/" + System.mapLibraryName(library);
    return OrtEnvironment.class.getResource(path);
  }

  private static Optional<Unusable> start() {
    try {
      OrtEnvironment.getAvailableProviders();
      return Optional.empty();
    } catch (LinkageError | IllegalStateException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      return Optional.of(
          new Unusable(
              "ONNX Runtime's library cannot be loaded: " + cause.getMessage(),
              "see its requirements at onnxruntime.ai"));
    }
  }

  /** Version of the jar. */
  static String version() {
    String version = OrtEnvironment.class.getPackage().getImplementationVersion();
    return version == null ? "?" : version;
  }
}
