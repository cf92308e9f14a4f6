package dev.llamark.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.sun.management.OperatingSystemMXBean;
import dev.llamark.run.Environment;
import dev.llamark.run.Interval;
import dev.llamark.run.OpRecord;
import dev.llamark.run.ResultWriter;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The exit codes that scripts rely on; 1 is in {@link VerdictsTest}, 70 in {@link MainTest}. */
class ExitCodesTest {

  private static final String UNUSABLE =
      """
      import dev.llamark.kernel.*;
      import dev.llamark.run.ThreadTeam;
      import java.util.Optional;

      public class Unable implements KernelProvider {
        public String id() {
          return "unable";
        }

        public Optional<Unusable> unusable() {
          return Optional.of(new Unusable("this machine has no luck", "get some"));
        }

        public Kernels create(ThreadTeam team) {
          throw new IllegalStateException();
        }
      }
      """;

  private static final String BREAKS =
      """
      import dev.llamark.kernel.*;
      import dev.llamark.run.ThreadTeam;

      public class Breaks implements KernelProvider {
        public String id() {
          return "breaks";
        }

        public Kernels create(ThreadTeam team) {
          throw new IllegalStateException("no table of sines");
        }
      }
      """;

  @TempDir private Path folder;

  @Test
  void zeroAllIsRight() {
    assertThat(verify("--kernels", "scalar", "--op", "swiglu").exitCode()).isZero();
  }

  @Test
  void twoBadInput() throws IOException {
    Path broken = Files.writeString(folder.resolve("broken.gguf"), "no model");
    CommandLineRun run = CommandLineRun.of("verify", "model", "-m", broken.toString());
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).hasLineCount(1).contains("broken.gguf");
  }

  @Test
  void twoAVariantThatCannotBeOpened() throws IOException {
    String jar = VariantJar.build(folder, "Breaks", BREAKS).toString();
    CommandLineRun run = verify("--variants", jar, "--kernels", "breaks", "--op", "swiglu");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.out())
        .contains("INCOMPLETE: variant 'breaks' cannot be opened: Breaks of Breaks.jar: create()")
        .contains("no table of sines");
  }

  @Test
  void threeSlowerThanTheBaseline() {
    String base = timed("base.jsonl", 1000);
    String now = timed("now.jsonl", 1500);
    CommandLineRun run = CommandLineRun.of("compare", base, now, "--fail-on", "slower");
    assertThat(run.exitCode()).as(run.err()).isEqualTo(3);
  }

  private String timed(String name, double ns) {
    Path file = folder.resolve(name);
    double[] forks = {ns, 1.01 * ns, 0.99 * ns, 1.005 * ns, 0.995 * ns};
    try (ResultWriter writer = ResultWriter.create(file)) {
      writer.write(
          new OpRecord(
              "swiglu",
              "swiglu:f32:1x64",
              "f32",
              Map.of("rows", 1, "size", 64),
              "mine",
              "variant",
              0,
              1,
              "hot",
              new Interval(ns, 0.99 * ns, 1.01 * ns, forks),
              1.0,
              1.0,
              new OpRecord.Roof("memory", 20, 50, 49.0, 51.0),
              0.0,
              Map.of(),
              null,
              List.of(),
              Environment.collect(42),
              null,
              null,
              null));
    }
    return file.toString();
  }

  @Test
  void fourAVariantThatCannotRunHere() throws IOException {
    String jar = VariantJar.build(folder, "Unable", UNUSABLE).toString();
    CommandLineRun run = verify("--variants", jar, "--kernels", "unable");
    assertThat(run.exitCode()).isEqualTo(4);
    assertThat(run.err()).hasLineCount(1).contains("this machine has no luck", "get some");
  }

  @Test
  void fourNoOnnxRuntimeForAModelWhileOperationsGoOn() {
    String key = "onnxruntime.native.path";
    String before = System.getProperty(key, "");
    System.setProperty(key, "/nowhere");
    try {
      CommandLineRun model = CommandLineRun.of("verify", "model", "--kernels", "scalar", "-p", "3");
      assertThat(model.exitCode()).isEqualTo(4);
      assertThat(model.out()).contains("INCOMPLETE: the model was not compared: ONNX Runtime");
      assertThat(verify("--kernels", "scalar", "--op", "swiglu").exitCode()).isZero();
    } finally {
      if (before.isEmpty()) {
        System.clearProperty(key);
      } else {
        System.setProperty(key, before);
      }
    }
  }

  @Test
  void fourAModelThatTheMachineCannotHold() {
    long memory =
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
    assumeThat(memory).isLessThan(500_000_000_000L);
    CommandLineRun run =
        CommandLineRun.of("verify", "model", "-m", "synthetic:llama-3.1-70b", "-p", "2");
    assertThat(run.exitCode()).isEqualTo(4);
    assertThat(run.out()).contains("takes about 56", "GB of memory", "choose a smaller model");
  }

  @Test
  void fiveNothingRan() {
    CommandLineRun run = verify("--kernels", "scalar", "--op", "swiglu", "--shard", "999/999");
    assertThat(run.exitCode()).isEqualTo(5);
    assertThat(run.out()).contains("NOTHING");
  }

  @Test
  void hundredThirtyInterrupted() throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    // A shell that runs things in the background lets them ignore interrupts
    if (works("env", "--default-signal=INT", "true")) {
      command.addAll(List.of("env", "--default-signal=INT"));
    }
    assumeThat(works("kill", "-l")).isTrue();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("--add-modules=jdk.incubator.vector", "-cp"));
    command.addAll(List.of(System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of("verify", "ops", "--kernels", "scalar", "--dtype", "all"));
    Path out = folder.resolve("out.jsonl");
    command.addAll(List.of("--out", out.toString()));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log.txt").toFile())
            .start();
    try {
      for (int i = 0; i < 600 && !(Files.exists(out) && Files.size(out) > 0); i++) {
        assertThat(process.isAlive()).as("still at work").isTrue();
        Thread.sleep(50);
      }
      String pid = String.valueOf(process.pid());
      assertThat(new ProcessBuilder("kill", "-INT", pid).start().waitFor()).isZero();
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(130);
    } finally {
      process.destroyForcibly();
    }
    // What had been found by then can be read
    assertThat(Files.readString(out)).startsWith("{\"schema\":1");
  }

  private static boolean works(String... command) throws InterruptedException {
    try {
      return new ProcessBuilder(command)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private static CommandLineRun verify(String... args) {
    List<String> words = new ArrayList<>(List.of("verify", "ops"));
    words.addAll(List.of(args));
    return CommandLineRun.of(words.toArray(String[]::new));
  }
}
