package dev.llamark.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamark.run.Version;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class MainTest {

  @Command(name = "break")
  static final class Broken implements Callable<Integer> {
    @Override
    public Integer call() {
      throw new IllegalStateException("we did it");
    }
  }

  @Test
  void helpExplainsEveryCommandAndEndsWithZero() {
    CommandLineRun help = CommandLineRun.of("--help");
    assertThat(help.exitCode()).isZero();
    assertThat(help.out()).contains("verify");
    for (CommandLine command : Main.commandLine().getSubcommands().values()) {
      String name = command.getCommandName();
      assertThat(CommandLineRun.of(name, "--help").out()).startsWith("Usage: llamark " + name);
    }
  }

  @Test
  void everyCommandTellsTheVersion() {
    assertThat(CommandLineRun.of("--version").out()).isEqualTo("llamark %s%n", Version.VERSION);
    for (CommandLine command : Main.commandLine().getSubcommands().values()) {
      String name = command.getCommandName();
      assertThat(CommandLineRun.of(name, "-V").out()).isEqualTo("llamark %s%n", Version.VERSION);
      for (String inner : command.getSubcommands().keySet()) {
        assertThat(CommandLineRun.of(name, inner, "--version").out())
            .isEqualTo("llamark %s%n", Version.VERSION);
      }
    }
  }

  @Test
  void aCommandIsBuiltWithoutItsSiblings() {
    assertThat(Main.commandLine("info", "-m", "run").getSubcommands()).containsOnlyKeys("info");
    assertThat(CommandLineRun.of("inof").err()).hasLineCount(1).contains("inof", "llamark --help");
  }

  @Test
  void aMissingCommandAndAnUnknownOptionAreUsageErrorsOfOneLine() {
    CommandLineRun nothing = CommandLineRun.of();
    assertThat(nothing.exitCode()).isEqualTo(2);
    assertThat(nothing.err()).hasLineCount(1).contains("a command is missing", "llamark --help");
    CommandLineRun unknown = CommandLineRun.of("verify", "ops", "--bogus");
    assertThat(unknown.exitCode()).isEqualTo(2);
    assertThat(unknown.err()).hasLineCount(1).contains("--bogus", "llamark verify ops --help");
  }

  @Test
  void anUnknownVariantIsAUsageErrorThatListsTheIds() {
    CommandLineRun run = CommandLineRun.of("verify", "ops", "--kernels", "nope");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).hasLineCount(1).contains("no variant 'nope'", "scalar");
  }

  @Test
  void badCasesShardsThreadsAndWidthsAreUsageErrorsThatNameTheValue() {
    for (List<String> bad :
        List.of(
            List.of("--case", "matmul"),
            List.of("--case", "rmsnorm:f32:4xfour"),
            List.of("--case", "rmsnorm:f32:4x4:colour=red"),
            List.of("--op", "convolution"),
            List.of("--shard", "3/2"),
            List.of("--threads", "0"),
            List.of("--vector-bits", "200"),
            List.of("--variants", "missing.jar"))) {
      CommandLineRun run =
          CommandLineRun.of("verify", "ops", "--kernels", "scalar", bad.get(0), bad.get(1));
      assertThat(run.exitCode()).as("%s", bad).isEqualTo(2);
      String value = bad.get(1).replaceAll(".*colour=", "");
      assertThat(run.err()).as("%s", bad).hasLineCount(1);
      assertThat(run.err()).containsAnyOf(value, "colour", "four");
    }
  }

  @Test
  void ourOwnFaultEndsWithSeventyAndNoStackTrace() throws IOException {
    StringWriter err = new StringWriter();
    int code =
        Main.commandLine()
            .addSubcommand(new Broken())
            .setErr(new PrintWriter(err))
            .execute("break");
    assertThat(code).isEqualTo(70);
    assertThat(err.toString())
        .hasLineCount(2)
        .contains("IllegalStateException: we did it", "please report")
        .doesNotContain("\tat ");
    Path trace = Path.of(err.toString().replaceAll("(?s).*the trace in (\\S+).*", "$1"));
    assertThat(trace).content().contains("\tat ");
    Files.delete(trace);
  }

  /** What is thrown by the command {@code break}. */
  @Command(name = "break")
  private record Throwing(Error error) implements Callable<Integer> {
    @Override
    public Integer call() {
      throw error;
    }
  }

  private static CommandLineRun runThrowing(Error error) {
    StringWriter err = new StringWriter();
    int code =
        Main.run(
            Main.commandLine().addSubcommand(new Throwing(error)).setErr(new PrintWriter(err)),
            "break");
    return new CommandLineRun(code, "", err.toString());
  }

  @Test
  void tooLittleMemoryIsTheMachinesFaultAndSaidInOneSentence() {
    CommandLineRun run = runThrowing(new OutOfMemoryError("Java heap space"));
    assertThat(run.exitCode()).isEqualTo(4);
    assertThat(run.err())
        .hasLineCount(1)
        .contains("GB of memory do not suffice (Java heap space)", "LLAMARK_JAVA_OPTS=-Xmx");
  }

  @Test
  void anyOtherErrorEndsWithSeventyTooAndNoStackTrace() throws IOException {
    CommandLineRun run = runThrowing(new StackOverflowError());
    assertThat(run.exitCode()).isEqualTo(70);
    assertThat(run.err()).hasLineCount(2).contains("StackOverflowError").doesNotContain("\tat ");
    Files.delete(Path.of(run.err().replaceAll("(?s).*the trace in (\\S+).*", "$1")));
  }

  @Test
  void figuresBeyondAllBoundsAreUsageErrors() {
    for (List<String> bad :
        List.of(
            List.of("ops", "--case", "matmul:f32:99999999x99999999x9999999"),
            List.of("ops", "--case", "rope:f32:3000x3000x3000"),
            List.of("model", "-d", "2147483647"),
            List.of("model", "--kv", "nope"),
            List.of("model", "-m", ""),
            List.of("model", "--save-golden", "."),
            List.of("ops", "--junit", "."))) {
      List<String> words = new ArrayList<>(List.of("verify"));
      words.addAll(bad);
      words.addAll(List.of("--kernels", "scalar"));
      CommandLineRun run = CommandLineRun.of(words.toArray(String[]::new));
      assertThat(run.exitCode()).as("%s: %s", bad, run.err()).isEqualTo(2);
      assertThat(run.err()).as("%s", bad).hasLineCount(1);
    }
  }

  @Test
  void recordsGoToTheFileAndJsonToTheOutput(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("v.jsonl");
    CommandLineRun run =
        CommandLineRun.of(
            "verify",
            "ops",
            "--kernels",
            "scalar",
            "--op",
            "swiglu",
            "--format",
            "json",
            "--out",
            file.toString());
    assertThat(run.exitCode()).isZero();
    assertThat(Files.readString(file)).isEqualTo(run.out());
    assertThat(run.out().lines()).hasSizeGreaterThan(20).allMatch(l -> l.contains("\"PASS\""));
  }

  @Tag("external")
  @Test
  void aPromptIsReadByTheModelsOwnTokenizerWhereverItLies(@TempDir Path folder) throws IOException {
    Path stories = Path.of(System.getProperty("llamark.data", "."), "models", "stories260k");
    Path alone = folder.resolve("model.gguf");
    Files.copy(stories.resolve("stories260K.gguf"), alone);
    CommandLineRun run =
        CommandLineRun.of(
            "verify",
            "model",
            "-m",
            alone.toString(),
            "--prompt",
            "Once upon",
            "--kernels",
            "scalar");
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out()).contains("model.gguf").contains("scalar pass");
  }

  @Test
  void shardsShareTheCasesBetweenThem() {
    List<String> all = list();
    List<String> first = list("--shard", "1/2");
    List<String> second = list("--shard", "2/2");
    assertThat(first.size() + second.size()).isEqualTo(all.size());
    assertThat(first).doesNotContainAnyElementsOf(second);
  }

  private static List<String> list(String... more) {
    String[] args = {"verify", "ops", "--kernels", "scalar", "--list"};
    String[] both = new String[args.length + more.length];
    System.arraycopy(args, 0, both, 0, args.length);
    System.arraycopy(more, 0, both, args.length, more.length);
    return CommandLineRun.of(both).out().lines().toList();
  }

  @Test
  void theVersionIsThePoms() throws IOException {
    assertThat(Files.readString(Path.of("../pom.xml")))
        .contains("<artifactId>llamark</artifactId>\n  <version>" + Version.VERSION + "</version>");
  }
}
