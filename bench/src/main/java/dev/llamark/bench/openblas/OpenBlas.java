package dev.llamark.bench.openblas;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.llamark.run.EnvironmentException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas_nolapack;

/** The two functions of OpenBLAS that are needed, called without copies of arrays. */
final class OpenBlas {

  private static final int ROW_MAJOR = 101;
  private static final int NO_TRANSPOSE = 111;
  private static final int TRANSPOSE = 112;

  private final MethodHandle sgemm;
  private final MethodHandle setThreads;

  private OpenBlas(MethodHandle sgemm, MethodHandle setThreads) {
    this.sgemm = sgemm;
    this.setThreads = setThreads;
  }

  /** Whether the class path holds the natives of this platform. */
  static boolean present() {
    String folder = "/org/bytedeco/openblas/" + Loader.getPlatform() + "/";
    return OpenBlas.class.getResource(folder + System.mapLibraryName("jniopenblas_nolapack"))
        != null;
  }

  /** Extracts the natives and loads them. */
  @SuppressWarnings("restricted") // native access is what this is for
  static OpenBlas load() {
    try {
      Loader.load(openblas_nolapack.class);
      SymbolLookup symbols = SymbolLookup.loaderLookup();
      Linker linker = Linker.nativeLinker();
      MethodHandle sgemm =
          linker.downcallHandle(
              symbols.findOrThrow("cblas_sgemm"),
              FunctionDescriptor.ofVoid(
                  JAVA_INT,
                  JAVA_INT,
                  JAVA_INT,
                  JAVA_INT,
                  JAVA_INT,
                  JAVA_INT,
                  JAVA_FLOAT,
                  ADDRESS,
                  JAVA_INT,
                  ADDRESS,
                  JAVA_INT,
                  JAVA_FLOAT,
                  ADDRESS,
                  JAVA_INT),
              Linker.Option.critical(true)); // arrays of the heap are passed as they are
      MethodHandle setThreads =
          linker.downcallHandle(
              symbols.findOrThrow("openblas_set_num_threads"), FunctionDescriptor.ofVoid(JAVA_INT));
      return new OpenBlas(sgemm, setThreads);
    } catch (UnsatisfiedLinkError | java.util.NoSuchElementException e) {
      throw new EnvironmentException(
          "OpenBLAS cannot be loaded: %s; leave openblas out of --kernels"
              .formatted(e.getMessage()),
          e);
    }
  }

  void setThreads(int threads) {
    try {
      setThreads.invokeExact(threads);
    } catch (Throwable e) {
      throw new IllegalStateException("openblas_set_num_threads", e);
    }
  }

  /**
   * {@code c[m×n] = a[m×k] · Wᵀ}, W being (n × k); all row-major.
   *
   * @param a from its first element
   * @param c from its first element
   */
  void multiplyTransposed(int m, int n, int k, MemorySegment a, MemorySegment w, MemorySegment c) {
    try {
      sgemm.invokeExact(ROW_MAJOR, NO_TRANSPOSE, TRANSPOSE, m, n, k, 1f, a, k, w, k, 0f, c, n);
    } catch (Throwable e) {
      throw new IllegalStateException("cblas_sgemm", e);
    }
  }
}
