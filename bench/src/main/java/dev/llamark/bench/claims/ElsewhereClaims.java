package dev.llamark.bench.claims;

import dev.llamark.bench.claims.Claim.Topic;
import java.util.List;

/** What is said about training and applications. */
final class ElsewhereClaims {

  private ElsewhereClaims() {}

  static List<Claim> all() {
    String training = "training is needed to see it; this suite runs given kernels and models";
    String application =
        "a trained model and a task of that field are needed; this suite times and checks kernels";
    return List.of(
        Claim.notTestable(
            Topic.ELSEWHERE, "over-fitting", "RMSNorm or RoPE reduces over-fitting", training),
        Claim.notTestable(
            Topic.ELSEWHERE, "convergence", "RMSNorm makes training converge sooner", training),
        Claim.notTestable(Topic.ELSEWHERE, "vision", "RoPE helps models of images", application),
        Claim.notTestable(
            Topic.ELSEWHERE,
            "recommendation",
            "RMSNorm, RoPE or SwiGLU helps recommendation models",
            application));
  }
}
