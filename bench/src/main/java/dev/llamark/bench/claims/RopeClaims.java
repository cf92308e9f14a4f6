package dev.llamark.bench.claims;

import dev.llamark.rope.RopeScaling;
import dev.llamark.rope.RopeTable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What is said about rotary positions (Su et al., arXiv 2104.09864), and about other fields. */
final class RopeClaims {

  private static final int ROTARY = 128;
  private static final double THETA = 10_000;
  private static final int[] POSITIONS = {127, 4095, 32_767, 131_071};

  private RopeClaims() {}

  static List<Claim> all() {
    String none =
        "it is about training or an application; this suite runs given kernels and models";
    return List.of(
        computation(),
        accuracy(),
        Claim.notTestable("over-fitting", "RMSNorm or RoPE reduces over-fitting", none),
        Claim.notTestable("vision", "RoPE helps vision models", none),
        Claim.notTestable("recommendation", "SwiGLU helps recommendation models", none));
  }

  private static Claim computation() {
    return Claim.derived(
        "rope-computation",
        "RoPE reduces computation",
        false,
        "it rotates queries and keys in every layer, 3 operations an element, where an added"
            + " position costs 1 once; what it saves is a table of learned positions, not time",
        Map.of("rope_flops_per_element_and_layer", 3, "added_flops_per_element", 1));
  }

  /** Angles in float against the table's, which are computed in double and rounded at the end. */
  private static Claim accuracy() {
    RopeTable table =
        RopeTable.of(new RopeScaling.None(), THETA, ROTARY, POSITIONS[POSITIONS.length - 1] + 1);
    Map<String, Object> figures = new LinkedHashMap<>();
    double worstTable = 0;
    for (int position : POSITIONS) {
      double inFloat = 0;
      for (int pair = 0; pair < table.pairs(); pair++) {
        double exact = Math.cos(position * Math.pow(THETA, -2.0 * pair / ROTARY));
        float frequency = (float) Math.pow(THETA, -2.0 * pair / ROTARY);
        inFloat = Math.max(inFloat, Math.abs(Math.cos(position * frequency) - exact));
        float entry = table.cosines()[position * table.pairs() + pair];
        worstTable = Math.max(worstTable, Math.abs(entry - exact));
      }
      figures.put("angle_in_float_error_" + position, inFloat);
    }
    figures.put("table_error", worstTable);
    return Claim.measured(
        "rope-accuracy",
        "RoPE's angles may be computed in float up to position 131071",
        ((Double) figures.get("angle_in_float_error_131071")) < 1e-5,
        "a float angle is off by %.2g at the last position; a table from double angles by %.2g at all"
            .formatted(figures.get("angle_in_float_error_131071"), worstTable),
        figures);
  }
}
