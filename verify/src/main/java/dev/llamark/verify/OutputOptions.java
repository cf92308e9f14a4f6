package dev.llamark.verify;

import dev.llamark.run.Environment;
import dev.llamark.run.InputException;
import dev.llamark.run.PartRecord;
import dev.llamark.run.ResultRecord;
import dev.llamark.run.ResultWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import picocli.CommandLine.Option;

/** Where results go, and in what form. */
public final class OutputOptions {

  /** For a person, a program, or a pull request. */
  public enum Format {
    TEXT,
    JSON,
    MD
  }

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Write result records to this file, one JSON object a line.")
  private Path out;

  @Option(
      names = "--format",
      paramLabel = "text|json|md",
      description = "What is printed: text (default), json (the records), md (Markdown).")
  private Format format = Format.TEXT;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Seed of all that is generated; default 42.")
  private long seed = 42;

  @Option(
      names = "--junit",
      paramLabel = "FILE.xml",
      description = "Write the verdicts as JUnit XML too.")
  private Path junit;

  public Format format() {
    return format;
  }

  public boolean text() {
    return format == Format.TEXT;
  }

  public long seed() {
    return seed;
  }

  /** The file that takes the records, if there is one. */
  public Optional<Path> file() {
    return Optional.ofNullable(out);
  }

  /** Takes every record: writes it to the file, if there is one, and prints it for JSON. */
  public Sink open() {
    if (junit != null && Files.isDirectory(junit)) {
      throw new InputException("--junit must be a file, but '%s' is a folder".formatted(junit));
    }
    ResultWriter writer = out == null ? null : ResultWriter.create(out);
    return new Sink(writer, format == Format.JSON, junit, new JUnitReport());
  }

  /** Where records go. */
  public static final class Sink implements Consumer<ResultRecord>, AutoCloseable {
    private final ResultWriter writer;
    private final boolean print;
    private final Path junit;
    private final JUnitReport report;
    private int rows;

    private Sink(ResultWriter writer, boolean print, Path junit, JUnitReport report) {
      this.writer = writer;
      this.print = print;
      this.junit = junit;
      this.report = report;
    }

    @Override
    public void accept(ResultRecord result) {
      if (writer != null) {
        writer.write(result);
      }
      if (print) {
        System.out.println(ResultWriter.line(result));
      }
      report.add(result);
      rows++;
    }

    /** Says in a last line that a part of a run has come to its end; of a whole run, nothing. */
    public void end(Environment environment) {
      if (environment.shard() != null) {
        accept(new PartRecord(rows, environment));
      }
    }

    @Override
    public void close() {
      if (writer != null) {
        writer.close();
      }
      if (junit != null) {
        report.write(junit);
      }
    }
  }
}
