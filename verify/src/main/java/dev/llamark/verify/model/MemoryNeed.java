package dev.llamark.verify.model;

import com.sun.management.OperatingSystemMXBean;
import dev.llamark.format.ModelSource;
import dev.llamark.format.synthetic.SyntheticSource;
import dev.llamark.model.LlamaConfig;
import dev.llamark.run.EnvironmentException;
import dev.llamark.tensor.DType;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Memory that a comparison takes, estimated before it starts: the weights all the time, beside them
 * first the reference, then one variant after the other, each closed before the next.
 *
 * @param model its name
 * @param weights bytes of the weights as they are
 * @param mapped whether they lie in a file, so that the system can drop their pages
 * @param reference bytes that ONNX Runtime takes besides: floats of what is none
 * @param variant bytes of a variant's packed matrices
 * @param rest bytes of steps, logits and the process itself
 */
public record MemoryNeed(
    String model, long weights, boolean mapped, long reference, long variant, long rest) {

  private static final Path MEMORY = Path.of("/proc/meminfo");

  /** The JVM and ONNX Runtime's library. */
  private static final long PROCESS = 400_000_000;

  /** Copies of all steps: the reference's, the oracle's in double while it runs, a variant's. */
  private static final int COPIES_OF_STEPS = 4;

  /** Copies of the logits: of four runs in float, of one in double, and of the passing variant. */
  private static final int COPIES_OF_LOGITS = 8;

  /** What a comparison of this model and task takes. */
  public static MemoryNeed of(ModelSource source, ModelTask task) {
    long parameters = source.parameters();
    DType dtype = source.dtype();
    long weights = parameters / dtype.blockElements() * dtype.blockBytes();
    long reference = dtype == DType.F32 ? 0 : DType.F32.bytes(parameters);
    long positions = task.capacity();
    long logits = COPIES_OF_LOGITS * positions * source.config().vocab();
    long steps = task.layers() ? COPIES_OF_STEPS * positions * columns(source.config()) : 0;
    boolean mapped = !SyntheticSource.matches(source.name());
    long rest = PROCESS + DType.F32.bytes(logits + steps);
    return new MemoryNeed(source.name(), weights, mapped, reference, weights, rest);
  }

  /** Numbers of all steps, per token. */
  private static long columns(LlamaConfig config) {
    long perLayer =
        6L * config.hidden() + 3L * config.queryWidth() + 3L * config.kvWidth() + 4L * config.ffn();
    return config.layers() * perLayer + 2L * config.hidden();
  }

  /** Bytes at the worst moment. */
  public long total() {
    return weights + Math.max(reference, variant) + rest;
  }

  /**
   * Holds the need against this machine.
   *
   * @return a sentence if memory is short; empty if there is enough
   * @throws EnvironmentException if the machine can never hold it
   */
  public Optional<String> shortage() {
    long all =
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
    return shortage(all, available(all));
  }

  /**
   * As above, with a machine's figures.
   *
   * @param all bytes of memory that the machine has
   * @param free bytes of it that nobody uses
   */
  Optional<String> shortage(long all, long free) {
    long least = total() - (mapped ? weights : 0);
    if (least > all) {
      throw new EnvironmentException(
          "comparing %s takes about %s GB of memory (%s GB of weights, %s GB for a reference or variant, %s GB besides), but this machine has %s GB; choose a smaller model or type"
              .formatted(
                  model,
                  gigabytes(total()),
                  gigabytes(weights),
                  gigabytes(Math.max(reference, variant)),
                  gigabytes(rest),
                  gigabytes(all)));
    }
    return total() <= free
        ? Optional.empty()
        : Optional.of(
            "comparing %s takes about %s GB of memory, and %s GB are free here: it may be slow, or the system may end it"
                .formatted(model, gigabytes(total()), gigabytes(free)));
  }

  private static String gigabytes(long bytes) {
    return "%.1f".formatted(bytes / 1e9);
  }

  /** What Linux could give without swapping; elsewhere what is free. */
  private static long available(long all) {
    try {
      return Files.readAllLines(MEMORY).stream()
          .filter(line -> line.startsWith("MemAvailable:"))
          .map(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
          .findFirst()
          .map(bytes -> Math.min(bytes, all))
          .orElse(all);
    } catch (IOException | NumberFormatException e) {
      return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getFreeMemorySize();
    }
  }
}
