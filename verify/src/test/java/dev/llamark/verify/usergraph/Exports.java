package dev.llamark.verify.usergraph;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import dev.llamark.format.ModelSource;
import dev.llamark.format.ModelSources;
import dev.llamark.verify.usergraph.OptimumExport.Form;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;

/** Files {@code model.onnx} of the model {@code synthetic:probe256}, right and wrong. */
public final class Exports {

  private Exports() {}

  /** A right one, merged. */
  public static Path optimum(Path folder) throws IOException {
    return write(folder, copy -> new OptimumExport(copy, Form.MERGED).write());
  }

  /** A right one for ONNX Runtime GenAI, in four bits; the folder is its name. */
  public static Path fourBits(Path folder) throws IOException {
    try (ModelSource probe = probe()) {
      new GenAiExport(ModelCopy.of(probe), DataType.FLOAT, true, false).write(folder, "model.onnx");
    }
    return folder;
  }

  /** One with a transposed matrix. */
  public static Path transposedQueryOfLayer1(Path folder) throws IOException {
    return write(
        folder,
        copy ->
            new OptimumExport(copy.withLayer(1, ModelCopy::queryTransposed), Form.WITH_PAST)
                .write());
  }

  /** One that needs an input more. */
  public static Path withAnotherInput(Path folder, String name) throws IOException {
    return write(
        folder,
        copy -> {
          ModelProto model = new OptimumExport(copy, Form.WITH_PAST).write();
          GraphProto.Builder graph = model.getGraph().toBuilder();
          graph.addInput(graph.getInput(0).toBuilder().setName(name));
          return model.toBuilder().setGraph(graph).build();
        });
  }

  private static ModelSource probe() {
    return ModelSources.open("synthetic:probe256");
  }

  private static Path write(Path folder, Function<ModelCopy, ModelProto> export)
      throws IOException {
    Path file = folder.resolve("model.onnx");
    try (ModelSource probe = probe()) {
      Files.write(file, export.apply(ModelCopy.of(probe)).toByteArray());
    }
    return file;
  }
}
