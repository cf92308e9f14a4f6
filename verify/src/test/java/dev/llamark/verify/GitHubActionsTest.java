package dev.llamark.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamark.run.EnvironmentException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GitHubActionsTest {

  @Test
  void anAnnotationEscapesWhatWouldEndIt() {
    assertThat(GitHubActions.error("a: b, c", "100 %\nnext"))
        .isEqualTo("::error title=a%3A b%2C c::100 %25%0Anext");
  }

  @Test
  void theSummaryIsWrittenOnlyUnderActions(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("summary.md");
    new GitHubActions(Map.of("GITHUB_STEP_SUMMARY", file.toString())).summarise("no");
    assertThat(file).doesNotExist();
    GitHubActions actions =
        new GitHubActions(Map.of("GITHUB_ACTIONS", "true", "GITHUB_STEP_SUMMARY", file.toString()));
    actions.summarise("| a |");
    actions.summarise("b");
    assertThat(Files.readString(file)).isEqualTo("| a |\nb\n");
  }

  @Test
  void aSummaryThatCannotBeWrittenIsTheMachinesFault(@TempDir Path folder) {
    GitHubActions actions =
        new GitHubActions(
            Map.of("GITHUB_ACTIONS", "true", "GITHUB_STEP_SUMMARY", folder.toString()));
    assertThatThrownBy(() -> actions.summarise("a"))
        .isInstanceOf(EnvironmentException.class)
        .hasMessageStartingWith("the step summary could not be written to '" + folder + "': ");
  }
}
