package dev.llamark.verify;

import dev.llamark.run.EnvironmentException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;

/** What GitHub Actions shows beside a run: annotations of failures, and the step's summary. */
final class GitHubActions {

  private final Map<String, String> environment;

  GitHubActions(Map<String, String> environment) {
    this.environment = environment;
  }

  boolean active() {
    return "true".equals(environment.get("GITHUB_ACTIONS"));
  }

  /** The line that annotates the run with an error. */
  static String error(String title, String message) {
    return "::error title=%s::%s".formatted(property(title), data(message));
  }

  private static String data(String text) {
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A");
  }

  private static String property(String text) {
    return data(text).replace(":", "%3A").replace(",", "%2C");
  }

  /** Adds Markdown to the step's summary, if there is one. */
  void summarise(String markdown) {
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
