package dev.llamark.verify;

import dev.llamark.run.EnvironmentException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;

/** What GitHub Actions shows beside a run: annotations of failures, and the step's summary. */
public final class GitHubActions {

  private final Map<String, String> environment;

  /**
   * @param environment the variables of the process
   */
  public GitHubActions(Map<String, String> environment) {
    this.environment = environment;
  }

  /** Whether it is GitHub that runs this. */
  public boolean active() {
    return "true".equals(environment.get("GITHUB_ACTIONS"));
  }

  /** The line that annotates the run with an error. */
  public static String error(String title, String message) {
    return "::error title=%s::%s".formatted(property(title), data(message));
  }

  private static String data(String text) {
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A");
  }

  private static String property(String text) {
    return data(text).replace(":", "%3A").replace(",", "%2C");
  }

  /** Adds Markdown to the step's summary, if there is one. */
  public void summarise(String markdown) {
    String file = environment.get("GITHUB_STEP_SUMMARY");
    if (!active() || file == null || file.isBlank()) {
      return;
    }
    try {
      Files.writeString(
          Path.of(file), markdown + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new EnvironmentException(
          "the step summary could not be written to '%s': %s".formatted(file, e.getMessage()), e);
    }
  }
}
