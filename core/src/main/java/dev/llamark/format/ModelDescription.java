package dev.llamark.format;

import dev.llamark.model.LlamaConfig;
import dev.llamark.tensor.DType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * What a person wants to know of a model before running it.
 *
 * @param name for headlines
 * @param format of its files, such as {@code GGUF v3}
 * @param config the model's shape, rotary embedding included
 * @param dtype the type of most weights
 * @param parameters number of weights, a tied output counted once
 * @param bytes size of its files together; 0 where there are none
 * @param tokenizer what kind it is and where it lies, or that there is none
 * @param tensors as the files hold them, in their order; empty where there are none
 * @param metadata keys and values of the file or the configuration, long values abridged
 */
public record ModelDescription(
    String name,
    String format,
    LlamaConfig config,
    DType dtype,
    long parameters,
    long bytes,
    String tokenizer,
    List<Entry> tensors,
    SequencedMap<String, String> metadata) {

  public ModelDescription {
    tensors = List.copyOf(tensors);
    metadata = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(metadata));
  }

  /**
   * A tensor of a file.
   *
   * @param name as the file has it
   * @param dtype type of its elements
   * @param shape dimensions, the slowest first
   * @param elements number of its elements
   * @param bytes that it takes
   */
  public record Entry(String name, DType dtype, String shape, long elements, long bytes) {}

  /**
   * What is stored in one type.
   *
   * @param dtype the type
   * @param tensors number of tensors
   * @param elements in all of them
   * @param bytes of all of them
   */
  public record TypeShare(DType dtype, int tensors, long elements, long bytes) {}

  /** A source's own answers, with what its files say. */
  public static ModelDescription of(
      ModelSource source,
      String format,
      long bytes,
      String tokenizer,
      Collection<Tensor> tensors,
      SequencedMap<String, String> metadata) {
    return new ModelDescription(
        source.name(),
        format,
        source.config(),
        source.dtype(),
        source.parameters(),
        bytes,
        tokenizer,
        tensors.stream().map(ModelDescription::entry).toList(),
        metadata);
  }

  private static Entry entry(Tensor tensor) {
    return new Entry(
        tensor.name(),
        tensor.dtype(),
        tensor.shapeText(),
        tensor.elements(),
        tensor.data().byteSize());
  }

  /** The types of the files' tensors, the one with most bytes first. */
  public List<TypeShare> types() {
    List<TypeShare> shares = new ArrayList<>();
    for (DType type : DType.values()) {
      List<Entry> ofType = tensors.stream().filter(entry -> entry.dtype == type).toList();
      if (!ofType.isEmpty()) {
        long elements = ofType.stream().mapToLong(Entry::elements).sum();
        long bytes = ofType.stream().mapToLong(Entry::bytes).sum();
        shares.add(new TypeShare(type, ofType.size(), elements, bytes));
      }
    }
    shares.sort((a, b) -> Long.compare(b.bytes, a.bytes));
    return shares;
  }
}
