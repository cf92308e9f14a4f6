package dev.llamark.bench;

import dev.llamark.bench.compare.CompareCommand;
import dev.llamark.bench.compare.MergeCommand;
import dev.llamark.run.ExitCode;
import dev.llamark.run.LlamarkException;
import dev.llamark.run.Version;
import dev.llamark.verify.VerifyCommand;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code llamark}: the root command. */
@Command(
    name = "llamark",
    version = "llamark " + Version.VERSION,
    description = "Benchmarks and verifies LLM kernels on the JVM.",
    mixinStandardHelpOptions = true,
    subcommands = {
      VerifyCommand.class,
      BenchCommand.class,
      CompareCommand.class,
      MergeCommand.class,
      RunCommand.class,
      InfoCommand.class
    })
public final class Main implements Runnable {

  @Spec private CommandSpec spec;

  private Main() {}

  public static void main(String[] args) {
    int code = commandLine().execute(args);
    System.out.flush();
    System.exit(code);
  }

  /** The whole command line, as a test runs it too. */
  static CommandLine commandLine() {
    return new CommandLine(new Main())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(Main::badUsage)
        .setExecutionExceptionHandler((e, line, parsed) -> failed(e, line));
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
