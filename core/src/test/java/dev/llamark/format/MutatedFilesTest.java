package dev.llamark.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import dev.llamark.format.gguf.GgufArray;
import dev.llamark.format.gguf.GgufFile;
import dev.llamark.format.gguf.GgufSource;
import dev.llamark.format.gguf.GgufType;
import dev.llamark.format.gguf.GgufValue;
import dev.llamark.format.gguf.GgufWriter;
import dev.llamark.format.llama2c.Llama2cSource;
import dev.llamark.format.safetensors.HuggingFaceSource;
import dev.llamark.format.safetensors.SafetensorsFile;
import dev.llamark.run.InputException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/**
 * Sound files, broken at random, load or are refused in one sentence: no other exception, no memory
 * beyond the file's size and a constant, no hang. Each property breaks 2,000 files, or that many
 * times the system property {@code llamark.fuzz.rounds}.
 */
class MutatedFilesTest {

  private static final int TRIES = 2000;
  private static final int ROUNDS = Integer.getInteger("llamark.fuzz.rounds", 1);
  private static final long MEMORY = 16 << 20;
  private static final long NANOSECONDS = 5_000_000_000L;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static final TinyModel MODEL = new TinyModel();
  private static final byte[] LLAMA2C = MODEL.llama2c(false);
  private static final byte[] SAFETENSORS = MODEL.safetensors("");
  private static final byte[] CONFIG =
      TinyModel.huggingFaceConfig(
              "llama",
              ", \"tie_word_embeddings\": false, \"rope_theta\": 10000.0, \"rope_scaling\":"
                  + " {\"rope_type\": \"llama3\", \"factor\": 8, \"low_freq_factor\": 1,"
                  + " \"high_freq_factor\": 4, \"original_max_position_embeddings\": 8192}")
          .getBytes();
  private static Path folder;
  private static byte[] gguf;

  @BeforeContainer
  static void makeFiles() throws IOException {
    folder = Files.createTempDirectory("llamark-mutated");
    Path path = folder.resolve("model.gguf");
    GgufWriter writer =
        TinyModel.ggufShape("llama")
            .texts("tokenizer.ggml.tokens", TinyModel.tokens())
            .floats("tokenizer.ggml.scores", new float[TinyModel.VOCAB])
            .ints("tokenizer.ggml.token_type", new int[TinyModel.VOCAB])
            .flag("tokenizer.ggml.add_bos_token", true)
            .uint32("tokenizer.ggml.padding_token_id", -1)
            .uint64("general.size", 1L << 40)
            .raw("nested", GgufType.ARRAY, new byte[] {9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0})
            .vector("rope_freqs.weight", new float[] {8});
    MODEL.addTo(writer).write(path);
    gguf = Files.readAllBytes(path);
    Files.write(folder.resolve("model.safetensors"), SAFETENSORS);
    Files.delete(path);
    readSoundFiles();
  }

  /** All sound files load; and what reading them takes once, such as classes, is not measured. */
  private static void readSoundFiles() throws IOException {
    describe(GgufSource.of(GgufFile.of(mapped(gguf))));
    readAllMetadata(gguf);
    assertThat(SafetensorsFile.of(mapped(SAFETENSORS)).tensors()).hasSize(21);
    Files.write(folder.resolve("config.json"), CONFIG);
    describe(HuggingFaceSource.open(folder));
    describe(Llama2cSource.of(mapped(LLAMA2C)));
    judge(0, bytes -> SafetensorsFile.of(mapped(bytes)), TinyModel.safetensors("[", LLAMA2C));
  }

  @AfterContainer
  static void deleteFiles() throws IOException {
    for (String name : List.of("model.safetensors", "config.json")) {
      Files.deleteIfExists(folder.resolve(name));
    }
    Files.delete(folder);
  }

  @Property(tries = TRIES)
  void ggufModels(@ForAll long seed) {
    forEach(seed, gguf, bytes -> describe(GgufSource.of(GgufFile.of(mapped(bytes)))));
  }

  @Property(tries = TRIES)
  void ggufMetadata(@ForAll long seed) {
    forEach(seed, gguf, MutatedFilesTest::readAllMetadata);
  }

  @Property(tries = TRIES)
  void safetensors(@ForAll long seed) {
    forEach(seed, SAFETENSORS, bytes -> SafetensorsFile.of(mapped(bytes)).tensors());
  }

  @Property(tries = TRIES)
  void huggingFaceConfigurations(@ForAll long seed) {
    forEach(
        seed,
        CONFIG,
        bytes -> {
          Files.write(folder.resolve("config.json"), bytes);
          describe(HuggingFaceSource.open(folder));
        });
  }

  @Property(tries = TRIES)
  void llama2cModels(@ForAll long seed) {
    forEach(seed, LLAMA2C, bytes -> describe(Llama2cSource.of(mapped(bytes))));
  }

  /** Reads a file; what it throws is judged. */
  private interface Reading {
    void read(byte[] bytes) throws IOException;
  }

  private static MappedFile mapped(byte[] bytes) {
    return MappedFile.of(Path.of("model"), bytes);
  }

  private static void describe(ModelSource source) {
    try (source) {
      assertThat(source.weights().layers()).hasSize(source.config().layers());
      assertThat(source.description().parameters()).isEqualTo(source.parameters());
    }
  }

  private static void readAllMetadata(byte[] bytes) {
    for (GgufValue value : GgufFile.of(mapped(bytes)).metadata().values().values()) {
      value.display();
      if (value instanceof GgufArray array) {
        array.first(Long.MAX_VALUE).forEach(GgufValue::display);
      }
    }
  }

  private static void forEach(long seed, byte[] sound, Reading reading) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < ROUNDS; i++) {
      long round = random.nextLong();
      byte[] broken = Mutation.of(sound, new SplittableRandom(round));
      long allocated = THREADS.getCurrentThreadAllocatedBytes();
      long start = THREADS.getCurrentThreadCpuTime();
      judge(round, reading, broken);
      assertThat(THREADS.getCurrentThreadCpuTime() - start)
          .as("processor time, seed %d", round)
          .isLessThan(NANOSECONDS);
      assertThat(THREADS.getCurrentThreadAllocatedBytes() - allocated)
          .as("memory, seed %d", round)
          .isLessThan(MEMORY);
    }
  }

  private static void judge(long round, Reading reading, byte[] broken) {
    try {
      reading.read(broken);
    } catch (InputException e) {
      assertThat(e.getMessage()).as("seed %d", round).hasSizeLessThan(2000);
      assertThat(e.getMessage().chars().noneMatch(Character::isISOControl))
          .as("seed %d: %s", round, e.getMessage())
          .isTrue();
    } catch (Exception | StackOverflowError | OutOfMemoryError | AssertionError e) {
      fail("seed " + round, e);
    }
  }
}
