package dev.llamark.verify.usergraph;

import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.llamark.run.InputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where the elements of a tensor lie that are not in the model's own file.
 *
 * @param tensor its name
 * @param location file, relative to the model's folder
 * @param offset of the first byte
 * @param length in bytes; 0 for all that follows
 */
record ExternalData(String tensor, String location, long offset, long length) {

  /** Empty where the elements are in the model itself. */
  static Optional<ExternalData> of(TensorProto tensor) {
    if (tensor.getDataLocation() != TensorProto.DataLocation.EXTERNAL) {
      return Optional.empty();
    }
    String location = "";
    long offset = 0;
    long length = 0;
    for (StringStringEntryProto entry : tensor.getExternalDataList()) {
      switch (entry.getKey()) {
        case "location" -> location = entry.getValue();
        case "offset" -> offset = number(tensor, entry);
        case "length" -> length = number(tensor, entry);
        default -> {} // checksums and the like
      }
    }
    return Optional.of(new ExternalData(tensor.getName(), location, offset, length));
  }

  private static long number(TensorProto tensor, StringStringEntryProto entry) {
    try {
      return Long.parseUnsignedLong(entry.getValue());
    } catch (NumberFormatException e) {
      throw new InputException(
          "tensor '%s': %s of its external data must be a number, but is '%s'"
              .formatted(tensor.getName(), entry.getKey(), entry.getValue()),
          e);
    }
  }

  /** Refuses a file that is not there, not beside the model, or too short. */
  void require(Path model, Path folder) {
    Path file = folder.resolve(location).normalize();
    if (location.isEmpty() || !file.startsWith(folder.normalize())) {
      throw new InputException(
          "%s: external data of tensor '%s' must lie beside the model, but is at '%s'"
              .formatted(model, tensor, location));
    }
    if (!Files.isRegularFile(file)) {
      throw new InputException(
          "%s: external data of tensor '%s' should be in %s, but there is no such file"
              .formatted(model, tensor, file));
    }
    try {
      if (offset < 0 || length < 0 || offset + length > Files.size(file)) {
        throw new InputException(
            "%s: external data of tensor '%s' should be bytes %d to %d of %s, which has only %d"
                .formatted(model, tensor, offset, offset + length, file, Files.size(file)));
      }
    } catch (IOException e) {
      throw new InputException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /** The bytes. */
  ByteBuffer read(Path folder) {
    Path file = folder.resolve(location);
    try (FileChannel channel = FileChannel.open(file)) {
      long bytes = length > 0 ? length : channel.size() - offset;
      ByteBuffer buffer = ByteBuffer.allocate(Math.toIntExact(bytes));
      while (buffer.hasRemaining() && channel.read(buffer, offset + buffer.position()) > 0) {}
      return buffer.flip();
    } catch (IOException e) {
      throw new InputException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }
}
