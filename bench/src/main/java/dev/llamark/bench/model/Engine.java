package dev.llamark.bench.model;

import dev.llamark.format.ModelSource;
import dev.llamark.kernel.Kernels;
import dev.llamark.model.KvCache;
import dev.llamark.model.Llama;
import dev.llamark.model.Logits;
import dev.llamark.run.ThreadTeam;
import dev.llamark.tensor.DType;
import dev.llamark.verify.onnx.OrtReference;
import dev.llamark.verify.onnx.OrtRuntime;
import dev.llamark.verify.onnx.OrtWeights;
import java.util.Arrays;

/** What runs a whole model: our forward pass over a variant, or a session of ONNX Runtime. */
interface Engine extends AutoCloseable {

  /** Forgets all tokens. */
  void reset();

  /** Appends tokens; returns the logits of the last, at the end of the array. */
  float[] forward(int... tokens);

  @Override
  void close();

  /** Our forward pass. */
  static Engine of(ModelSource source, Kernels kernels, ThreadTeam team, int capacity, DType kv) {
    Llama llama = Llama.of(source.config(), source.weights(), kernels);
    KvCache cache = llama.newCache(capacity, kv);
    return new Engine() {
      @Override
      public void reset() {
        cache.reset();
      }

      @Override
      public float[] forward(int... tokens) {
        return llama.forward(tokens, cache, Logits.LAST);
      }

      @Override
      public void close() {
        llama.close();
        kernels.close();
        team.close();
      }
    };
  }

  /** The whole model as one session at its best optimisation level. */
  static Engine ort(ModelSource source, int threads, int capacity) {
    OrtWeights weights = OrtWeights.of(source.config(), source.weights());
    OrtReference session =
        OrtReference.of(
            weights,
            OrtReference.Form.oracle(capacity)
                .withOpset(OrtReference.OPERATORS)
                .withSettings(OrtRuntime.Settings.fast(threads)));
    int vocab = source.config().vocab();
    return new Engine() {
      @Override
      public void reset() {
        session.reset();
      }

      @Override
      public float[] forward(int... tokens) {
        float[] all = session.forward(tokens);
        return Arrays.copyOfRange(all, all.length - vocab, all.length);
      }

      @Override
      public void close() {
        session.close();
        weights.close();
      }
    };
  }
}
