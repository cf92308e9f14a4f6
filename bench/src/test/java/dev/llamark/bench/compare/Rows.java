package dev.llamark.bench.compare;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamark.run.Environment;
import dev.llamark.run.Interval;
import dev.llamark.run.LlamarkException;
import dev.llamark.run.ModelId;
import dev.llamark.run.ModelRecord;
import dev.llamark.run.OpRecord;
import dev.llamark.run.PartRecord;
import dev.llamark.run.ResultRecord;
import dev.llamark.run.ResultWriter;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import picocli.CommandLine;

/** Timed rows of which everything is known, and commands that read them. */
final class Rows {

  static final Environment ENV = Environment.collect(42);

  private Rows() {}

  /** Five forks of about a microsecond times a factor, on a machine that reached 100 meanwhile. */
  static ObjectNode row(String opCase, double factor) {
    return ResultWriter.object(op(opCase, factor));
  }

  static OpRecord op(String opCase, double factor) {
    return new OpRecord(
        "swiglu",
        opCase,
        "f32",
        Map.of("rows", 1, "size", 64),
        "mine",
        "variant",
        0,
        1,
        "hot",
        new Interval(1000 * factor, 990 * factor, 1010 * factor, forks(factor)),
        1.0,
        1.0,
        new OpRecord.Roof("memory", 100, 50, 49.0, 51.0),
        0.0,
        Map.of(),
        null,
        List.of(),
        ENV,
        null,
        null,
        null);
  }

  static ObjectNode model(double factor, ModelRecord.Probe probe) {
    double[] speeds = Arrays.stream(forks(factor)).map(nanos -> 1e6 / nanos).toArray();
    return ResultWriter.object(
        new ModelRecord(
            "pp512",
            0,
            "f32",
            new ModelId("synthetic:probe", "f32", 1_000_000),
            "mine",
            "variant",
            0,
            1,
            new ModelRecord.Samples(1000 / factor, null, null, speeds),
            probe,
            Map.of(),
            null,
            null,
            null,
            ENV));
  }

  private static double[] forks(double factor) {
    return new double[] {1000 * factor, 1010 * factor, 990 * factor, 1005 * factor, 995 * factor};
  }

  /** The row, changed. */
  static ObjectNode with(ObjectNode row, Consumer<ObjectNode> change) {
    ObjectNode copy = row.deepCopy();
    change.accept(copy);
    return copy;
  }

  static ObjectNode ofPeer(ObjectNode row) {
    return with(row, r -> r.put("role", "peer"));
  }

  static ObjectNode roof(ObjectNode row, String bound, double limit) {
    return with(row, r -> r.withObject("/roof").put("bound", bound).put("limit", limit));
  }

  static ObjectNode env(ObjectNode row, String field, String value) {
    return with(row, r -> r.withObject("/env").put(field, value));
  }

  /** The line that ends a part. */
  static ResultRecord end(String shard, int rows) {
    return new PartRecord(rows, ENV.ofShard(shard));
  }

  static Path write(Path file, List<ObjectNode> rows) {
    try (ResultWriter writer = ResultWriter.create(file)) {
      rows.forEach(writer::write);
    }
    return file;
  }

  /**
   * One call of a command.
   *
   * @param err standard error, and with it what the root command would print there
   */
  record Call(int code, String out, String err) {

    static Call of(Object command, Object... args) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      ByteArrayOutputStream err = new ByteArrayOutputStream();
      PrintStream usualOut = System.out;
      PrintStream usualErr = System.err;
      System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
      System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
      try {
        int code =
            new CommandLine(command)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler(
                    (e, line, parsed) -> {
                      if (e instanceof LlamarkException expected) {
                        System.err.println(e.getMessage());
                        return expected.exitCode().code();
                      }
                      throw e;
                    })
                .execute(Arrays.stream(args).map(Object::toString).toArray(String[]::new));
        return new Call(
            code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
      } finally {
        System.setOut(usualOut);
        System.setErr(usualErr);
      }
    }
  }
}
