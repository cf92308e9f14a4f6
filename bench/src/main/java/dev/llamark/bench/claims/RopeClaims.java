package dev.llamark.bench.claims;

import dev.llamark.bench.claims.Claim.Topic;
import dev.llamark.bench.claims.Claim.Verdict;
import dev.llamark.rope.RopeScaling;
import dev.llamark.rope.RopeTable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What is said about rotary positions (Su et al., arXiv 2104.09864) and needs no clock. */
final class RopeClaims {

  private static final int ROTARY = 128;
  private static final double THETA = 10_000;
  private static final double MOST_ERROR = 1e-5;
  private static final int[] POSITIONS = {127, 4095, 32_767, 131_071};

  private RopeClaims() {}

  static List<Claim> all() {
    return List.of(computation(), accuracy());
  }

  private static Claim computation() {
    return Claim.derived(
        Topic.ROPE,
        "rope-computation",
        "RoPE reduces computation",
        false,
        "3 operations in every block, against 1 once",
        "it rotates queries and keys in every block, where an added position costs one addition for"
            + " the whole model; what it saves is a table of learned positions, not time",
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
    double last = (Double) figures.get("angle_in_float_error_131071");
    return Claim.measured(
        Topic.ROPE,
        "rope-accuracy",
        "RoPE's angles may be computed in float to position 131071",
        Verdict.of(last < MOST_ERROR),
        String.format(Locale.ROOT, "cosines off by %.2g; by %.2g from double", last, worstTable),
        "a float resolves angles of that size by less and less; a table of floats computed from"
            + " angles in double is as good at the last position as at the first",
        figures);
  }
}
