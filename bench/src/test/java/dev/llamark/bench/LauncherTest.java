package dev.llamark.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When the launcher builds, tried on a project of two files with a JDK that does nothing. */
class LauncherTest {

  private static final FileTime LONG_AGO = FileTime.fromMillis(1_000_000_000_000L);

  @TempDir private Path folder;
  private Path home;
  private Path sources;

  @BeforeEach
  void makeProject() throws IOException {
    assumeThat(File.separator).isEqualTo("/");
    home = Files.createDirectories(folder.resolve("a project"));
    sources = Files.createDirectories(home.resolve("core/src/main/java"));
    Files.copy(Path.of("../llamark"), home.resolve("llamark"), StandardCopyOption.COPY_ATTRIBUTES);
    script(home.resolve("mvnw"), "mkdir -p bench/target/lib core/target/classes");
    for (String name : new String[] {"java", "javac", "jar"}) {
      script(folder.resolve("jdk/bin/" + name), "exit 0");
    }
    Files.writeString(folder.resolve("jdk/release"), "JAVA_VERSION=\"25.0.3\"\n");
    for (String name : new String[] {"pom.xml", "core/pom.xml", "core/src/main/java/A.java"}) {
      Files.writeString(home.resolve(name), "text");
    }
    Files.writeString(sources.resolve("B.java"), "text");
    age();
  }

  private static void script(Path file, String line) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n" + line + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  /** Makes every source and folder old, as a copy that keeps times does. */
  private void age() throws IOException {
    for (String name : new String[] {"pom.xml", "core/pom.xml"}) {
      Files.setLastModifiedTime(home.resolve(name), LONG_AGO);
    }
    try (var walk = Files.walk(home.resolve("core/src"))) {
      for (Path path : walk.toList()) {
        Files.setLastModifiedTime(path, LONG_AGO);
      }
    }
  }

  /** What the launcher says. */
  private String launch() throws IOException, InterruptedException {
    return launch(0, folder, home.resolve("llamark").toString());
  }

  private String launch(int code, Path from, String... command)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).directory(from.toFile());
    builder.environment().put("LLAMARK_JDK_PATH", folder.resolve("jdk").toString());
    Process process = builder.redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as(said).isEqualTo(code);
    return said;
  }

  @Test
  void itFindsItsFolderHoweverItIsCalled() throws Exception {
    launch();
    assertThat(launch(0, home, "sh", "llamark")).isEmpty();
    assertThat(launch(0, folder, "sh", "a project/llamark")).isEmpty();
    Path links = Files.createDirectories(folder.resolve("some links"));
    Files.createSymbolicLink(links.resolve("llamark"), Path.of("../a project/llamark"));
    assertThat(launch(0, links, "./llamark")).isEmpty();
    assertThat(launch(0, folder, "some links/llamark")).isEmpty();
  }

  @Test
  void aJdkIsTakenByItsOwnVersionAlone() throws Exception {
    String other = "JAVA_RUNTIME_VERSION=\"25.0.3+9\"\nJAVA_VERSION_DATE=\"2026-04-21\"\n";
    Path release = folder.resolve("jdk/release");
    Files.writeString(release, other + "JAVA_VERSION=\"17.0.1\"\n" + other);
    assertThat(launch(4, folder, home + "/llamark")).contains("no JDK 25 or newer found");
    Files.writeString(release, other + "JAVA_VERSION=\"25\"");
    assertThat(launch()).contains("building (first use)");
  }

  @Test
  void itBuildsOnFirstUseAndThenNoMore() throws Exception {
    assertThat(launch()).contains("building (first use)");
    assertThat(launch()).isEmpty();
  }

  @Test
  void aSourceThatIsNewerThanTheBuildIsNamed() throws Exception {
    launch();
    Files.setLastModifiedTime(
        sources.resolve("A.java"), FileTime.fromMillis(System.currentTimeMillis() + 60_000));
    assertThat(launch()).contains("building (core/src/main/java/A.java is newer than the build)");
  }

  @Test
  void aSourceThatIsGoneMakesTheBuildStaleWhateverTheTimes() throws Exception {
    launch();
    Path old = home.resolve("core/target/classes/B.class");
    Files.writeString(old, "of a source that is gone");
    Files.delete(sources.resolve("B.java"));
    age();
    assertThat(launch()).contains("building (sources were removed since the build)");
    assertThat(old).doesNotExist();
    assertThat(launch()).isEmpty();
  }
}
