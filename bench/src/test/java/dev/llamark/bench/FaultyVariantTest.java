package dev.llamark.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamark.run.ResultReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A variant whose author is at fault ends a run with 2 and costs no other variant its report. */
class FaultyVariantTest {

  private static final String SOURCE =
      """
      import dev.llamark.kernel.*;
      import dev.llamark.run.ThreadTeam;

      public class PROVIDER implements KernelProvider {
        public String id() {
          return "mine";
        }

        public Role role() {
          ROLE
        }

        public Kernels create(ThreadTeam team) {
          CREATE
        }
      }
      """;

  private static final String GOLDEN = "../verify/src/test/resources/probe.golden.json";

  @TempDir private static Path folder;
  private static String opensNot;
  private static String answersNot;

  @BeforeAll
  static void buildJars() throws IOException {
    opensNot = jar("OpensNot", "return Role.VARIANT;", "return null;");
    answersNot = jar("AnswersNot", "throw new IllegalStateException(\"no role\");", "return null;");
  }

  private static String jar(String provider, String role, String create) throws IOException {
    String source =
        SOURCE.replace("PROVIDER", provider).replace("ROLE", role).replace("CREATE", create);
    return VariantJar.build(folder, provider, source).toString();
  }

  private static CommandLineRun verify(String words, String jar, String... more) {
    List<String> all = new ArrayList<>(List.of(("verify " + words).strip().split(" ")));
    all.addAll(List.of("--variants", jar));
    all.addAll(List.of(more));
    return CommandLineRun.of(all.toArray(String[]::new));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ops --op swiglu",
        "model -p 4",
        "model --golden " + GOLDEN,
        "repeat -p 3 --check twice",
        "repeat -p 3 --check widths"
      })
  void thoseBeforeAndAfterOneThatCannotBeOpenedAreReported(String words) {
    Path out = folder.resolve("records.jsonl");
    CommandLineRun run =
        verify(words, opensNot, "--kernels", "scalar,mine,vector", "--out", out.toString());
    assertThat(run.exitCode()).as(run.err()).isEqualTo(2);
    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .contains(
            "INCOMPLETE: variant 'mine' cannot be opened: OpensNot of OpensNot.jar: create()"
                + " returned null; ")
        .containsPattern(
            words.contains("widths") ? "vector@\\d+ passes" : "scalar, vector@\\d+ pass");
    assertThat(ResultReader.read(out))
        .filteredOn(record -> record.get("variant").asText().equals("mine"))
        .isNotEmpty()
        .allSatisfy(
            record -> {
              assertThat(record.get("verdict").asText()).isEqualTo("SKIPPED");
              assertThat(record.get("reason").asText()).contains("create() returned null");
            });
  }

  @Test
  void oneThatDoesNotAnswerIsToldAndTheOthersGoOn() {
    CommandLineRun run = verify("ops --op swiglu", answersNot);
    assertThat(run.exitCode()).as(run.err()).isEqualTo(2);
    assertThat(run.out())
        .contains("INCOMPLETE: mine was left out: AnswersNot of AnswersNot.jar: role() threw")
        .contains("no role", "scalar, ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ops --quick", "model", "claims"})
  void benchmarksRefuseOneThatDoesNotAnswerBeforeTheyBegin(String words) {
    List<String> all = new ArrayList<>(List.of(("bench " + words).split(" ")));
    all.addAll(List.of("--variants", answersNot));
    CommandLineRun run = CommandLineRun.of(all.toArray(String[]::new));
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err())
        .hasLineCount(1)
        .contains("variant 'mine' cannot run: AnswersNot of AnswersNot.jar: role() threw")
        .contains("mend or remove its jar, or name with --kernels those to run");
    assertThat(run.out()).isEmpty();
  }

  @Test
  void oneThatDoesNotAnswerIsRefusedWhereItIsNamedAndListedByInfo() {
    CommandLineRun named = verify("ops", answersNot, "--kernels", "mine");
    assertThat(named.exitCode()).isEqualTo(2);
    assertThat(named.err()).hasLineCount(1).contains("AnswersNot of AnswersNot.jar: role() threw");
    CommandLineRun info = CommandLineRun.of("info", "--variants", answersNot);
    assertThat(info.exitCode()).isZero();
    assertThat(info.out()).contains("AnswersNot of AnswersNot.jar: role() threw");
  }

  @Test
  void aProgramLearnsTheReasonFromStandardError() {
    CommandLineRun run =
        verify("ops --op swiglu", opensNot, "--kernels", "mine", "--format", "json");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).hasLineCount(1).contains("INCOMPLETE: variant 'mine' cannot be opened");
  }
}
