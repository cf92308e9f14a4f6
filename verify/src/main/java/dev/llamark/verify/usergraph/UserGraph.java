package dev.llamark.verify.usergraph;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import dev.llamark.format.ModelSource;
import dev.llamark.run.InputException;
import dev.llamark.verify.model.ModelTask;
import dev.llamark.verify.model.ReferenceModel;
import dev.llamark.verify.onnx.OrtRuntime;
import dev.llamark.verify.onnx.OrtRuntime.Settings;
import dev.llamark.verify.onnx.OrtSequence;
import dev.llamark.verify.onnx.TapPoint;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A user's own ONNX export of a model, as the reference: one by Hugging Face Optimum, without a
 * past, with one, or merged; or one for ONNX Runtime GenAI.
 */
public final class UserGraph implements ReferenceModel {

  private final ModelSource source;
  private final ModelTask task;
  private final OnnxFile file;
  private final OrtRuntime runtime;
  private final GraphPrecision precision;
  private final List<String> remarks = new ArrayList<>();

  private UserGraph(ModelSource source, ModelTask task, OnnxFile file) {
    this.source = source;
    this.task = task;
    this.file = file;
    precision = GraphPrecision.of(file.model());
    runtime = OrtRuntime.start();
  }

  /**
   * Reads a graph; no session is made yet.
   *
   * @param source the model that it is said to be, which must stay open
   * @param fileOrFolder the graph, or the folder that holds it
   * @throws InputException if there is no sound graph, or it is of another shape than the model
   */
  public static UserGraph read(ModelSource source, ModelTask task, Path fileOrFolder) {
    OnnxFile file = OnnxFile.read(fileOrFolder);
    GraphShape.require(file, source);
    return new UserGraph(source, task, file);
  }

  /** The graph's file. */
  OnnxFile file() {
    return file;
  }

  /** What its numbers are made of. */
  GraphPrecision precision() {
    return precision;
  }

  /** What is to be known of how it was run. */
  List<String> remarks() {
    return List.copyOf(remarks);
  }

  /** As records name it: {@code model.onnx (f16) on onnxruntime 1.29.0}. */
  public String name() {
    return "%s (%s) on onnxruntime %s".formatted(file.name(), precision, runtime.version());
  }

  @Override
  public OrtSequence sequence() {
    GraphSession graph = session(Settings.oracle());
    remarks.add("inputs " + graph.inputs().shown());
    return new UserSequence(name(), graph, source.config().vocab(), this::steps);
  }

  @Override
  public OrtSequence rewritten() {
    Settings optimised = Settings.oracle().withLevel(OptLevel.ALL_OPT);
    return new UserSequence(
        name(), session(optimised), source.config().vocab(), (_, _) -> Map.of());
  }

  private GraphSession session(Settings settings) {
    try {
      return bound(runtime.session(file.path(), settings));
    } catch (OrtException e) {
      throw refused(e);
    }
  }

  private GraphSession bound(OrtSession session) throws OrtException {
    return new GraphSession(
        runtime, session, source.config(), task.firstPosition(), file.names(), file.name());
  }

  private InputException refused(OrtException e) {
    return new InputException(
        "%s: ONNX Runtime refuses it: %s".formatted(file.path(), GraphSession.line(e)), e);
  }

  private Map<TapPoint, float[]> steps(int[] tokens, float[] logits) {
    if (!task.layers()) {
      return Map.of();
    }
    WatchedGraph watched = WatchedGraph.of(file, source);
    remarks.addAll(watched.remarks());
    if (watched.steps().isEmpty()) {
      return Map.of();
    }
    try (GraphSession graph =
        bound(runtime.session(watched.bytes(), file.folder(), Settings.oracle()))) {
      return watched.read(graph, tokens, logits, remarks::add);
    } catch (OrtException e) {
      throw refused(e);
    }
  }

  @Override
  public Optional<float[]> otherForm(int[] tokens) {
    return Optional.empty();
  }

  @Override
  public boolean written() {
    return false;
  }

  /** Sessions belong to their sequences, and the file is released with this object. */
  @Override
  public void close() {}
}
