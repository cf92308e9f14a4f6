package dev.llamark.verify.usergraph;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes models with their weights in a file of their own, as exporters do beyond 2 GB. */
final class ModelFiles {

  private static final int ALIGNMENT = 64;

  private ModelFiles() {}

  /** Writes {@code model.onnx} and {@code model.onnx.data}. */
  static Path writeExternal(ModelProto model, Path folder) throws IOException {
    GraphProto.Builder graph = model.getGraph().toBuilder();
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    for (TensorProto.Builder tensor : graph.getInitializerBuilderList()) {
      ByteString bytes = tensor.getRawData();
      if (bytes.size() < ALIGNMENT) {
        continue;
      }
      tensor
          .clearRawData()
          .setDataLocation(TensorProto.DataLocation.EXTERNAL)
          .addExternalData(entry("location", "model.onnx.data"))
          .addExternalData(entry("offset", Integer.toString(data.size())))
          .addExternalData(entry("length", Integer.toString(bytes.size())));
      bytes.writeTo(data);
      data.write(new byte[Math.floorMod(-data.size(), ALIGNMENT)]);
    }
    Files.write(folder.resolve("model.onnx.data"), data.toByteArray());
    Path file = folder.resolve("model.onnx");
    Files.write(file, model.toBuilder().setGraph(graph).build().toByteArray());
    return file;
  }

  private static StringStringEntryProto entry(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }
}
