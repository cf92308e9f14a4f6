package dev.llamark.bench.model;

import dev.llamark.format.ModelSource;
import dev.llamark.kernel.Kernels;
import dev.llamark.model.KvCache;
import dev.llamark.model.Llama;
import dev.llamark.model.Logits;
import dev.llamark.model.TapListener;
import dev.llamark.run.ThreadTeam;
import dev.llamark.tensor.DType;
import dev.llamark.verify.onnx.FusedOrtModel;

/** What runs a whole model: our forward pass over a variant, or a session of ONNX Runtime. */
interface Engine extends AutoCloseable {

  /** Forgets all tokens from {@code length} on. */
  void truncate(int length);

  /**
   * Appends tokens.
   *
   * @return the logits of the last, (vocab); overwritten by the next call
   */
  float[] forward(int... tokens);

  @Override
  void close();

  /** Our forward pass. */
  static Engine of(ModelSource source, Kernels kernels, ThreadTeam team, int capacity, DType kv) {
    Llama llama = Llama.of(source.config(), source.weights(), source::map, kernels);
    KvCache cache = llama.newCache(capacity, kv);
    float[] logits = new float[source.config().vocab()];
    return new Engine() {
      @Override
      public void truncate(int length) {
        cache.truncate(length);
      }

      @Override
      public float[] forward(int... tokens) {
        llama.forward(tokens, cache, Logits.LAST, TapListener.NONE, logits);
        return logits;
      }

      @Override
      public void close() {
        llama.close();
        kernels.close();
        team.close();
      }
    };
  }

  /** The whole model as one session of ONNX Runtime at its fastest. */
  static Engine ort(ModelSource source, int threads, int capacity) {
    FusedOrtModel session = FusedOrtModel.of(source.config(), source.weights(), capacity, threads);
    float[] logits = new float[source.config().vocab()];
    return new Engine() {
      @Override
      public void truncate(int length) {
        session.truncate(length);
      }

      @Override
      public float[] forward(int... tokens) {
        session.forward(tokens).get(logits);
        return logits;
      }

      @Override
      public void close() {
        session.close();
      }
    };
  }
}
