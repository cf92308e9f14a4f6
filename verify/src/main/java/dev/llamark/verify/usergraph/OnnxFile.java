package dev.llamark.verify.usergraph;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.UnsafeByteOperations;
import dev.llamark.run.InputException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * An ONNX model as it lies in its file. Tensors within the file are read where they lie, those
 * beside it only when asked for.
 */
public final class OnnxFile {

  /** The names under which exporters leave a whole decoder, the most complete first. */
  private static final List<String> USUAL_NAMES =
      List.of(
          "model.onnx",
          "decoder_model_merged.onnx",
          "decoder_with_past_model.onnx",
          "decoder_model.onnx");

  private final Path path;
  private final MemorySegment bytes;
  private final ModelProto model;
  private final Optional<GenAiConfig> genAi;

  private OnnxFile(Path path, MemorySegment bytes, ModelProto model, Optional<GenAiConfig> genAi) {
    this.path = path;
    this.bytes = bytes;
    this.model = model;
    this.genAi = genAi;
  }

  /**
   * Reads a model and what ONNX Runtime GenAI says about it, if that stands beside it.
   *
   * @param fileOrFolder the model, or the folder that holds it
   * @throws InputException if there is none, or it is no sound ONNX model, or a file of external
   *     data is missing or too short
   */
  public static OnnxFile read(Path fileOrFolder) {
    Path path = Files.isDirectory(fileOrFolder) ? modelIn(fileOrFolder) : fileOrFolder;
    Optional<GenAiConfig> genAi =
        GenAiConfig.in(folderOf(path))
            .filter(config -> config.filename().equals(path.getFileName().toString()));
    ByteBuffer bytes = map(path);
    OnnxFile file = new OnnxFile(path, MemorySegment.ofBuffer(bytes), parse(path, bytes), genAi);
    file.tensors().forEach(file::requireData);
    return file;
  }

  private static Path modelIn(Path folder) {
    Optional<GenAiConfig> config = GenAiConfig.in(folder);
    if (config.isPresent()) {
      return folder.resolve(config.get().filename());
    }
    for (String name : USUAL_NAMES) {
      if (Files.isRegularFile(folder.resolve(name))) {
        return folder.resolve(name);
      }
    }
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> models = files.filter(f -> f.toString().endsWith(".onnx")).sorted().toList();
      if (models.size() == 1) {
        return models.getFirst();
      }
      throw new InputException(
          "%s: must hold one .onnx file, but holds %d; name the file"
              .formatted(folder, models.size()));
    } catch (IOException e) {
      throw new InputException(folder + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private static ByteBuffer map(Path path) {
    if (!Files.isRegularFile(path)) {
      throw new InputException(path + ": expected an ONNX file, but there is no such file");
    }
    try (FileChannel channel = FileChannel.open(path)) {
      if (channel.size() > Integer.MAX_VALUE) {
        throw new InputException(
            path + ": a protobuf must be below 2 GB; save the weights as external data");
      }
      return channel.map(MapMode.READ_ONLY, 0, channel.size());
    } catch (IOException e) {
      throw new InputException(path + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private static ModelProto parse(Path path, ByteBuffer bytes) {
    try {
      CodedInputStream stream = UnsafeByteOperations.unsafeWrap(bytes).newCodedInput();
      stream.enableAliasing(true); // weights stay in the mapping
      ModelProto model = ModelProto.parseFrom(stream);
      if (!model.hasGraph() || model.getGraph().getNodeCount() == 0) {
        throw new InputException(path + ": is no ONNX model: it holds no graph");
      }
      return model;
    } catch (IOException e) {
      throw new InputException(
          "%s: is no ONNX model, or not a whole one: %s"
              .formatted(path, firstSentence(e.getMessage())),
          e);
    }
  }

  private static String firstSentence(String text) {
    String line = text.lines().findFirst().orElse("");
    int end = line.indexOf(". ");
    String sentence = end < 0 ? line : line.substring(0, end);
    return sentence.endsWith(".") ? sentence.substring(0, sentence.length() - 1) : sentence;
  }

  private static Path folderOf(Path path) {
    Path parent = path.toAbsolutePath().getParent();
    return parent == null ? path.toAbsolutePath() : parent;
  }

  /** The model's file. */
  public Path path() {
    return path;
  }

  /** The file's name, for headlines and messages. */
  public String name() {
    return path.getFileName().toString();
  }

  /** Where files of external data lie. */
  Path folder() {
    return folderOf(path);
  }

  ModelProto model() {
    return model;
  }

  /** Where in this file some of its bytes lie; −1 if they are not of it. */
  long offset(MemorySegment part) {
    long offset = part.isNative() ? part.address() - bytes.address() : -1;
    return offset >= 0 && offset + part.byteSize() <= bytes.byteSize() ? offset : -1;
  }

  /** What ONNX Runtime GenAI says about this file, if it does. */
  Optional<GenAiConfig> genAi() {
    return genAi;
  }

  /** Names of inputs and outputs. */
  ValueNames names() {
    return genAi.map(GenAiConfig::names).orElse(ValueNames.STANDARD);
  }

  /** All constant tensors, those of branches among them. */
  private List<TensorProto> tensors() {
    List<TensorProto> all = new ArrayList<>();
    collect(model.getGraph(), all);
    return all;
  }

  private static void collect(GraphProto graph, List<TensorProto> into) {
    into.addAll(graph.getInitializerList());
    for (NodeProto node : graph.getNodeList()) {
      for (AttributeProto attribute : node.getAttributeList()) {
        if (attribute.hasT()) {
          into.add(attribute.getT());
        }
        if (attribute.hasG()) {
          collect(attribute.getG(), into);
        }
      }
    }
  }

  private void requireData(TensorProto tensor) {
    ExternalData.of(tensor).ifPresent(data -> data.require(path, folder()));
  }

  /** The elements of a constant of any type of floats, row-major. */
  float[] floats(TensorProto tensor) {
    return ConstantFloats.of(tensor, folder());
  }
}
