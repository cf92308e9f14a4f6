package dev.llamark.verify.golden;

import dev.llamark.format.ModelSource;
import dev.llamark.model.LlamaConfig;
import dev.llamark.model.LlamaWeights;
import dev.llamark.run.InputException;
import dev.llamark.tensor.Matrix;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.zip.CRC32C;

/**
 * Which model it was: what a person calls it, and what no two models share.
 *
 * @param fields name, type, number of weights, every figure of its shape, and a digest of all
 *     weights, as texts
 */
public record ModelFingerprint(SequencedMap<String, String> fields) {

  private static final long CHUNK = 1L << 30;
  private static final String NAME = "name";

  /** Reads all weights once. */
  public static ModelFingerprint of(ModelSource source) {
    SequencedMap<String, String> fields = new LinkedHashMap<>();
    fields.put(NAME, source.name());
    fields.put("dtype", source.dtype().id());
    fields.put("params", String.valueOf(source.parameters()));
    addShape(fields, source.config());
    fields.put("weights", digest(source.weights()));
    return new ModelFingerprint(fields);
  }

  private static void addShape(Map<String, String> fields, LlamaConfig config) {
    fields.put("architecture", config.architecture());
    fields.put("hidden", String.valueOf(config.hidden()));
    fields.put("ffn", String.valueOf(config.ffn()));
    fields.put("layers", String.valueOf(config.layers()));
    fields.put("heads", String.valueOf(config.heads()));
    fields.put("kv_heads", String.valueOf(config.kvHeads()));
    fields.put("head_dim", String.valueOf(config.headDim()));
    fields.put("vocab", String.valueOf(config.vocab()));
    fields.put("rotary_dim", String.valueOf(config.rotaryDim()));
    fields.put("theta", String.valueOf(config.theta()));
    fields.put("epsilon", String.valueOf(config.epsilon()));
    fields.put("scaling", config.scaling().toString());
    fields.put("pairing", config.pairing().name());
  }

  /** The model's name. */
  public String name() {
    return fields.get(NAME);
  }

  /**
   * Holds a model against this one. What it is called does not matter: a file may be renamed.
   *
   * @param golden the file that this was read from, for the message
   * @throws InputException if a field differs; it is named
   */
  public void require(ModelFingerprint found, Path golden) {
    for (Map.Entry<String, String> field : found.fields.entrySet()) {
      String expected = fields.get(field.getKey());
      if (!field.getKey().equals(NAME) && !field.getValue().equals(expected)) {
        throw new InputException(
            "%s is of another model: '%s' is '%s' there, but '%s' in %s"
                .formatted(golden, field.getKey(), expected, field.getValue(), found.name()));
      }
    }
  }

  private static String digest(LlamaWeights weights) {
    MessageDigest digest = sha256();
    add(digest, weights.embedding());
    for (LlamaWeights.Layer layer : weights.layers()) {
      add(digest, layer.attentionNorm());
      add(digest, layer.query());
      add(digest, layer.key());
      add(digest, layer.value());
      add(digest, layer.queryBias());
      add(digest, layer.keyBias());
      add(digest, layer.valueBias());
      add(digest, layer.queryNorm());
      add(digest, layer.keyNorm());
      add(digest, layer.attentionOutput());
      add(digest, layer.ffnNorm());
      add(digest, layer.gate());
      add(digest, layer.up());
      add(digest, layer.down());
    }
    add(digest, weights.finalNorm());
    add(digest, weights.output());
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Type, shape, and a CRC of the bytes: a cryptographic digest of gigabytes takes too long. */
  private static void add(MessageDigest digest, Matrix matrix) {
    CRC32C crc = new CRC32C();
    MemorySegment data = matrix.data();
    for (long from = 0; from < data.byteSize(); from += CHUNK) {
      crc.update(data.asSlice(from, Math.min(CHUNK, data.byteSize() - from)).asByteBuffer());
    }
    String line =
        "%s %d %d %d;"
            .formatted(matrix.dtype().id(), matrix.rows(), matrix.columns(), crc.getValue());
    digest.update(line.getBytes(StandardCharsets.US_ASCII));
  }

  private static void add(MessageDigest digest, float[] vector) {
    ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * vector.length);
    bytes.asFloatBuffer().put(vector);
    digest.update(bytes);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java platform has it
    }
  }
}
