package dev.llamark.bench;

import dev.llamark.bench.compare.CompareCommand;
import dev.llamark.bench.compare.MergeCommand;
import dev.llamark.run.EnvironmentException;
import dev.llamark.run.ExitCode;
import dev.llamark.run.LlamarkException;
import dev.llamark.run.Version;
import dev.llamark.verify.VerifyCommand;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code llamark}: the root command. */
@Command(
    name = "llamark",
    description = "Benchmarks and verifies LLM kernels on the JVM.",
    mixinStandardHelpOptions = true)
public final class Main implements Runnable {

  /** By name, in the order of the help. */
  private static final SequencedMap<String, Class<?>> COMMANDS = commands();

  @Spec private CommandSpec spec;

  private Main() {}

  public static void main(String[] args) {
    int code = run(commandLine(args), args);
    System.out.flush();
    System.exit(code);
  }

  /** Runs a command; what even picocli lets through ends it in a sentence too. */
  static int run(CommandLine line, String... args) {
    try {
      return line.execute(args);
    } catch (OutOfMemoryError e) {
      String sentence =
          "Java's %.1f GB of memory do not suffice (%s); choose a smaller model or fewer tokens, or"
              + " give it more with LLAMARK_JAVA_OPTS=-Xmx…";
      double most = Runtime.getRuntime().maxMemory() / 1e9;
      return failed(new EnvironmentException(sentence.formatted(most, e.getMessage())), line);
    } catch (Error e) {
      return CrashReport.write(e, line.getErr());
    }
  }

  private static SequencedMap<String, Class<?>> commands() {
    SequencedMap<String, Class<?>> commands = new LinkedHashMap<>();
    commands.put("verify", VerifyCommand.class);
    commands.put("bench", BenchCommand.class);
    commands.put("compare", CompareCommand.class);
    commands.put("merge", MergeCommand.class);
    commands.put("run", RunCommand.class);
    commands.put("info", InfoCommand.class);
    return commands;
  }

  /**
   * The command line for these arguments, as a test runs it too. Where the first one names a
   * command, only that is built: its siblings would cost more than a short command takes.
   */
  static CommandLine commandLine(String... args) {
    CommandLine line = new CommandLine(new Main());
    if (args.length > 0 && COMMANDS.containsKey(args[0])) {
      line.addSubcommand(args[0], COMMANDS.get(args[0]));
    } else {
      COMMANDS.forEach(line::addSubcommand);
    }
    setVersion(line);
    return line.setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(Main::badUsage)
        .setExecutionExceptionHandler((e, command, parsed) -> failed(e, command));
  }

  /** Every command answers {@code --version}. */
  private static void setVersion(CommandLine line) {
    line.getCommandSpec().version("llamark " + Version.VERSION);
    line.getSubcommands().values().forEach(Main::setVersion);
  }

  /** Without a word there is nothing to do. */
  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  private static int badUsage(ParameterException e, String[] args) {
    CommandLine line = e.getCommandLine();
    String message = e.getMessage();
    line.getErr()
        .printf("llamark: %s; see '%s --help'%n", message, line.getCommandSpec().qualifiedName());
    line.getErr().flush();
    return ExitCode.USAGE.code();
  }

  private static int failed(Exception e, CommandLine line) {
    System.out.flush();
    PrintWriter err = line.getErr();
    if (e instanceof LlamarkException expected) {
      err.println("llamark: " + expected.getMessage());
      err.flush();
      return expected.exitCode().code();
    }
    return CrashReport.write(e, err);
  }
}
