package dev.llamark.verify.ort;

import dev.llamark.kernel.KernelProvider;
import dev.llamark.kernel.Kernels;
import dev.llamark.kernel.Role;
import dev.llamark.kernel.Unusable;
import dev.llamark.run.ThreadTeam;
import dev.llamark.verify.onnx.OrtRuntime;
import java.util.Optional;

/**
 * The peer {@code ort}: each operation as a session of ONNX Runtime on its CPU provider, with as
 * many threads as the team has.
 */
public final class OrtProvider implements KernelProvider {

  @Override
  public String id() {
    return "ort";
  }

  @Override
  public Role role() {
    return Role.PEER;
  }

  @Override
  public Optional<Unusable> unusable() {
    return OrtRuntime.unusable();
  }

  @Override
  public Kernels create(ThreadTeam team) {
    OrtRuntime runtime = OrtRuntime.start();
    int threads = team.size();
    OrtRmsNorm rmsNorm = new OrtRmsNorm(runtime, threads);
    OrtRope rope = new OrtRope(runtime, threads);
    OrtAttention attention = new OrtAttention(runtime, threads);
    OrtSwiGlu swiGlu = new OrtSwiGlu(runtime, threads);
    return Kernels.of(id())
        .with(rmsNorm)
        .with(rope)
        .with(new OrtMatMul(runtime, threads))
        .with(attention)
        .with(swiGlu)
        .onClose(rmsNorm::close)
        .onClose(rope::close)
        .onClose(attention::close)
        .onClose(swiGlu::close);
  }
}
