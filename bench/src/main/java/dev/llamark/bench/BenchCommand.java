package dev.llamark.bench;

import dev.llamark.bench.claims.BenchClaimsCommand;
import dev.llamark.bench.machine.BenchMachineCommand;
import dev.llamark.bench.model.BenchModelCommand;
import dev.llamark.bench.ops.BenchOpsCommand;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code llamark bench}: how fast. */
@Command(
    name = "bench",
    description = "Time operations, models and the machine.",
    mixinStandardHelpOptions = true,
    subcommands = {
      BenchOpsCommand.class,
      BenchModelCommand.class,
      BenchMachineCommand.class,
      BenchClaimsCommand.class
    })
public final class BenchCommand implements Runnable {

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "say what to time: " + String.join(", ", spec.subcommands().keySet()));
  }
}
