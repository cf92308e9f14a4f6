package dev.llamark.verify.onnx;

/** One sequence of tokens on ONNX Runtime, which grows by batches and keeps what it has seen. */
public interface OrtSequence extends AutoCloseable {

  /** As headlines and records name it: {@code onnxruntime 1.29.0}. */
  String name();

  /** Forgets all tokens. */
  void reset();

  /**
   * Appends tokens to the sequence.
   *
   * @param tokens their ids, at least one
   * @return their logits, (tokens × vocab)
   */
  float[] forward(int... tokens);

  /** As {@link #forward}, with the steps that can be seen. */
  OrtReference.Output forwardWithTaps(int... tokens);

  @Override
  void close();
}
