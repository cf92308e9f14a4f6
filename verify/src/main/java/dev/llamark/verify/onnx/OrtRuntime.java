package dev.llamark.verify.onnx;

import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import dev.llamark.kernel.Unusable;
import dev.llamark.run.EnvironmentException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** ONNX Runtime, loaded and ready to make sessions. */
public final class OrtRuntime {

  /**
   * How a session works.
   *
   * @param threads of one operator
   * @param level what may be rewritten in the graph
   * @param prepacking whether constant weights are copied into a faster form
   */
  public record Settings(int threads, OptLevel level, boolean prepacking) {

    /** As the reference: one thread, the graph as it stands, the weights as they lie. */
    public static Settings oracle() {
      return new Settings(1, OptLevel.NO_OPT, false);
    }

    /** As fast as it can. */
    public static Settings fast(int threads) {
      return new Settings(threads, OptLevel.ALL_OPT, true);
    }

    /** The same at another level. */
    public Settings withLevel(OptLevel other) {
      return new Settings(threads, other, prepacking);
    }
  }

  private static final long START_STACK_BYTES = 64L << 20;

  private static final String EXTERNAL_DATA_FOLDER =
      "session.model_external_initializers_file_folder_path";

  private final OrtEnvironment environment;

  private OrtRuntime(OrtEnvironment environment) {
    this.environment = environment;
  }

  /** Why ONNX Runtime cannot run here; empty if it can. Loads its libraries. */
  public static Optional<Unusable> unusable() {
    return OrtNatives.here().load();
  }

  /**
   * Starts ONNX Runtime.
   *
   * @throws EnvironmentException if it cannot run here
   */
  public static OrtRuntime start() {
    unusable()
        .ifPresent(
            why -> {
              throw new EnvironmentException("ONNX Runtime cannot run: " + why);
            });
    return new OrtRuntime(environmentOnDeepStack());
  }

  /**
   * Its start matches a regular expression against the process's command line by recursion, letter
   * by letter: with a long class path that ends the process on a thread of ordinary stack.
   */
  private static OrtEnvironment environmentOnDeepStack() {
    FutureTask<OrtEnvironment> start =
        new FutureTask<>(() -> environment(Runtime.getRuntime().availableProcessors()));
    new Thread(null, start, "llamark-ort-start", START_STACK_BYTES).start();
    try {
      return start.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EnvironmentException("interrupted while ONNX Runtime started", e);
    } catch (ExecutionException e) {
      throw new EnvironmentException(
          "ONNX Runtime cannot start: " + e.getCause().getMessage(), e.getCause());
    }
  }

  /**
   * Without reports of its use to its maker, which would also write files and start threads; the
   * variable ORT_DISABLE_TELEMETRY, which the launcher sets, stops the one at the start, too.
   */
  private static OrtEnvironment environment(int threads) {
    OrtEnvironment environment = sharedEnvironment(threads);
    try {
      environment.setTelemetry(false);
      return environment;
    } catch (OrtException e) {
      throw new EnvironmentException("ONNX Runtime cannot start: " + e.getMessage(), e);
    }
  }

  /** The process has one environment; the first caller decides its shared threads. */
  private static OrtEnvironment sharedEnvironment(int threads) {
    try (var threading = new OrtEnvironment.ThreadingOptions()) {
      threading.setGlobalIntraOpNumThreads(threads);
      threading.setGlobalInterOpNumThreads(1);
      return OrtEnvironment.getEnvironment(
          OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, "llamark", threading);
    } catch (OrtException e) {
      throw new EnvironmentException("ONNX Runtime cannot start: " + e.getMessage(), e);
    } catch (IllegalStateException alreadyStarted) {
      return OrtEnvironment.getEnvironment();
    }
  }

  /** Its version, as {@code 1.29.0}. */
  public String version() {
    return environment.getVersion();
  }

  /** The process's environment. */
  public OrtEnvironment environment() {
    return environment;
  }

  /** A session over a model's bytes; refused models are our own fault. */
  public OrtSession session(byte[] model, Settings settings) {
    return session(model, settings, Map.of());
  }

  /**
   * A session over a model whose external initialisers are given.
   *
   * @param external tensors by name; they are copied
   */
  public OrtSession session(byte[] model, Settings settings, Map<String, OnnxTensorLike> external) {
    try (SessionOptions options = options(settings)) {
      if (!external.isEmpty()) {
        options.addExternalInitializers(external);
      }
      return environment.createSession(model, options);
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime refuses a graph: " + e.getMessage(), e);
    }
  }

  /**
   * A session over somebody's file.
   *
   * @throws OrtException if ONNX Runtime refuses it
   */
  public OrtSession session(Path file, Settings settings) throws OrtException {
    try (SessionOptions options = options(settings)) {
      return environment.createSession(file.toString(), options);
    }
  }

  /**
   * A session over a changed copy of somebody's file.
   *
   * @param folder of the model's external data
   * @throws OrtException if ONNX Runtime refuses it
   */
  public OrtSession session(byte[] model, Path folder, Settings settings) throws OrtException {
    try (SessionOptions options = options(settings)) {
      options.addConfigEntry(EXTERNAL_DATA_FOLDER, folder.toString());
      return environment.createSession(model, options);
    }
  }

  private static SessionOptions options(Settings settings) throws OrtException {
    SessionOptions options = new SessionOptions();
    threads(options, settings.threads());
    options.setOptimizationLevel(settings.level());
    if (!settings.prepacking()) {
      options.addConfigEntry("session.disable_prepacking", "1");
    }
    return options;
  }

  /**
   * A variant keeps a session per weight matrix: where they use all processors, they share one pool
   * of threads instead of bringing one each.
   */
  private static void threads(SessionOptions options, int threads) throws OrtException {
    if (threads > 1 && threads == Runtime.getRuntime().availableProcessors()) {
      options.disablePerSessionThreads();
    } else {
      options.setIntraOpNumThreads(threads);
      options.setInterOpNumThreads(1);
    }
  }
}
