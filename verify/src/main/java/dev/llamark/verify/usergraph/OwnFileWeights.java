package dev.llamark.verify.usergraph;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.lang.foreign.MemorySegment;

/**
 * Lets a changed copy of a model point at the weights within the model's own file, so that they
 * need not be copied with it.
 */
final class OwnFileWeights {

  /** Smaller tensors are copied: sizes, axes and tables that shape inference must see. */
  private static final int LARGE = 1 << 16;

  private final OnnxFile file;

  private OwnFileWeights(OnnxFile file) {
    this.file = file;
  }

  static OwnFileWeights of(OnnxFile file) {
    return new OwnFileWeights(file);
  }

  ModelProto moveOut(ModelProto model) {
    GraphProto.Builder graph = model.getGraph().toBuilder();
    for (int i = 0; i < graph.getInitializerCount(); i++) {
      TensorProto tensor = graph.getInitializer(i);
      if (tensor.getRawData().size() >= LARGE) {
        graph.setInitializer(i, pointing(tensor));
      }
    }
    return model.toBuilder().setGraph(graph).build();
  }

  private TensorProto pointing(TensorProto tensor) {
    MemorySegment data = MemorySegment.ofBuffer(tensor.getRawData().asReadOnlyByteBuffer());
    long offset = file.offset(data);
    return offset < 0
        ? tensor
        : tensor.toBuilder()
            .clearRawData()
            .setDataLocation(TensorProto.DataLocation.EXTERNAL)
            .addExternalData(entry("location", file.name()))
            .addExternalData(entry("offset", Long.toString(offset)))
            .addExternalData(entry("length", Long.toString(data.byteSize())))
            .build();
  }

  private static StringStringEntryProto entry(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }
}
