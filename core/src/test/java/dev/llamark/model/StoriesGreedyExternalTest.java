package dev.llamark.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.llamark.format.gguf.GgufSource;
import dev.llamark.oracle.OracleLlama;
import dev.llamark.oracle.OracleProvider;
import dev.llamark.oracle.OracleTapListener;
import dev.llamark.run.ThreadTeam;
import dev.llamark.tensor.DType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A trained model tells the story that llama2.c printed. */
@Tag("external")
class StoriesGreedyExternalTest {

  private static final int BOS = 1;
  private static final int N = 200;
  private static final Path FOLDER =
      Path.of(System.getProperty("llamark.data", "."), "models", "stories260k");

  @Test
  void two_hundred_greedy_tokens_are_those_of_the_model_in_double_and_of_llama2_c()
      throws IOException {
    try (ThreadTeam team = new ThreadTeam(2);
        GgufSource stories = GgufSource.open(FOLDER.resolve("stories260K.gguf"));
        Llama llama =
            Llama.of(stories.config(), stories.weights(), new OracleProvider().create(team))) {
      int[] decoded = Greedy.decode(llama, new int[] {BOS}, N, DType.F32);

      int[] sequence = new int[N];
      sequence[0] = BOS;
      System.arraycopy(decoded, 0, sequence, 1, N - 1);
      double[] logits =
          new OracleLlama(stories.config(), stories.weights(), team)
              .forward(sequence, OracleTapListener.NONE);
      assertThat(decoded).isEqualTo(largestOfEachRow(logits, stories.config().vocab()));

      String printed =
          new ObjectMapper()
              .readTree(FOLDER.resolve("golden.json").toFile())
              .get(0)
              .get("expected_text")
              .asText();
      assertThat(text(stories, decoded)).isEqualTo(printed);
    }
  }

  private static int[] largestOfEachRow(double[] logits, int vocab) {
    int[] largest = new int[logits.length / vocab];
    for (int row = 0; row < largest.length; row++) {
      for (int i = 0; i < vocab; i++) {
        if (logits[row * vocab + i] > logits[row * vocab + largest[row]]) {
          largest[row] = i;
        }
      }
    }
    return largest;
  }

  private static String text(GgufSource stories, int[] tokens) {
    List<String> pieces =
        stories.file().metadata().findArray("tokenizer.ggml.tokens").orElseThrow().texts();
    return Arrays.stream(tokens)
        .mapToObj(pieces::get)
        .collect(Collectors.joining())
        .replace("<0x0A>", "\n")
        .replace('\u2581', ' ')
        .strip();
  }
}
