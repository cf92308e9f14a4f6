package dev.llamark.format.llama2c;

import dev.llamark.format.CheckedConfig;
import dev.llamark.format.FileRange;
import dev.llamark.format.MappedFile;
import dev.llamark.format.ModelDescription;
import dev.llamark.format.ModelSource;
import dev.llamark.format.Tensor;
import dev.llamark.model.LlamaConfig;
import dev.llamark.model.LlamaWeights;
import dev.llamark.rope.Pairing;
import dev.llamark.rope.RopeScaling;
import dev.llamark.run.InputException;
import dev.llamark.tensor.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * A model in a llama2.c file of version 0: seven numbers, then all weights as floats. The tables of
 * cosines and sines that follow them are stepped over; llamark computes its own.
 *
 * @see <a href="https://github.com/karpathy/llama2.c">llama2.c: export.py, legacy_export</a>
 */
public final class Llama2cSource implements ModelSource {

  /** Bytes of the header: seven numbers of four bytes. */
  private static final int HEADER = 28;

  /** The magic number of versions 1 and 2, {@code ak42}. */
  private static final int LATER_VERSIONS = 0x616b3432;

  /** Of all llama2.c models; the file does not say. */
  private static final double THETA = 10000;

  private static final float EPSILON = 1e-5f;

  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final MappedFile file;
  private final LlamaConfig config;
  private final LlamaWeights weights;
  private final List<Tensor> tensors;

  private Llama2cSource(MappedFile file) {
    this.file = file;
    requireVersion0(file);
    this.config = config(file);
    boolean tied = number(file, 5) > 0;
    requireSize(file, config, tied);
    Llama2cWeights reader = new Llama2cWeights(file.bytes(), config);
    this.weights = reader.read(HEADER, tied);
    this.tensors = reader.tensors();
  }

  /** Opens a model. */
  public static Llama2cSource open(Path path) {
    return of(MappedFile.open(path));
  }

  /** The model of a mapped file, which is closed with it, or at once where it is refused. */
  public static Llama2cSource of(MappedFile file) {
    try {
      return new Llama2cSource(file);
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private static void requireVersion0(MappedFile file) {
    if (file.size() < HEADER) {
      throw new InputException(
          "%s: a llama2.c header needs %d bytes, but the file has %d"
              .formatted(file.path(), HEADER, file.size()));
    }
    if (number(file, 0) == LATER_VERSIONS) {
      throw new InputException(
          "%s: version of the llama2.c format must be 0, but is %d"
              .formatted(file.path(), number(file, 1)));
    }
  }

  private static int number(MappedFile file, int index) {
    return file.bytes().get(INT, 4L * index);
  }

  private static LlamaConfig config(MappedFile file) {
    int hidden = size(file, 0, "dim");
    int ffn = size(file, 1, "hidden_dim");
    int layers = size(file, 2, "n_layers");
    int heads = size(file, 3, "n_heads");
    int kvHeads = size(file, 4, "n_kv_heads");
    int vocab = Math.abs(number(file, 5));
    int context = size(file, 6, "seq_len");
    if (hidden % heads != 0) {
      throw new InputException(
          "%s: n_heads must be a divisor of dim = %d, but is %d"
              .formatted(file.path(), hidden, heads));
    }
    int headDim = hidden / heads;
    return CheckedConfig.of(
        file.path().toString(),
        () ->
            new LlamaConfig(
                "llama",
                hidden,
                ffn,
                layers,
                heads,
                kvHeads,
                headDim,
                vocab,
                context,
                headDim,
                THETA,
                EPSILON,
                new RopeScaling.None(),
                Pairing.INTERLEAVED));
  }

  private static int size(MappedFile file, int index, String name) {
    int size = number(file, index);
    if (size < 1) {
      throw new InputException(
          "%s: %s must be positive in a llama2.c file, but is %d"
              .formatted(file.path(), name, size));
    }
    return size;
  }

  private static void requireSize(MappedFile file, LlamaConfig config, boolean tied) {
    long expected;
    try {
      long floats = Math.addExact(Llama2cWeights.floats(config, tied), ropeTables(config));
      expected = Math.addExact(HEADER, Math.multiplyExact(4, floats));
    } catch (ArithmeticException e) {
      throw new InputException(
          "%s: a llama2.c model of its header's shape would have more than 2^63 bytes"
              .formatted(file.path()),
          e);
    }
    if (expected != file.size()) {
      throw new InputException(
          "%s: a llama2.c model of its header's shape has %d bytes, but the file has %d"
              .formatted(file.path(), expected, file.size()));
    }
  }

  /** Floats of the cosines and sines, (context × headDim/2) each. */
  private static long ropeTables(LlamaConfig config) {
    return Math.multiplyExact((long) config.context(), 2L * (config.headDim() / 2));
  }

  /** The model's file. */
  public Path path() {
    return file.path();
  }

  @Override
  public String name() {
    return file.path().getFileName().toString();
  }

  @Override
  public LlamaConfig config() {
    return config;
  }

  @Override
  public LlamaWeights weights() {
    return weights;
  }

  @Override
  public DType dtype() {
    return DType.F32;
  }

  @Override
  public long parameters() {
    return Llama2cWeights.floats(config, weights.tied());
  }

  @Override
  public Optional<FileRange> locate(MemorySegment data) {
    return file.locate(data);
  }

  @Override
  public ModelDescription description() {
    return ModelDescription.of(
        this,
        "llama2.c, version 0",
        file.size(),
        "in a file of its own",
        tensors,
        Collections.emptySortedMap());
  }

  @Override
  public void close() {
    file.close();
  }
}
