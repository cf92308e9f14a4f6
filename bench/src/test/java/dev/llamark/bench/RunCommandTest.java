package dev.llamark.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.llamark.format.ModelSource;
import dev.llamark.format.ModelSources;
import dev.llamark.oracle.OracleLlama;
import dev.llamark.oracle.OracleTapListener;
import dev.llamark.run.ThreadTeam;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunCommandTest {

  private static final Path STORIES =
      Path.of(System.getProperty("llamark.data", "."), "models", "stories260k");

  private static CommandLineRun run(String... args) {
    return CommandLineRun.of(
        Stream.concat(Stream.of("run", "-t", "2"), Stream.of(args)).toArray(String[]::new));
  }

  @ParameterizedTest
  @CsvSource({"scalar", "vector"})
  void greedy_ids_are_those_of_the_model_in_double(String kernels) {
    List<Integer> ids = new ArrayList<>(List.of(3, 1, 4));
    try (ModelSource probe = ModelSources.open("synthetic:probe");
        ThreadTeam team = new ThreadTeam(2)) {
      OracleLlama oracle = new OracleLlama(probe.config(), probe.weights(), team);
      int vocab = probe.config().vocab();
      for (int i = 0; i < 5; i++) {
        int[] sequence = ids.stream().mapToInt(Integer::intValue).toArray();
        double[] logits = oracle.forward(sequence, OracleTapListener.NONE);
        int best = 0;
        for (int id = 0; id < vocab; id++) {
          if (logits[(sequence.length - 1) * vocab + id]
              > logits[(sequence.length - 1) * vocab + best]) {
            best = id;
          }
        }
        ids.add(best);
      }
    }
    String expected =
        ids.subList(3, ids.size()).stream().map(String::valueOf).collect(Collectors.joining(" "));

    CommandLineRun run =
        run("-m", "synthetic:probe", "--tokens", "3,1,4", "-n", "5", "--kernels", kernels);

    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).isEqualTo(expected + System.lineSeparator());
    assertThat(run.err())
        .contains("ids in place of text", kernels, "tokens/s")
        .contains("ended: the wanted number of tokens is reached");
  }

  @Test
  void one_thread_is_one() {
    CommandLineRun one =
        CommandLineRun.of("run", "-m", "synthetic:probe", "--tokens", "1", "-n", "1", "-t", "1");
    assertThat(one.err()).contains(", 1 thread" + System.lineSeparator());
  }

  @Test
  void a_seed_gives_the_same_ids_again() {
    String[] args = {
      "-m", "synthetic:probe", "--tokens", "1", "-n", "8", "--temperature", "2", "--seed", "3"
    };
    assertThat(run(args).out()).isEqualTo(run(args).out()).isNotBlank();
  }

  @Test
  void what_cannot_be_run_is_refused_in_one_sentence() {
    String probe = "synthetic:probe";
    refused("there is none", "-m", probe, "--prompt", "Hello");
    refused("--prompt and --tokens", "-m", probe, "--prompt", "Hello", "--tokens", "1");
    refused("one is 5000", "-m", probe, "--tokens", "5000");
    refused("-n must be", "-m", probe, "--tokens", "1", "-n", "-1");
    refused("--temperature must be", "-m", probe, "--tokens", "1", "--temperature", "-1");
    refused("--top-p must be", "-m", probe, "--tokens", "1", "--top-p", "0");
    refused("f32 or f16", "-m", probe, "--tokens", "1", "--kv", "q8_0");
    refused("must name one variant", "-m", probe, "--tokens", "1", "--kernels", "scalar,oracle");
    refused("none.json", "-m", probe, "--tokens", "1", "-z", "none.json");
  }

  private static void refused(String part, String... args) {
    CommandLineRun run = run(args);
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).hasLineCount(1).contains(part);
  }

  @Tag("external")
  @ParameterizedTest
  @CsvSource({
    "stories260K.gguf, scalar", "stories260K.gguf, vector",
    "stories260K.bin, scalar", "stories260K.bin, vector"
  })
  void a_trained_model_tells_the_golden_story(String file, String kernels) throws IOException {
    String golden =
        new ObjectMapper()
            .readTree(STORIES.resolve("golden.json").toFile())
            .get(0)
            .get("expected_text")
            .textValue();

    CommandLineRun run =
        run("-m", STORIES.resolve(file).toString(), "-n", "200", "--kernels", kernels);

    assertThat(run.err()).contains("200 tokens");
    assertThat(run.out()).isEqualTo(golden + System.lineSeparator());
    assertThat(run.exitCode()).isZero();
  }

  @Tag("external")
  @Test
  void a_story_longer_than_the_context_ends_with_the_cache_full_or_with_its_end() {
    CommandLineRun run =
        run(
            "-m",
            STORIES.resolve("stories260K.bin").toString(),
            "--prompt",
            "Once upon",
            "-n",
            "999");

    assertThat(run.out()).startsWith("Once upon a time");
    assertThat(run.err()).containsAnyOf("the KV cache is full", "the model ended the text");
  }
}
