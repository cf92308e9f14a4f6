package dev.llamark.verify.model;

import dev.llamark.verify.onnx.OrtSequence;
import java.util.Optional;

/** A graph of the model on ONNX Runtime: what variants are compared with. */
public interface ReferenceModel extends AutoCloseable {

  /** An empty sequence on the graph as it stands, with one thread. */
  OrtSequence sequence();

  /** As {@link #sequence}, with no step to be seen; empty where the graph cannot be without. */
  default Optional<OrtSequence> unwatched() {
    return Optional.empty();
  }

  /** An empty sequence on the graph as ONNX Runtime rewrites it. */
  OrtSequence rewritten();

  /** The logits of the same model in another form of graph, to compare the two. */
  Optional<float[]> otherForm(int[] tokens);

  /**
   * Whether the graph was written from the model itself, so that its distance from the model in
   * double is float noise by construction; else it may be coarser, or another model.
   */
  boolean written();

  @Override
  void close();
}
